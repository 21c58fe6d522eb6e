// GET /api/summary and /api/tree. In: nothing. Out: the installation in numbers, which takes counting; the tree's version, which does not.

import { createRoute, z } from '@hono/zod-openapi'
import { summarise } from '../../db/summary.ts'
import { searchIndexState } from '../../db/trees/search-index.ts'
import { modelReferenceSchema } from '../contract/model.ts'
import { newRoutes } from '../http/router.ts'
import { modelReferences } from '../present/models.ts'
import type { Service } from '../service.ts'

const count = z.number().int()
const summarySchema = z
  .object({
    media: z.object({ queued: count, indexed: count, failed: count }),
    detections: z.object({
      animal: count,
      person: count,
      vehicle: count,
      identified: count.openapi({ description: 'Animals that teach something.' }),
      unidentified: count,
      conflict: count,
    }),
    taxa: count,
    taughtTaxa: count,
    treeVersion: z.string(),
    search: z
      .object({
        indexed: z.boolean(),
        building: z
          .number()
          .nullable()
          .openapi({ description: 'The share that is made, 0..1; null: none is being made.' }),
      })
      .openapi({ description: 'Whether similar photos are found by an index: large installations on Postgres.' }),
    models: z.object({ detector: modelReferenceSchema, embedder: modelReferenceSchema }),
  })
  .openapi('Summary')

const treeSchema = z
  .object({
    treeVersion: z
      .string()
      .openapi({ description: 'The published version, a dot, and how many changes were learned since.' }),
  })
  .openapi('Tree')

export function summaryRoutes(service: Service) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/tree',
        tags: ['Summary'],
        summary: 'Which tree answers',
        responses: { 200: { description: 'Now', content: { 'application/json': { schema: treeSchema } } } },
      }),
      (c) => c.json({ treeVersion: service.learning.treeVersion() }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/summary',
        tags: ['Summary'],
        summary: 'The installation in numbers',
        responses: { 200: { description: 'Now', content: { 'application/json': { schema: summarySchema } } } },
      }),
      async (c) => {
        const { learning } = service
        const treeVersion = learning.treeVersion()
        const [counts, { ready: indexed, building }] = await Promise.all([
          summarise(service.db),
          searchIndexState(service.db, learning.version()),
        ])
        return c.json({ ...counts, treeVersion, search: { indexed, building }, models: modelReferences(service) }, 200)
      },
    )
}
