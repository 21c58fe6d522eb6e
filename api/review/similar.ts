// GET /api/similar. In: a stored detection, and what narrows the answer. Out: the nearest known photos in the tree's own metric,
// its own burst left out. A filter never loses photos: those that it leaves are the nearest of all that it leaves.

import { createRoute, z } from '@hono/zod-openapi'
import { getDetection } from '../../db/photos/detections.ts'
import { getEmbedding } from '../../db/trees/models.ts'
import { idSchema } from '../contract/id.ts'
import { similarExemplarSchema } from '../contract/suggestion.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentSimilar } from '../present/answers.ts'
import type { Service } from '../service.ts'
import { narrowingOf, narrowingSchema } from './queues.ts'

export function similarRoutes(service: Service) {
  return newRoutes().openapi(
    createRoute({
      method: 'get',
      path: '/api/similar',
      tags: ['Suggestions'],
      summary: 'The nearest known photos',
      request: {
        query: narrowingSchema.pick({ deployment: true, from: true, to: true }).extend({
          detectionId: idSchema,
          k: z.coerce.number().int().min(1).max(200).default(20),
          within: idSchema.optional().openapi({ description: 'Only exemplars at or below this taxon.' }),
          confirmed: z
            .enum(['true', 'false'])
            .default('false')
            .openapi({ description: 'true: only what a person has identified, not what came labelled with photos.' }),
        }),
      },
      responses: {
        200: {
          description: 'Nearest first',
          content: {
            'application/json': { schema: z.object({ items: z.array(similarExemplarSchema), nextCursor: z.null() }) },
          },
        },
        ...problems(400, 404),
      },
    }),
    async (c) => {
      const { detectionId, k, within, deployment, from, to, confirmed } = c.req.valid('query')
      const id = Number(detectionId)
      const { models, learning } = service
      await getDetection(service.db, id)
      const narrowing = await narrowingOf(service, { taxon: within, deployment, from, to })
      const embedding = await getEmbedding(service.db, models.embedder.sha256, id)
      const near =
        embedding === null
          ? []
          : await learning.similar(embedding, {
              k,
              within: within === undefined ? undefined : Number(within),
              detectionId: id,
              filter: {
                deploymentId: narrowing.deploymentId,
                capturedFrom: narrowing.from,
                capturedBefore: narrowing.before,
                confirmedOnly: confirmed === 'true',
              },
            })
      return c.json({ items: await presentSimilar(service, near), nextCursor: null }, 200)
    },
  )
}
