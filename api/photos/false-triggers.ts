// Photos that show no animal, set aside by the detector's confidence. In: a threshold. Out: what it would cost, and the photos
// marked as empty in one action that can be undone.

import { createRoute, z } from '@hono/zod-openapi'
import { NotFound } from '../../db/errors.ts'
import { recordAction } from '../../db/history/actions.ts'
import { markMedia } from '../../db/history/changes.ts'
import { findDeployment } from '../../db/photos/deployments.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { countBelow, type FalseTriggerFilter, lostBelow, photosBelow } from '../../db/photos/false-triggers.ts'
import { idSchema } from '../contract/id.ts'
import { falseTriggersAnswerSchema, falseTriggersSchema, newFalseTriggersSchema } from '../contract/marks.ts'
import { keySchema } from '../http/idempotency.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentActions, tellChanged } from '../present/actions.ts'
import { presentDetections } from '../present/present.ts'
import type { Service } from '../service.ts'

/** 0.05 to 1. */
const THRESHOLDS = Array.from({ length: 20 }, (_, i) => (i + 1) / 20)
const SAMPLES = 12

export function falseTriggerRoutes(service: Service) {
  const once = service.once

  return newRoutes()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/false-triggers',
        tags: ['False triggers'],
        summary: 'What a threshold of confidence would set aside, and what would be lost by it',
        request: {
          query: z.object({
            threshold: z.coerce.number().min(0).max(1).default(0.2),
            importId: idSchema.optional(),
            deployment: z.string().max(200).optional(),
          }),
        },
        responses: {
          200: { description: 'Nothing is changed', content: { 'application/json': { schema: falseTriggersSchema } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const { threshold, ...query } = c.req.valid('query')
        const filter = await filterOf(service, query)
        const { total, photos } = await countBelow(service.db, filter, [threshold, ...THRESHOLDS])
        const [setAside = 0, ...counts] = photos
        const lost = await lostBelow(service.db, filter, threshold, SAMPLES)
        const rows = await getDetections(service.db, lost)
        const surestFirst = lost.flatMap((id) => rows.find((row) => row.id === id) ?? [])
        const samples = await presentDetections(service, surestFirst)
        const atThresholds = THRESHOLDS.map((at, i) => ({ threshold: at, photos: counts[i] ?? 0 }))
        return c.json({ threshold, total, setAside, atThresholds, samples }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/false-triggers',
        tags: ['False triggers'],
        summary: 'Mark photos without a detection at or above a threshold as empty',
        request: {
          headers: keySchema,
          body: { required: true, content: { 'application/json': { schema: newFalseTriggersSchema } } },
        },
        responses: {
          201: { description: 'Marked', content: { 'application/json': { schema: falseTriggersAnswerSchema } } },
          ...problems(400, 404, 409, 422),
        },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const { person } = c.var
        const { threshold } = body
        const key = c.req.valid('header')['idempotency-key']
        const request = { key, person, path: c.req.path, body, answer: falseTriggersAnswerSchema }
        const answer = await once(request, async (claim) => {
          const filter = await filterOf(service, body)
          const done = await service.db.transaction(async (tx) => {
            await claim(tx)
            const empty = await photosBelow(tx, filter, threshold)
            const marked = await markMedia(tx, empty, { from: null, to: 'empty' })
            if (marked.length === 0) return null
            const photos = marked.length === 1 ? 'a photo' : `${marked.length} photos`
            return await recordAction(tx, {
              person,
              kind: 'mark',
              summary: `Marked ${photos} as empty: nothing at or above ${threshold}`,
              change: { type: 'markedMedia', before: null, after: 'empty' },
              subjects: { kind: 'media', ids: marked },
            })
          })
          const [action] = await presentActions(service.db, done ? [done] : [])
          if (action) tellChanged(service, action)
          return { action: action ?? null, setAside: done?.subjects ?? 0 }
        })
        return c.json(answer, 201)
      },
    )
}

async function filterOf(
  service: Service,
  { importId, deployment }: { importId?: string; deployment?: string },
): Promise<FalseTriggerFilter> {
  const deploymentId = deployment === undefined ? undefined : await findDeployment(service.db, deployment)
  if (deployment !== undefined && deploymentId === null) throw new NotFound('deployment', deployment)
  return { importId: importId === undefined ? undefined : Number(importId), deploymentId: deploymentId ?? undefined }
}
