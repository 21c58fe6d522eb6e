// Selections by address: ids from a lasso, or a filter with one bar of a chart, get an id that GET /api/detections and
// the grid take, so that a link can hold any number of animals.

import { getSelection, MOST_SELECTED, selectBucket, selectDetections } from '../../db/insight/selections.ts'
import { idParam } from '../contract/id.ts'
import { type NewSelection, newSelectionSchema, selectionSchema } from '../contract/insight.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'
import { filterOf } from './filter.ts'
import { judgedForecasts } from './forecasts.ts'
import { behindBar } from './measures.ts'

const route = routesOf('Insight')

const makeRoute = route('post /api/selections', 'Store a set of animals under an id', {
  description: `GET /api/detections?selection=ID lists them. A selection holds at most ${MOST_SELECTED} animals, the newest; the last 500 selections are stored.`,
  request: { body: jsonBody(newSelectionSchema) },
  responses: { 201: jsonAnswer('Stored', selectionSchema), ...problems(400, 404) },
})

const getRoute = route('get /api/selections/{id}', 'A selection: its name and how many animals it holds', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('The selection', selectionSchema), ...problems(400, 404) },
})

export function selectionRoutes(service: Service) {
  return newRoutes()
    .openapi(makeRoute, async (c) => c.json(presentSelection(await select(service, c.req.valid('json'))), 201))
    .openapi(getRoute, async (c) =>
      c.json(presentSelection(await getSelection(service.db, c.req.valid('param').id)), 200),
    )
}

const presentSelection = ({ id, name, count }: { id: number; name: string; count: number }) => ({
  id: String(id),
  name,
  count,
})

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
