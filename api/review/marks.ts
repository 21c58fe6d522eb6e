// Many animals marked at once. In: detections and what is said of them, or of their photos, instead of a name. Out: one action, which
// one undo takes back; those that had the mark before are no part of it.

import { createRoute } from '@hono/zod-openapi'
import { recordAction } from '../../db/history/actions.ts'
import { type AnyMark, markMany } from '../../db/history/marks-many.ts'
import { detectionsOfMedia } from '../../db/photos/detections.ts'
import { type MarksAnswer, marksAnswerSchema, newMarksSchema } from '../contract/marks.ts'
import { keySchema } from '../http/idempotency.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentActions, tellChanged } from '../present/actions.ts'
import type { Service } from '../service.ts'
import { withLearned } from './learned.ts'

export function markRoutes(service: Service) {
  const once = service.once

  return newRoutes().openapi(
    createRoute({
      method: 'post',
      path: '/api/marks',
      tags: ['Detections'],
      summary: 'Mark many animals, or the photos they are in, as one action',
      description: 'What is marked waits in no queue and teaches nothing; a flag changes neither.',
      request: {
        headers: keySchema,
        body: { required: true, content: { 'application/json': { schema: newMarksSchema } } },
      },
      responses: {
        201: { description: 'Marked', content: { 'application/json': { schema: marksAnswerSchema } } },
        ...problems(400, 409, 422),
      },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const { person } = c.var
      const key = c.req.valid('header')['idempotency-key']
      const request = { key, person, path: c.req.path, body, answer: marksAnswerSchema }
      const { mark, on } = body
      const detectionIds = body.detectionIds.map(Number)
      const answer = await once(request, async (claim): Promise<MarksAnswer> => {
        const { result, learned } = await withLearned(service, null, () =>
          service.db.transaction(async (tx) => {
            await claim(tx)
            const { change, subjects, missing } = await markMany(tx, { detectionIds, mark, on })
            if (change === null) return { action: null, concerned: [], missing }
            const kind = mark === 'favourite' ? ('note' as const) : ('mark' as const)
            const summary = summaryOf(mark, on, subjects.ids.length)
            const action = await recordAction(tx, { person, kind, summary, change, subjects })
            const concerned =
              subjects.kind === 'detection'
                ? subjects.ids
                : (await detectionsOfMedia(tx, subjects.ids)).map(({ id }) => id)
            return { action, concerned, missing }
          }),
        )
        const [action] = await presentActions(service.db, result.action ? [result.action] : [])
        if (action) tellChanged(service, action)
        return {
          action: action ?? null,
          detectionIds: result.concerned.map(String),
          missing: result.missing.map(String),
          learned,
        }
      })
      return c.json(answer, 201)
    },
  )
}

const WORDS: Record<AnyMark, { one: string; many: string; as: string | null }> = {
  notAnimal: { one: 'a box', many: 'boxes', as: 'no animal' },
  unknown: { one: 'an animal', many: 'animals', as: 'unknown' },
  empty: { one: 'a photo', many: 'photos', as: 'empty' },
  unusable: { one: 'a photo', many: 'photos', as: 'unusable' },
  favourite: { one: 'a photo', many: 'photos', as: null },
}

function summaryOf(mark: AnyMark, on: boolean, howMany: number): string {
  const { one, many, as } = WORDS[mark]
  const of = howMany === 1 ? one : `${howMany} ${many}`
  if (as === null) return on ? `Flagged ${of}` : `Took the flag from ${of}`
  return on ? `Marked ${of} as ${as}` : `Took the mark “${as}” from ${of}`
}
