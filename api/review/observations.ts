// How many, sex, life stage, behaviour and name of one animal or of many, as one action.

import { getOwnFields } from '../../db/own-fields.ts'
import {
  isSame,
  lockObservations,
  NOTHING_OBSERVED,
  withoutNoOwn,
  writeObservations,
} from '../../db/photos/observations.ts'
import { change } from '../change.ts'
import {
  newObservationSchema,
  type ObservationAnswer,
  observationAnswerSchema,
} from '../contract/survey/observation.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { mergeOwn, namedOwn } from '../present/own-fields.ts'
import type { Service } from '../service.ts'
import { checkOwn } from './own-fields.ts'

const route = routesOf('Detections')

const observeRoute = route('post /api/observations', 'Say how many, sex, life stage, behaviour or which individual', {
  description: 'Of one animal or of many. Shown with the detection, in the export, and in the results (`count`).',
  ...repeatableChange(newObservationSchema, ['Said', observationAnswerSchema], 400, 409, 422),
})

export function observationRoutes(service: Service) {
  return newRoutes().openapi(observeRoute, async (c) =>
    c.json(await observe(service, repeatable(c, c.req.valid('json'), observationAnswerSchema)), 201),
  )
}

async function observe(service: Service, request: RequestOf<typeof observeRoute>): Promise<ObservationAnswer> {
  const { detectionIds: asked, own = {}, ...said } = request.body
  const ids = [...new Set(asked.map(Number))]
  return await change(service, request, null, {
    async write(tx, record) {
      const fields = await getOwnFields(tx)
      checkOwn(fields, own)
      const known = await lockObservations(tx, ids)
      const changes = [...known].flatMap(([detectionId, before]) => {
        const full = withoutNoOwn({ ...NOTHING_OBSERVED, ...before, ...said, own: mergeOwn(before?.own, own) })
        const after = isSame(full, NOTHING_OBSERVED) ? null : full
        return isSame(before, after) ? [] : [{ detectionId, before, after }]
      })
      const missing = ids.filter((id) => !known.has(id))
      const changed = changes.map(({ detectionId }) => detectionId)
      if (changes.length === 0) return { action: null, changed, missing }
      await writeObservations(tx, changes, 'redo')
      const action = await record({
        kind: 'observation',
        summary: summaryOf({ ...said, own: namedOwn(fields, mergeOwn(null, own)) }, changes.length),
        change: { type: 'observed', changes },
        subjects: { kind: 'detection', ids: changed },
      })
      return { action, changed, missing }
    },
    present: async ({ changed, missing }, { action }) => ({
      action,
      detectionIds: changed.map(String),
      missing: missing.map(String),
    }),
  })
}

type Told = Omit<RequestOf<typeof observeRoute>['body'], 'detectionIds' | 'own'> & { own: [string, string | number][] }

/** "Observed 12 animals: male, adult". */
function summaryOf(said: Told, howMany: number): string {
  const { count, sex, lifeStage, behaviour, individual } = said
  const words = [
    ...(count == null ? [] : [`${count} of them`]),
    ...[sex, lifeStage, behaviour].flatMap((word) => word ?? []),
    ...(individual == null ? [] : [`“${individual}”`]),
    ...said.own.map(([name, value]) => `${name} ${value}`),
  ]
  const of = howMany === 1 ? 'an animal' : `${howMany} animals`
  return words.length === 0 ? `Took back what was observed of ${of}` : `Observed ${of}: ${words.join(', ')}`
}
