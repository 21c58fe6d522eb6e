// Labels that are probably wrong: what everything else suggests instead of them, in cohorts, and what people say of
// them.

import { z } from '@hono/zod-openapi'
import { countDoubted, doubtedCohorts } from '../../db/insight/appraisals.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { RANK_LEVELS } from '../../db/schema.ts'
import { identifyMany } from '../../db/statements/bulk-identifications.ts'
import { keepLabels } from '../../db/statements/kept-labels.ts'
import { change } from '../change.ts'
import {
  type DoubtedLabels,
  doubtedLabelsSchema,
  keptLabelsSchema,
  type LabelsAnswer,
  labelsAnswerSchema,
  newLabelsSchema,
} from '../contract/cohorts/labels.ts'
import { numericId } from '../contract/id.ts'
import { rankSchema } from '../contract/taxon.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentDetections } from '../present/detections.ts'
import { nameOf, requireTaxon, taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'

const route = routesOf('Labels')

const MOST_COHORTS = 60
const MOST_TILES = 60

const querySchema = z.object({
  taxon: numericId.optional().openapi({ description: 'Only labels at or below this taxon.' }),
  rank: rankSchema.optional().openapi({
    description: 'Only labels that are wrong at this rank or above it, ordered by the doubt there.',
  }),
  limit: z.coerce.number().int().min(1).max(MOST_COHORTS).default(12),
})

const listRoute = route('get /api/labels/doubted', 'Labels that are probably wrong, in cohorts', {
  description:
    'An animal is listed where another taxon is more probable than its label, its whole burst left out. Cohorts share the label and the other taxon; those that agree least with their label, all their animals together, come first. Worked out for each tree version.',
  request: { query: querySchema },
  responses: { 200: jsonAnswer('Least agreeing first', doubtedLabelsSchema), ...problems(400, 404) },
})

const relabelRoute = route('post /api/labels', 'Say that many animals are something else than their label', {
  description:
    'As POST /api/identifications/bulk, but what one other person said is corrected rather than disputed: it counts again when this is undone.',
  ...repeatableChange(newLabelsSchema, ['Stored and learned', labelsAnswerSchema], 400, 404, 409, 422),
})

const keepRoute = route('post /api/labels/kept', 'Say that labels are right', {
  ...repeatableChange(keptLabelsSchema, ['Stored', labelsAnswerSchema], 400, 409, 422),
})

export function wrongLabelRoutes(service: Service) {
  return newRoutes()
    .openapi(listRoute, async (c) => c.json(await listDoubted(service, c.req.valid('query')), 200))
    .openapi(relabelRoute, async (c) =>
      c.json(await relabel(service, repeatable(c, c.req.valid('json'), labelsAnswerSchema)), 201),
    )
    .openapi(keepRoute, async (c) =>
      c.json(await keep(service, repeatable(c, c.req.valid('json'), labelsAnswerSchema)), 201),
    )
}

async function listDoubted(
  service: Service,
  { taxon, rank, limit }: z.output<typeof querySchema>,
): Promise<DoubtedLabels> {
  const { db, learning } = service
  if (taxon !== undefined) await requireTaxon(service, taxon)
  const filter = {
    taxonIds: taxon === undefined ? undefined : learning.taxonomy.subtree(taxon),
    fromLevel: rank && RANK_LEVELS[rank],
  }
  const cohorts = await doubtedCohorts(db, filter, { limit, tiles: MOST_TILES })
  const ids = cohorts.flatMap(({ detectionIds }) => detectionIds)
  const rows = await presentDetections(service, await getDetections(db, ids))
  const detections = new Map(rows.map((row) => [row.id, row]))
  const taxa = await taxonLookup(
    service,
    cohorts.flatMap(({ labelId, rivalId }) => [labelId, rivalId]),
  )
  return {
    cohorts: cohorts.map(({ labelId, rivalId, animals, doubt, detectionIds }) => ({
      label: taxa.get(labelId),
      rival: taxa.get(rivalId),
      animals,
      doubt,
      tiles: detectionIds.flatMap((id) => detections.get(String(id)) ?? []),
    })),
    doubted: await countDoubted(db, filter),
    progress: learning.appraising(),
  }
}

const many = (ids: readonly number[], one: string, more: string) => (ids.length === 1 ? one : `${ids.length} ${more}`)

async function relabel(service: Service, request: RequestOf<typeof relabelRoute>): Promise<LabelsAnswer> {
  const { person, body } = request
  const detectionIds = body.detectionIds.map(Number)
  const taxonId = Number(body.taxonId)
  return await change(
    service,
    request,
    { detectionId: detectionIds[0]!, taxonId },
    {
      async write(tx, record) {
        const said = await identifyMany(tx, { detectionIds, taxonId, person, basis: { kind: 'bulk' }, corrects: true })
        const ids = said.made.map(({ detectionId }) => detectionId)
        if (ids.length === 0) return { ids, action: null }
        const action = await record({
          kind: 'bulk',
          summary: `Corrected ${many(ids, 'a label', 'labels')} to ${nameOf(service, taxonId)}`,
          change: { type: 'said', made: said.made.map(({ id }) => id), unmarked: said.unmarked },
          subjects: { kind: 'detection', ids },
        })
        return { ids, action }
      },
      present: async ({ ids }, { action, learned }) => ({ action, changed: ids.map(String), learned }),
    },
  )
}

async function keep(service: Service, request: RequestOf<typeof keepRoute>): Promise<LabelsAnswer> {
  const body = request.body
  return await change(service, request, null, {
    async write(tx, record) {
      const before = await keepLabels(tx, body.detectionIds.map(Number), request.person)
      const ids = before.map(({ detectionId }) => detectionId)
      if (ids.length === 0) return { ids, action: null }
      const action = await record({
        kind: 'mark',
        summary: `Said that ${many(ids, 'a label is', 'labels are')} right`,
        change: { type: 'keptLabels', before },
        subjects: { kind: 'detection', ids },
      })
      return { ids, action }
    },
    present: async ({ ids }, { action, learned }) => ({ action, changed: ids.map(String), learned }),
  })
}
