// Many animals, or the photos they are in, marked at once as one action. Those that have the mark already are not part
// of the action.

import { type AnyMark, markMany } from '../../db/history/bulk-marks.ts'
import { detectionsOfMedia } from '../../db/photos/detections.ts'
import { change } from '../change.ts'
import { type MarksAnswer, marksAnswerSchema, newMarksSchema } from '../contract/marks.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('Detections')

const markRoute = route('post /api/marks', 'Mark many animals, or the photos they are in, as one action', {
  description: 'What is marked is in no queue and teaches nothing; a flag changes neither.',
  ...repeatableChange(newMarksSchema, ['Marked', marksAnswerSchema], 400, 409, 422),
})

export function markRoutes(service: Service) {
  return newRoutes().openapi(markRoute, async (c) =>
    c.json(await markAnimals(service, repeatable(c, c.req.valid('json'), marksAnswerSchema)), 201),
  )
}

async function markAnimals(service: Service, request: RequestOf<typeof markRoute>): Promise<MarksAnswer> {
  const { mark, on, ...body } = request.body
  const detectionIds = body.detectionIds.map(Number)
  return await change(service, request, null, {
    async write(tx, record) {
      const { change, subjects, missing } = await markMany(tx, { detectionIds, mark, on })
      if (change === null) return { action: null, concerned: [], missing }
      const kind = mark === 'favourite' ? 'note' : 'mark'
      const action = await record({ kind, summary: summaryOf(mark, on, subjects.ids.length), change, subjects })
      const concerned =
        subjects.kind === 'detection' ? subjects.ids : (await detectionsOfMedia(tx, subjects.ids)).map(({ id }) => id)
      return { action, concerned, missing }
    },
    present: async ({ concerned, missing }, { action, learned }) => ({
      action,
      detectionIds: concerned.map(String),
      missing: missing.map(String),
      learned,
    }),
  })
}

const WORDS: Record<AnyMark, { one: string; many: string; as: string | null }> = {
  notAnimal: { one: 'a box', many: 'boxes', as: 'no animal' },
  unknown: { one: 'an animal', many: 'animals', as: 'unknown' },
  person: { one: 'a box', many: 'boxes', as: 'a person' },
  vehicle: { one: 'a box', many: 'boxes', as: 'a vehicle' },
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
