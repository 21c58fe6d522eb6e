// The installation in numbers, which takes counting; and the tree's version alone, which does not.

import { z } from '@hono/zod-openapi'
import { summarise } from '../../db/summary.ts'
import { searchIndexState } from '../../db/trees/search-index.ts'
import { modelReferenceSchema } from '../contract/model.ts'
import { jsonAnswer } from '../http/json.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { modelReferences } from '../present/models.ts'
import type { Service } from '../service.ts'

const route = routesOf('Summary')

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
          .openapi({ description: 'The share of a new index that is built, 0..1; null: none is being built.' }),
      })
      .openapi({ description: 'Whether an index finds similar photos, as in large installations on Postgres.' }),
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

const treeRoute = route('get /api/tree', 'Which tree answers', {
  responses: { 200: jsonAnswer('At this moment', treeSchema) },
})

const summaryRoute = route('get /api/summary', 'The installation in numbers', {
  responses: { 200: jsonAnswer('At this moment', summarySchema) },
})

export function summaryRoutes(service: Service) {
  return newRoutes()
    .openapi(treeRoute, (c) => c.json({ treeVersion: service.learning.treeVersion() }, 200))
    .openapi(summaryRoute, async (c) => c.json(await summaryOf(service), 200))
}

async function summaryOf(service: Service): Promise<z.infer<typeof summarySchema>> {
  const treeVersion = service.learning.treeVersion()
  const [counts, { ready: indexed, building }] = await Promise.all([
    summarise(service.db),
    searchIndexState(service.db, Number(treeVersion.split('.')[0])),
  ])
  return { ...counts, treeVersion, search: { indexed, building }, models: modelReferences(service) }
}
