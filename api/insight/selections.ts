// Selections by address. In: ids from a lasso, or a filter with one bar of a chart. Out: an id that GET /api/detections and the grid
// take, so that any number of animals fits into a link.

import { createRoute, z } from '@hono/zod-openapi'
import { getSelection, MOST_SELECTED, selectBucket, selectDetections } from '../../db/insight/selections.ts'
import { idSchema } from '../contract/id.ts'
import { type NewSelection, newSelectionSchema, selectionSchema } from '../contract/insight.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import type { Service } from '../service.ts'
import { filterOf } from './filter.ts'
import { judgedForecasts } from './forecasts.ts'
import { behindBar } from './measures.ts'

const content = { 'application/json': { schema: selectionSchema } }

export function selectionRoutes(service: Service) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/selections',
        tags: ['Insight'],
        summary: 'Keep a set of animals under an id',
        description: `GET /api/detections?selection=ID lists them. At most ${MOST_SELECTED}, the newest; the last 500 selections are kept.`,
        request: { body: { required: true, content: { 'application/json': { schema: newSelectionSchema } } } },
        responses: { 201: { description: 'Kept', content }, ...problems(400, 404) },
      }),
      async (c) => {
        const { id, name, count } = await select(service, c.req.valid('json'))
        return c.json({ id: String(id), name, count }, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/selections/{id}',
        tags: ['Insight'],
        summary: 'A selection: its name and how many animals it holds',
        request: { params: z.object({ id: idSchema }) },
        responses: { 200: { description: 'The selection', content }, ...problems(400, 404) },
      }),
      async (c) => {
        const { id, name, count } = await getSelection(service.db, Number(c.req.valid('param').id))
        return c.json({ id: String(id), name, count }, 200)
      },
    )
}

async function select(service: Service, { name, detectionIds, filter, bucket }: NewSelection) {
  const { db } = service
  if (detectionIds !== undefined) return await selectDetections(db, name, detectionIds.map(Number))
  const rows = await filterOf(service, filter ?? {})
  if (bucket?.forecast !== undefined) {
    const judged = await judgedForecasts(service, rows)
    return await selectDetections(db, name, behindBar(judged, bucket.forecast))
  }
  const { place, hour, month, confidence, probability } = bucket ?? {}
  return await selectBucket(db, name, rows, { hour, month, confidence, probability, ...place })
}
