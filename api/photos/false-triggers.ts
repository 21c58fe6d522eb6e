// Photos that show no animal, set aside by the detector's confidence: what a threshold would cost, and the photos
// marked as empty in one action that can be undone.

import { z } from '@hono/zod-openapi'
import { NotFound } from '../../db/errors.ts'
import { markMedia } from '../../db/history/changes.ts'
import { findDeployment } from '../../db/photos/deployments.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { countBelow, type FalseTriggerFilter, lostBelow, photosBelow } from '../../db/photos/false-triggers.ts'
import { change } from '../change.ts'
import { idSchema } from '../contract/id.ts'
import {
  type FalseTriggers,
  type FalseTriggersAnswer,
  falseTriggersAnswerSchema,
  falseTriggersSchema,
  type NewFalseTriggers,
  newFalseTriggersSchema,
} from '../contract/marks.ts'
import { keySchema, type RepeatableRequest, repeatable } from '../http/idempotency.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentDetections } from '../present/detections.ts'
import type { Service } from '../service.ts'
import { likeliestAnimals } from './box-judging.ts'

const route = routesOf('False triggers')

/** 0.05 to 1. */
const THRESHOLDS = Array.from({ length: 20 }, (_, i) => (i + 1) / 20)
const SAMPLES = 12
/** Of the surest boxes, the judge of boxes chooses the samples. */
const JUDGED = 300

const countRoute = route(
  'get /api/false-triggers',
  'What a threshold of confidence would set aside, and what that would lose',
  {
    request: {
      query: z.object({
        threshold: z.coerce.number().min(0).max(1).default(0.2),
        importId: idSchema.optional(),
        deployment: z.string().max(200).optional(),
      }),
    },
    responses: { 200: jsonAnswer('Nothing is changed', falseTriggersSchema), ...problems(400, 404) },
  },
)

const markRoute = route(
  'post /api/false-triggers',
  'Mark photos without a detection at or above a threshold as empty',
  {
    request: { headers: keySchema, body: jsonBody(newFalseTriggersSchema) },
    responses: { 201: jsonAnswer('Marked', falseTriggersAnswerSchema), ...problems(400, 404, 409, 422) },
  },
)

export function falseTriggerRoutes(service: Service) {
  return newRoutes()
    .openapi(countRoute, async (c) => c.json(await countFalseTriggers(service, c.req.valid('query')), 200))
    .openapi(markRoute, async (c) => {
      const body = c.req.valid('json')
      return c.json(await markFalseTriggers(service, repeatable(c, body, falseTriggersAnswerSchema), body), 201)
    })
}

async function countFalseTriggers(service: Service, { threshold, ...query }: NewFalseTriggers): Promise<FalseTriggers> {
  const filter = await filterOf(service, query)
  const { total, photos } = await countBelow(service.db, filter, [threshold, ...THRESHOLDS])
  const [setAside = 0, ...counts] = photos
  const surest = await lostBelow(service.db, filter, threshold, JUDGED)
  const lost = (await likeliestAnimals(service, surest)).slice(0, SAMPLES)
  const rows = await getDetections(service.db, lost)
  const likeliestFirst = lost.flatMap((id) => rows.find((row) => row.id === id) ?? [])
  const samples = await presentDetections(service, likeliestFirst)
  const atThresholds = THRESHOLDS.map((at, i) => ({ threshold: at, photos: counts[i] ?? 0 }))
  return { threshold, total, setAside, atThresholds, samples }
}

async function markFalseTriggers(
  service: Service,
  request: RepeatableRequest<FalseTriggersAnswer>,
  { threshold, ...query }: NewFalseTriggers,
): Promise<FalseTriggersAnswer> {
  return await change(service, request, null, {
    async write(tx, record) {
      const empty = await photosBelow(tx, await filterOf({ db: tx }, query), threshold)
      const marked = await markMedia(tx, empty, { from: null, to: 'empty' })
      if (marked.length === 0) return { action: null }
      const photos = marked.length === 1 ? 'a photo' : `${marked.length} photos`
      const action = await record({
        kind: 'mark',
        summary: `Marked ${photos} as empty: nothing at or above ${threshold}`,
        change: { type: 'markedMedia', before: null, after: 'empty' },
        subjects: { kind: 'media', ids: marked },
      })
      return { action }
    },
    present: async (done, { action }) => ({ action, setAside: done.action?.subjects ?? 0 }),
  })
}

async function filterOf(
  { db }: Pick<Service, 'db'>,
  { importId, deployment }: { importId?: string; deployment?: string },
): Promise<FalseTriggerFilter> {
  const deploymentId = deployment === undefined ? undefined : await findDeployment(db, deployment)
  if (deployment !== undefined && deploymentId === null) throw new NotFound('deployment', deployment)
  return { importId: importId === undefined ? undefined : Number(importId), deploymentId: deploymentId ?? undefined }
}
