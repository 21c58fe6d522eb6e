// The history of what people did. In: whose, or an action to take back. Out: pages of it, what undo and redo would do next, and
// everything as it was before, learned.

import { createRoute, z } from '@hono/zod-openapi'
import {
  type Action as ActionRow,
  getAction,
  listActions,
  redoAction,
  subjectsOf,
  undoAction,
  undoableOf,
} from '../../db/history/actions.ts'
import { oneOf } from '../../db/statements/identifications-many.ts'
import { actionAnswerSchema, actionSchema, undoableSchema } from '../contract/action.ts'
import { idSchema } from '../contract/id.ts'
import { limitSchema, pageOf } from '../contract/page.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentActions, tellChanged } from '../present/actions.ts'
import type { Service } from '../service.ts'
import { withLearned } from './learned.ts'

const params = z.object({ id: idSchema })
const answer = { 'application/json': { schema: actionAnswerSchema } }

export function actionRoutes(service: Service) {
  const turn = async (id: number, person: string, change: typeof undoAction) => {
    const before = await getAction(service.db, id)
    const { result, learned } = await withLearned(service, await lookAt(service, before), () =>
      change(service.db, id, person),
    )
    await redrawCrops(service, before)
    const [action] = await presentActions(service.db, [result])
    if (action) tellChanged(service, action)
    return { action: action!, learned }
  }

  return newRoutes()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/actions',
        tags: ['History'],
        summary: 'What people did, newest first',
        request: {
          query: z.object({
            person: z.string().max(200).optional(),
            detectionId: idSchema.optional().openapi({ description: 'Only what changed this detection.' }),
            cursor: idSchema.optional(),
            limit: limitSchema.default(50),
          }),
        },
        responses: {
          200: { description: 'A page', content: { 'application/json': { schema: pageOf(actionSchema) } } },
          ...problems(400),
        },
      }),
      async (c) => {
        const { person, detectionId, cursor, limit } = c.req.valid('query')
        const rows = await listActions(service.db, {
          person,
          detectionId: detectionId === undefined ? undefined : Number(detectionId),
          cursor: cursor === undefined ? null : Number(cursor),
          limit: limit + 1,
        })
        const page = rows.slice(0, limit)
        const nextCursor = rows.length > limit ? String(page.at(-1)!.id) : null
        return c.json({ items: await presentActions(service.db, page), nextCursor }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/actions/undoable',
        tags: ['History'],
        summary: 'What undo and redo would do next for whoever asks',
        responses: { 200: { description: 'Now', content: { 'application/json': { schema: undoableSchema } } } },
      }),
      async (c) => {
        const { undo, redo } = await undoableOf(service.db, c.var.person)
        const shown = await presentActions(
          service.db,
          [undo, redo].flatMap((one) => one ?? []),
        )
        const find = (one: ActionRow | null) => shown.find(({ id }) => id === String(one?.id)) ?? null
        return c.json({ undo: find(undo), redo: find(redo) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/actions/{id}/undo',
        tags: ['History'],
        summary: 'Take an action back',
        description:
          'Identifications, boxes, marks and notes are as they were, and the tree gives the same numbers as before. Refused where somebody else has changed the same since: the problem says who (`actionId`, `person`, `at`, `detectionIds` or `mediaIds`).',
        request: { params },
        responses: { 200: { description: 'Taken back and unlearned', content: answer }, ...problems(400, 404, 409) },
      }),
      async (c) => c.json(await turn(Number(c.req.valid('param').id), c.var.person, undoAction), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/actions/{id}/redo',
        tags: ['History'],
        summary: 'Do an undone action again',
        request: { params },
        responses: { 200: { description: 'Done and learned again', content: answer }, ...problems(400, 404, 409) },
      }),
      async (c) => c.json(await turn(Number(c.req.valid('param').id), c.var.person, redoAction), 200),
    )
}

/** The animal and the taxon by which to show what was learned. */
async function lookAt(service: Service, { change }: ActionRow) {
  if (change.type === 'said') return await oneOf(service.db, change.made)
  return change.type === 'withdrawn' ? await oneOf(service.db, change.identificationIds) : null
}

/** A crop of the box as it was is wrong now; it is cut again when somebody looks. */
async function redrawCrops(service: Service, { id, change }: ActionRow): Promise<void> {
  if (change.type !== 'moved') return
  for (const detectionId of (await subjectsOf(service.db, id)).ids) await service.photos.deleteCrop(detectionId)
  service.learning.wake()
}
