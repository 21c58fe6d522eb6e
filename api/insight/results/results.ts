// The numbers for a report: events and rates per species and station, detection histories for occupancy models,
// activity, and what is wrong with cameras.

import { animalsBehind } from '../../../db/insight/sightings.ts'
import {
  activityQuerySchema,
  activityResultSchema,
  behindQuerySchema,
  behindSchema,
  cameraHealthSchema,
  historyQuerySchema,
  resultsQuerySchema,
  resultsSchema,
} from '../../contract/survey/results.ts'
import { jsonAnswer } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import type { Service } from '../../service.ts'
import { filterOf } from '../filter.ts'
import { reportRoutes } from '../report/report.ts'
import { csvOf, occasionTable } from '../report/tables.ts'
import { openResults, type ResultsMaker } from './material.ts'
import type { StationHistory } from './occupancy.ts'

const route = routesOf('Results')
const csv = { 'text/csv': { schema: { type: 'string' as const } } }

const resultsRoute = route('get /api/results', 'Events, effort and rates per taxon and station', {
  description:
    'Counts what people said, never suggestions; `unreviewed` says how many animals nobody has named. Deployments of one place are a station; `effortFrom` says whether its days are recorded or taken from its photos.',
  request: { query: resultsQuerySchema },
  responses: { 200: jsonAnswer('The numbers', resultsSchema), ...problems(400, 404) },
})
const historyRoute = route('get /api/results/history.csv', 'Detection history of a taxon, for occupancy models', {
  description:
    'Stations by occasions: 1 recorded, 0 watched and not recorded, empty not watched. R: `unmarked::unmarkedFrameOccu(y = as.matrix(read.csv("history.csv", row.names = 1)))`.',
  request: { query: historyQuerySchema },
  responses: { 200: { description: 'CSV, UTF-8', content: csv }, ...problems(400, 404) },
})
const effortRoute = route('get /api/results/effort.csv', 'Camera-days per station and occasion', {
  description: 'Of the same shape as the detection history of the same query.',
  request: { query: historyQuerySchema },
  responses: { 200: { description: 'CSV, UTF-8', content: csv }, ...problems(400, 404) },
})
const activityRoute = route('get /api/results/activity', 'When animals are active', {
  description:
    'A kernel density of the times of events on the 24-hour circle (Ridout and Linkie 2009), by the camera’s clock.',
  request: { query: activityQuerySchema },
  responses: { 200: jsonAnswer('The curve', activityResultSchema), ...problems(400, 404, 422) },
})
const healthRoute = route('get /api/results/cameras', 'What photos say about their cameras', {
  description:
    'Clocks that are wrong or run backwards, gaps of three weeks, more than 100 photos a day, no night photo among 50. Stations without a finding are left out.',
  responses: { 200: jsonAnswer('Findings', cameraHealthSchema), ...problems(400) },
})

const behindRoute = route('get /api/results/animals', 'The animals behind a figure', {
  description: 'To open the photos: the answer’s ids make a selection (`POST /api/selections`).',
  request: { query: behindQuerySchema },
  responses: { 200: jsonAnswer('Their ids, in order of time', behindSchema), ...problems(400, 404) },
})

const MOST_BEHIND = 10_000

export function resultRoutes(service: Service, results: ResultsMaker = openResults(service)) {
  return newRoutes()
    .openapi(resultsRoute, async (c) => c.json(await results.numbers(c.req.valid('query')), 200))
    .openapi(historyRoute, async (c) => {
      const rows = await results.history(c.req.valid('query'))
      return c.body(csvOf(occasionTable(rows, ({ detected }) => detected)), 200, csvNamed('history'))
    })
    .openapi(effortRoute, async (c) => {
      const rows = await results.history(c.req.valid('query'))
      const rounded = ({ effort }: StationHistory) => effort.map((days) => Math.round(days * 1000) / 1000)
      return c.body(csvOf(occasionTable(rows, rounded)), 200, csvNamed('effort'))
    })
    .openapi(activityRoute, async (c) => c.json(await results.activity(c.req.valid('query')), 200))
    .openapi(healthRoute, async (c) => c.json(await results.health(), 200))
    .openapi(behindRoute, async (c) => {
      const { station, ...query } = c.req.valid('query')
      const filter = await filterOf(service, query)
      const deploymentIds = station === undefined ? null : await results.deploymentsAt(filter, Number(station))
      const ids = await animalsBehind(service.db, filter, { deploymentIds, most: MOST_BEHIND + 1 })
      const more = ids.length > MOST_BEHIND
      return c.json({ detectionIds: ids.slice(0, MOST_BEHIND).map(String), more }, 200)
    })
    .route('/', reportRoutes(service, results))
}

const csvNamed = (name: string) => ({
  'Content-Type': 'text/csv; charset=utf-8',
  'Content-Disposition': `attachment; filename="clavis-${name}.csv"`,
})
