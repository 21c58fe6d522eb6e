// The nearest known photos of a stored detection in the tree's own metric, its own burst left out. Filters are applied
// before the nearest are taken, so they never make the list shorter than it has to be.

import { z } from '@hono/zod-openapi'
import { getDetection } from '../../db/photos/detections.ts'
import { getEmbedding } from '../../db/trees/models.ts'
import { numericId } from '../contract/id.ts'
import { type SimilarExemplar, similarExemplarSchema } from '../contract/suggestion.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentSimilar } from '../present/answers.ts'
import type { Service } from '../service.ts'
import { narrowingOf, narrowingSchema } from './narrowing.ts'

const route = routesOf('Suggestions')

const querySchema = narrowingSchema.pick({ deployment: true, from: true, to: true }).extend({
  detectionId: numericId,
  k: z.coerce.number().int().min(1).max(200).default(20),
  within: numericId.optional().openapi({ description: 'Only exemplars at or below this taxon.' }),
  confirmed: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: 'true: only what a person has identified, not what came labelled with photos.' }),
})

const similarRoute = route('get /api/similar', 'The nearest known photos', {
  request: { query: querySchema },
  responses: {
    200: jsonAnswer('Nearest first', z.object({ items: z.array(similarExemplarSchema), nextCursor: z.null() })),
    ...problems(400, 404),
  },
})

export function similarRoutes(service: Service) {
  return newRoutes().openapi(similarRoute, async (c) =>
    c.json({ items: await findSimilar(service, c.req.valid('query')), nextCursor: null }, 200),
  )
}

async function findSimilar(service: Service, query: z.output<typeof querySchema>): Promise<SimilarExemplar[]> {
  const { detectionId, k, within, deployment, from, to, confirmed } = query
  const { db, models, learning } = service
  await getDetection(db, detectionId)
  const narrowing = await narrowingOf(service, { taxon: within, deployment, from, to })
  const embedding = await getEmbedding(db, models.embedder.sha256, detectionId)
  if (embedding === null) return []
  const near = await learning.similar(embedding, {
    k,
    within,
    detectionId,
    filter: {
      deploymentId: narrowing.deploymentId,
      capturedFrom: narrowing.from,
      capturedBefore: narrowing.before,
      confirmedOnly: confirmed === 'true',
    },
  })
  return await presentSimilar(service, near)
}
