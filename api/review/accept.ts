// The animals of an import that are sure, each accepted at its own suggestion: one action, which one undo reverts.
// Before that, what is left of the import, and a few of them drawn at random to look at.

import { z } from '@hono/zod-openapi'
import type { Db } from '../../db/connection/connect.ts'
import { keepSummariesAsForecasts } from '../../db/insight/forecasts.ts'
import { drawSure, importState, lockSure } from '../../db/insight/import-state.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { importProgress } from '../../db/photos/imports.ts'
import { type IdentifiedMany, identifyMany } from '../../db/statements/bulk-identifications.ts'
import { change } from '../change.ts'
import {
  type AcceptAnswer,
  acceptAnswerSchema,
  type ImportState,
  importStateSchema,
  type NewAccept,
  newAcceptSchema,
  sureLimit,
} from '../contract/exchange/accept.ts'
import { idParam } from '../contract/id.ts'
import { keySchema, type RepeatableRequest, repeatable } from '../http/idempotency.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentDetections } from '../present/detections.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'

const route = routesOf('Imports')

const SAMPLE = 10
/** Of one action, so that nobody waits minutes for it. */
const MOST = 10_000

const stateQuery = z.object({
  limit: sureLimit.default(0.9),
  seed: z.string().max(50).default('0').openapi({ description: 'Another one draws other animals.' }),
})

const stateRoute = route('get /api/imports/{id}/state', 'What an import brought, and what is left of it', {
  request: { params: idParam, query: stateQuery },
  responses: { 200: jsonAnswer('At this moment', importStateSchema), ...problems(400, 404) },
})

const acceptRoute = route('post /api/imports/{id}/accept', 'Accept each sure suggestion of an import, as one action', {
  description: `At most ${MOST} animals at once: ask again for more. Photos in which nothing was found are left out.`,
  request: { params: idParam, headers: keySchema, body: jsonBody(newAcceptSchema) },
  responses: { 201: jsonAnswer('Stored and learned', acceptAnswerSchema), ...problems(400, 404, 409, 422) },
})

export function acceptRoutes(service: Service) {
  return newRoutes()
    .openapi(stateRoute, async (c) =>
      c.json(await readState(service, c.req.valid('param').id, c.req.valid('query')), 200),
    )
    .openapi(acceptRoute, async (c) => {
      const body = c.req.valid('json')
      const request = repeatable(c, body, acceptAnswerSchema)
      return c.json(await acceptSure(service, request, c.req.valid('param').id, body), 201)
    })
}

async function readState(
  service: Service,
  importId: number,
  { limit, seed }: z.output<typeof stateQuery>,
): Promise<ImportState> {
  const { db } = service
  await importProgress(db, importId)
  const [state, drawn] = await Promise.all([
    importState(db, importId, limit),
    drawSure(db, importId, limit, { many: SAMPLE, seed }),
  ])
  return { ...state, sample: await presentDetections(service, await getDetections(db, drawn)) }
}

type Accepted = { taxonId: number; said: IdentifiedMany }

async function acceptSure(
  service: Service,
  request: RepeatableRequest<AcceptAnswer>,
  importId: number,
  { limit, but }: NewAccept,
): Promise<AcceptAnswer> {
  const { name } = await importProgress(service.db, importId)
  return await change(service, request, null, {
    async write(tx, record) {
      const sure = await lockSure(tx, importId, limit, { but: but.map(Number), most: MOST })
      const accepted = await identifyEach(service, tx, request.person, sure)
      const made = accepted.flatMap(({ said }) => said.made)
      if (made.length === 0) return { accepted, action: null }
      const animals = made.length === 1 ? 'an animal' : `${made.length} animals`
      const action = await record({
        kind: 'bulk',
        summary: `Identified ${animals} of ${name} at their own suggestions, from ${Math.round(limit * 100)} % on`,
        change: { type: 'said', made: made.map(({ id }) => id), unmarked: [] },
        subjects: { kind: 'detection', ids: made.map(({ detectionId }) => detectionId) },
      })
      return { accepted, action }
    },
    async present({ accepted }, { action }) {
      const taxa = await taxonLookup(
        service,
        accepted.map(({ taxonId }) => taxonId),
      )
      const named = accepted.map(({ taxonId, said }) => ({ taxon: taxa.get(taxonId), animals: said.made.length }))
      return {
        action,
        identified: accepted.reduce((sum, { said }) => sum + said.made.length, 0),
        taxa: named.sort((a, b) => b.animals - a.animals),
      }
    },
  })
}

/** One statement per taxon. What the suggestions said before is kept as their forecast. */
async function identifyEach(
  { learning }: Service,
  tx: Db,
  person: string,
  sure: { detectionId: number; taxonId: number }[],
): Promise<Accepted[]> {
  const ofTaxon = new Map<number, number[]>()
  for (const { detectionId, taxonId } of sure) ofTaxon.set(taxonId, [...(ofTaxon.get(taxonId) ?? []), detectionId])
  const basis = { kind: 'bulk' as const, treeVersion: learning.treeVersion() }
  const accepted: Accepted[] = []
  for (const [taxonId, detectionIds] of ofTaxon) {
    const said = await identifyMany(tx, { detectionIds, taxonId, person, basis })
    const ids = said.made.map(({ detectionId }) => detectionId)
    await keepSummariesAsForecasts(tx, ids, learning.exampleCount(taxonId))
    accepted.push({ taxonId, said })
  }
  return accepted
}
