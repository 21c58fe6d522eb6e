// The animals that look most like one of them, named or not, by their similarity in the metric of the tree.

import { z } from '@hono/zod-openapi'
import { cosine } from '../../classifiers/neighbours/by-example.ts'
import { getDetection, getDetections } from '../../db/photos/detections.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import { nearOnCurve } from '../../db/trees/likeness.ts'
import { getEmbedding } from '../../db/trees/models.ts'
import { detectionSchema } from '../contract/detection.ts'
import { idParam } from '../contract/id.ts'
import { probability } from '../contract/suggestion.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentDetections } from '../present/detections.ts'
import type { Service } from '../service.ts'

const route = routesOf('Detections')

/** Compared one by one, of those near on the curve, which finds most of the nearest but not all. */
const CANDIDATES = 500

const answerSchema = z.object({
  items: z.array(
    z.object({
      detection: detectionSchema,
      similarity: probability.openapi({ description: "Cosine in the tree's metric, clamped to 0..1." }),
    }),
  ),
})

const alikeRoute = route('get /api/detections/{id}/alike', 'The animals that look most like this one', {
  request: { params: idParam, query: z.object({ k: z.coerce.number().int().min(1).max(200).default(60) }) },
  responses: { 200: jsonAnswer('Most alike first, named ones and waiting ones', answerSchema), ...problems(400, 404) },
})

export function alikeRoutes(service: Service) {
  return newRoutes().openapi(alikeRoute, async (c) =>
    c.json({ items: await findAlike(service, c.req.valid('param').id, c.req.valid('query').k) }, 200),
  )
}

async function findAlike(service: Service, id: number, k: number): Promise<z.output<typeof answerSchema>['items']> {
  const { db, learning, models } = service
  await getDetection(db, id)
  const embedding = await getEmbedding(db, models.embedder.sha256, id)
  if (embedding === null) return []
  const here = learning.project(embedding)
  const from = { version: learning.version(), modelSha256: models.embedder.sha256 }
  const candidates = await teachingOf(db, await nearOnCurve(db, id, CANDIDATES), from)
  const near = candidates
    .flatMap((one) =>
      one.embedding === null
        ? []
        : [
            {
              id: one.detectionId,
              similarity: Math.min(1, Math.max(0, cosine(here, learning.project(one.embedding)))),
            },
          ],
    )
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, k)
  const rows = await getDetections(
    db,
    near.map((one) => one.id),
  )
  const detections = new Map((await presentDetections(service, rows)).map((one) => [one.id, one]))
  return near.flatMap(({ id: other, similarity }) => {
    const detection = detections.get(String(other))
    return detection === undefined ? [] : [{ detection, similarity }]
  })
}
