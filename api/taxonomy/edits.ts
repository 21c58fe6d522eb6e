// Editing the taxonomy: one command at a time, tried or done, with what it touches; the log of edits, and undoing them.
// The live tree knows an edit before the answer is sent.

import { z } from '@hono/zod-openapi'
import type { Db } from '../../db/connection/connect.ts'
import { type Applied, applyEdit, tryEdit, tryUndo, undoEdit } from '../../db/taxonomy/edits.ts'
import { getEdit, listEdits } from '../../db/taxonomy/log.ts'
import { StaleRevisions } from '../../db/taxonomy/revisions.ts'
import { idParam, idSchema, numericId } from '../contract/id.ts'
import { pageOf, pageQuery } from '../contract/page.ts'
import {
  type EditRequest,
  type EditResult,
  editRequestSchema,
  editResultSchema,
  editSchema,
} from '../contract/taxonomy.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { cropUrl } from '../present/addresses.ts'
import type { Service } from '../service.ts'
import { type Trial, trySuggestions } from './trial.ts'
import { withTypedName } from './typed-names.ts'
import { presentEdits, toCommand } from './wire.ts'

const route = routesOf('Taxonomy')

const dryRun = z
  .enum(['true', 'false'])
  .default('false')
  .openapi({ description: 'true: nothing is changed; the answer says what the edit would touch.' })

const editRoute = route('post /api/taxonomy/edits', 'Edit the taxonomy, or ask what an edit would touch', {
  description:
    'One command in one transaction, logged with who, when and why. With `expected`, nothing is changed when somebody changed these taxa since you looked: 409 with `changed`.',
  request: { query: z.object({ dryRun }), body: jsonBody(editRequestSchema) },
  responses: {
    200: jsonAnswer('What it would touch (dryRun)', editResultSchema),
    201: jsonAnswer('Done', editResultSchema),
    ...problems(400, 404, 409),
  },
})

const logQuerySchema = z.object({
  taxon: numericId.optional().openapi({ description: 'Only edits that changed this taxon.' }),
  ...pageQuery,
})

const logRoute = route('get /api/taxonomy/edits', 'The log of edits, newest first', {
  request: { query: logQuerySchema },
  responses: { 200: jsonAnswer('A page', pageOf(editSchema)), ...problems(400) },
})

const undoRoute = route('post /api/taxonomy/edits/{id}/undo', 'Undo an edit', {
  description:
    'Restores rows, identifications and suggestions. 409 where a later edit built on it: undo that one first. Undoing the undo does the edit again.',
  request: { params: idParam, query: z.object({ dryRun }) },
  responses: {
    200: jsonAnswer('What it would touch (dryRun)', editResultSchema),
    201: jsonAnswer('Undone', editResultSchema),
    ...problems(400, 404, 409),
  },
})

export function taxonomyRoutes(service: Service) {
  const { db } = service
  return newRoutes()
    .openapi(editRoute, async (c) => {
      const request = await editOf(db, c.req.valid('json'), c.var.person)
      return await withChanged(db, async () =>
        c.req.valid('query').dryRun === 'true'
          ? c.json(await presentTried(service, () => tryEdit(db, request)), 200)
          : c.json(await presentDone(service, await applyEdit(db, request)), 201),
      )
    })
    .openapi(logRoute, async (c) => c.json(await pageOfEdits(db, c.req.valid('query')), 200))
    .openapi(undoRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.req.valid('query').dryRun === 'true'
        ? c.json(await presentTried(service, () => tryUndo(db, id, c.var.person)), 200)
        : c.json(await presentDone(service, await undoEdit(db, id, c.var.person)), 201)
    })
}

async function editOf(db: Db, { command, why, expected }: EditRequest, person: string) {
  return {
    command: toCommand(await withTypedName(db, command)),
    person,
    why: why || null,
    ...(expected && { expected: revisionsOf(expected) }),
  }
}

function revisionsOf(expected: Record<string, number>): Map<number, number> {
  return new Map(
    Object.entries(expected).map(([id, revision]) => {
      if (!idSchema.safeParse(id).success) throw new Problem(400, `Expected ids in expected but received ${id}.`)
      return [Number(id), revision]
    }),
  )
}

async function presentTried(service: Service, tryIt: () => Promise<Applied>): Promise<EditResult> {
  const { db, learning, models } = service
  await learning.sync()
  const applied = await tryIt()
  const suggestions = await trySuggestions(db, learning.liveTree(), models.embedder.sha256, applied)
  return { edit: null, touches: presentTouches(applied, suggestions), treeVersion: learning.treeVersion() }
}

async function presentDone({ db, learning }: Service, applied: Applied): Promise<EditResult> {
  await learning.sync()
  const [edit = null] = await presentEdits(db, [await getEdit(db, applied.editId)])
  return { edit, touches: presentTouches(applied, null), treeVersion: learning.treeVersion() }
}

async function pageOfEdits(db: Db, { taxon, cursor, limit }: z.output<typeof logQuerySchema>) {
  const { items, nextCursor } = await listEdits(db, { taxonId: taxon, before: cursor ?? null, limit })
  return { items: await presentEdits(db, items), nextCursor: nextCursor === null ? null : String(nextCursor) }
}

function presentTouches({ touches }: Applied, trial: Trial | null): EditResult['touches'] {
  return {
    ...touches,
    suggestions: trial && {
      looked: trial.looked,
      changed: trial.changed,
      items: trial.items.map(({ detectionId, before, after }) => ({
        detectionId: String(detectionId),
        cropUrl: cropUrl(detectionId),
        before,
        after,
      })),
    },
  }
}

/** Adds to the problem which edits changed the taxa since the caller looked. */
async function withChanged<T>(db: Db, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StaleRevisions)) throw error
    const changed = await Promise.all(
      error.changed.map(async ({ id, revision, edits }) => ({
        id: String(id),
        revision,
        edits: await presentEdits(db, edits),
      })),
    )
    throw new Problem(409, `${error.message}.`, { facts: { changed }, cause: error })
  }
}
