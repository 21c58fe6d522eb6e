// The numbers for a report: events and rates per species and station, detection histories for occupancy models,
// activity, and what is wrong with cameras.

import { setImmediate } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import { clockReadings, listSightings } from '../../../db/insight/sightings.ts'
import {
  activityResultSchema,
  type CameraHealth,
  cameraHealthSchema,
  type HistoryQuery,
  historyQuerySchema,
  resultsQuerySchema,
  resultsSchema,
} from '../../contract/survey/results.ts'
import { jsonAnswer } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import { MINUTE_MS, readClock, writeClock } from '../../interchange/local-time.ts'
import type { Service } from '../../service.ts'
import { filterOf, NO_FILTER } from '../filter.ts'
import { activityCurve, MIN_EVENTS, radiansOfDay, sampleCurve } from './activity.ts'
import { cameraHealth } from './camera-health.ts'
import { independentEvents } from './events.ts'
import { groupedBy } from './grouped.ts'
import { detectionHistory, type StationHistory } from './occupancy.ts'
import { resultsOf, sightingOf, surveyOf } from './survey.ts'

const route = routesOf('Results')
const csv = { 'text/csv': { schema: { type: 'string' as const } } }
const HOURS_PER_RADIAN = 24 / (2 * Math.PI)

const resultsRoute = route('get /api/results', 'Events, effort and rates per taxon and station', {
  description:
    'Counts what people said, never suggestions; `unreviewed` says how many animals nobody has named. Every camera is a station, and watched from its first photo to its last one.',
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
  request: { query: resultsQuerySchema },
  responses: { 200: jsonAnswer('The curve', activityResultSchema), ...problems(400, 404) },
})
const healthRoute = route('get /api/results/cameras', 'What photos say about their cameras', {
  description:
    'Clocks that are wrong or run backwards, gaps of three weeks, more than 100 photos a day, no night photo among 50. Stations without a finding are left out.',
  responses: { 200: jsonAnswer('Findings', cameraHealthSchema), ...problems(400) },
})

export function resultRoutes(service: Service) {
  return newRoutes()
    .openapi(resultsRoute, async (c) => {
      const query = c.req.valid('query')
      return c.json(await resultsOf(service, await filterOf(service, query), query), 200)
    })
    .openapi(historyRoute, async (c) => {
      const rows = await historyOf(service, c.req.valid('query'))
      return c.body(
        tableOf(rows, ({ detected }) => detected),
        200,
        csvNamed('history'),
      )
    })
    .openapi(effortRoute, async (c) => {
      const rows = await historyOf(service, c.req.valid('query'))
      const rounded = ({ effort }: StationHistory) => effort.map((days) => Math.round(days * 1000) / 1000)
      return c.body(tableOf(rows, rounded), 200, csvNamed('effort'))
    })
    .openapi(activityRoute, async (c) => {
      const query = c.req.valid('query')
      const sightings = (await listSightings(service.db, await filterOf(service, query))).map(sightingOf)
      const rule = { gapMs: query.gapMinutes * MINUTE_MS, independence: query.independence }
      // All taxa of the filter are one here: a curve of a family is that of its animals.
      const events = independentEvents(
        sightings.map((one) => ({ ...one, taxonId: 0 })),
        rule,
      )
      const times = events.flatMap(({ start }) => (start === null ? [] : [radiansOfDay(start)]))
      const density = times.length === 0 ? [] : sampleCurve(activityCurve(times))
      const perHour = density.map((value) => value / HOURS_PER_RADIAN)
      return c.json({ events: times.length, enough: times.length >= MIN_EVENTS, density: perHour }, 200)
    })
    .openapi(healthRoute, async (c) => c.json(await healthOf(service), 200))
}

type NamedHistory = StationHistory & { name: string }

async function historyOf(service: Service, query: HistoryQuery): Promise<NamedHistory[]> {
  const filter = await filterOf(service, query)
  const { stations, efforts } = await surveyOf(service, filter)
  const names = new Map(stations.map(({ id, name }) => [id, name]))
  const records = (await listSightings(service.db, filter)).flatMap(({ deploymentId, capturedAt }) =>
    deploymentId === null || capturedAt === null ? [] : [{ stationId: deploymentId, takenAt: readClock(capturedAt) }],
  )
  const rule = { days: query.occasionDays, from: 'setup' as const, minActiveDays: query.minActiveDays }
  const history = detectionHistory(records, efforts, rule)
  return history.stations.map((row) => ({ ...row, name: names.get(row.stationId) ?? String(row.stationId) }))
}

function tableOf(rows: readonly NamedHistory[], cellsOf: (row: NamedHistory) => readonly (number | null)[]): string {
  const occasions = rows[0]?.detected.length ?? 0
  const header = ['station', ...Array.from({ length: occasions }, (_, k) => `o${k + 1}`)]
  return stringify([header, ...rows.map((row) => [row.name, ...cellsOf(row)])], { escape_formulas: true })
}

const csvNamed = (name: string) => ({
  'Content-Type': 'text/csv; charset=utf-8',
  'Content-Disposition': `attachment; filename="clavis-${name}.csv"`,
})

async function healthOf({ db }: Service): Promise<CameraHealth> {
  const { stations } = await surveyOf({ db }, NO_FILTER)
  const photosOf = groupedBy(await clockReadings(db), ({ deploymentId }) => deploymentId)
  const now = Date.now()
  const clockOf = (clockMs: number | null) => (clockMs === null ? null : writeClock(clockMs))
  const looked: CameraHealth['stations'] = []
  for (const { id, name } of stations) {
    const photos = (photosOf.get(id) ?? []).map(({ mediaId, filename, capturedAt }) => ({
      mediaId,
      filename,
      takenAt: capturedAt === null ? null : readClock(capturedAt),
    }))
    const findings = cameraHealth(photos, { start: null, end: null, now }).map((finding) => ({
      ...finding,
      from: clockOf(finding.from),
      to: clockOf(finding.to),
      mediaIds: finding.mediaIds.map(String),
    }))
    looked.push({ id: String(id), name, findings })
    // A season's photos are sorted by name here, a camera at a time: other requests are answered in between.
    await setImmediate()
  }
  return { stations: looked.filter(({ findings }) => findings.length > 0) }
}
