// The history of what people did: pages of it, what undo and redo would do next, and undoing and redoing an
// action.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Db } from '../../db/connection/connect.ts'
import {
  type Action as ActionRow,
  getAction,
  listActions,
  redoAction,
  subjectsOf,
  undoAction,
  undoableOf,
} from '../../db/history/actions.ts'
import { oneOf } from '../../db/statements/bulk-identifications.ts'
import { change, type Look } from '../change.ts'
import {
  type ActionAnswer,
  actionAnswerSchema,
  actionSchema,
  type Undoable,
  undoableSchema,
} from '../contract/action.ts'
import { idParam, numericId } from '../contract/id.ts'
import { pageOf, pageQuery } from '../contract/page.ts'
import { cutPage } from '../http/cursor.ts'
import { jsonAnswer } from '../http/json.ts'
import { requireOwn } from '../http/person.ts'
import { problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import { presentActions } from '../present/actions.ts'
import type { Service } from '../service.ts'

const route = routesOf('History')

const querySchema = z.object({
  person: z.string().max(200).optional(),
  detectionId: numericId.optional().openapi({ description: 'Only what changed this detection.' }),
  ...pageQuery,
})

const listRoute = route('get /api/actions', 'What people did, newest first', {
  request: { query: querySchema },
  responses: { 200: jsonAnswer('A page', pageOf(actionSchema)), ...problems(400) },
})

const undoableRoute = route('get /api/actions/undoable', 'What undo and redo would do next for the person who asks', {
  responses: { 200: jsonAnswer('At this moment', undoableSchema) },
})

const undoRoute = route('post /api/actions/{id}/undo', 'Undo an action', {
  description:
    'Restores identifications, boxes, marks and notes; the tree then gives the same numbers as before the action. Refused when somebody else has changed the same animals or photos since: the problem names who did (`actionId`, `person`, `at`, `detectionIds` or `mediaIds`).',
  request: { params: idParam },
  responses: { 200: jsonAnswer('Undone and unlearned', actionAnswerSchema), ...problems(400, 403, 404, 409) },
})

const redoRoute = route('post /api/actions/{id}/redo', 'Redo an undone action', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('Redone and learned again', actionAnswerSchema), ...problems(400, 403, 404, 409) },
})

export function actionRoutes(service: Service) {
  const turn = async (c: Context<Env>, id: number, way: typeof undoAction) => {
    const before = await getAction(service.db, id)
    requireOwn(c, before.person)
    return await turnAction(service, before, c.var.person, way)
  }
  return newRoutes()
    .openapi(listRoute, async (c) => c.json(await pageOfActions(service.db, c.req.valid('query')), 200))
    .openapi(undoableRoute, async (c) => c.json(await undoableBy(service.db, c.var.person), 200))
    .openapi(undoRoute, async (c) => c.json(await turn(c, c.req.valid('param').id, undoAction), 200))
    .openapi(redoRoute, async (c) => c.json(await turn(c, c.req.valid('param').id, redoAction), 200))
}

async function pageOfActions(db: Db, { limit, ...wanted }: z.output<typeof querySchema>) {
  const { page, nextCursor } = cutPage(await listActions(db, { ...wanted, limit: limit + 1 }), limit)
  return { items: await presentActions(db, page), nextCursor }
}

async function undoableBy(db: Db, person: string): Promise<Undoable> {
  const { undo, redo } = await undoableOf(db, person)
  const shown = await presentActions(
    db,
    [undo, redo].flatMap((one) => one ?? []),
  )
  const find = (one: ActionRow | null) => shown.find(({ id }) => id === String(one?.id)) ?? null
  return { undo: find(undo), redo: find(redo) }
}

async function turnAction(
  service: Service,
  before: ActionRow,
  person: string,
  way: typeof undoAction,
): Promise<ActionAnswer> {
  return await change(service, { person }, await lookAt(service.db, before), {
    write: async (tx) => ({ action: await way(tx, before.id, person) }),
    async present(_done, { action, learned }) {
      await redrawCrops(service, before)
      return { action: action!, learned }
    },
  })
}

/** The animal and the taxon by which to show what was learned. */
async function lookAt(db: Db, { change }: ActionRow): Promise<Look | null> {
  if (change.type === 'said') return await oneOf(db, change.made)
  return change.type === 'withdrawn' ? await oneOf(db, change.identificationIds) : null
}

/** Removes stored crops of the box as it was; the next reader has it cut again. */
async function redrawCrops(service: Service, { id, change }: ActionRow): Promise<void> {
  if (change.type !== 'moved') return
  for (const detectionId of (await subjectsOf(service.db, id)).ids) await service.photos.deleteCrop(detectionId)
  service.learning.wake()
}
