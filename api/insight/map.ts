// The map of look-alikes: computed on request in the background, stored, and shown until a newer one is ready.

import type { InsightFilter } from '../../db/insight/counts.ts'
import { beginMap, countEmbedded, mapPoints, mapStandings, pointFacts } from '../../db/insight/maps.ts'
import {
  type InsightFilterQuery,
  insightFilterSchema,
  type MapPoints,
  type MapStanding,
  mapPointsSchema,
  mapStandingSchema,
} from '../contract/insight.ts'
import { quickGzip } from '../http/gzip.ts'
import { jsonAnswer } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { type AnswerCache, createAnswerCache } from './cache.ts'
import { filterOf } from './filter.ts'
import { computeMap } from './map-layout.ts'

const route = routesOf('Insight')

/** Places are sent as whole numbers up to this, which is finer than any screen. */
const GRAIN = 65_535

const computeRoute = route('post /api/insight/map', 'Compute a new map of look-alikes, in the background', {
  responses: { 202: jsonAnswer('It is being computed', mapStandingSchema), ...problems(409) },
})

const standingRoute = route('get /api/insight/map', 'The progress of the map', {
  responses: { 200: jsonAnswer('The newest map of the present embedder, and one under way', mapStandingSchema) },
})

const pointsRoute = route('get /api/insight/map/points', 'The points of the map', {
  description:
    'Animals on the newest map that match the filter, with the facts that give them their colours, as lists of equal length.',
  request: { query: insightFilterSchema },
  responses: { 200: jsonAnswer('The points', mapPointsSchema), ...problems(400, 404) },
})

export function insightMapRoutes(service: Service) {
  const cache = createAnswerCache()
  const routes = newRoutes()
  routes.use('/api/insight/map/points', quickGzip())
  return routes
    .openapi(computeRoute, async (c) => {
      await beginComputing(service)
      return c.json(await standingOf(service, (count) => count()), 202)
    })
    .openapi(standingRoute, async (c) => {
      const key = `embedded ${service.models.embedder.sha256}`
      return c.json(await standingOf(service, (count) => cache(key, count)), 200)
    })
    .openapi(pointsRoute, async (c) => c.json(await pointsUnder(service, cache, c.req.valid('query')), 200))
}

async function beginComputing(service: Service): Promise<void> {
  const modelSha256 = service.models.embedder.sha256
  const map = await beginMap(service.db, { modelSha256, treeVersion: service.learning.treeVersion() })
  if (map === null) throw new Problem(409, 'A map is being computed already: wait until it is ready.')
  void computeMap(service, map.id, modelSha256)
}

async function pointsUnder(service: Service, cache: AnswerCache, query: InsightFilterQuery): Promise<MapPoints> {
  const { ready } = await mapStandings(service.db, service.models.embedder.sha256)
  if (ready === null) throw new Problem(404, 'There is no map yet. POST /api/insight/map computes one.')
  const filter = await filterOf(service, query)
  return await cache(JSON.stringify([ready.id, query]), () => pointsOf(service, ready, filter))
}

type CountEmbedded = (count: () => Promise<number>) => Promise<number>

async function standingOf({ db, models }: Service, counted: CountEmbedded): Promise<MapStanding> {
  const { sha256 } = models.embedder
  const { latest, ready } = await mapStandings(db, sha256)
  const embedded = await counted(() => countEmbedded(db, sha256))
  const silent = latest?.silent === true
  return {
    state: latest === null ? 'none' : silent ? 'failed' : latest.state,
    progress: latest?.state === 'computing' && !silent ? latest.progress : null,
    message: silent ? 'The process that computed it ended too early.' : (latest?.message ?? null),
    ready: ready && {
      id: String(ready.id),
      animals: ready.animals,
      treeVersion: ready.treeVersion,
      finishedAt: (ready.finishedAt ?? ready.createdAt).toISOString(),
      newer: Math.max(0, embedded - ready.animals),
    },
  }
}

async function pointsOf(service: Service, ready: { id: number }, filter: InsightFilter): Promise<MapPoints> {
  const [places, facts] = [await mapPoints(service.db, ready.id), await pointFacts(service.db, filter)]
  if (places === null) throw new Problem(404, 'This map was replaced just now: ask again.')
  const at = new Map(places.detectionIds.map((id, i) => [id, i]))
  const shown = facts.filter((one) => at.has(one.id))
  const taxonIds = shown.map((one) => one.taughtTaxonId ?? one.suggestedTaxonId)
  const taxa = await taxonLookup(service, new Set(taxonIds))
  const taxonAt = positions(taxonIds.map((id) => (taxa.find(id) === null ? null : id)))
  const personAt = positions(shown.map((one) => one.person))
  const place = (values: Float32Array) => shown.map((one) => Math.round((values[at.get(one.id)!] ?? 0) * GRAIN))
  const hundredths = (value: number | null) => (value === null ? -1 : Math.round(value * 100))
  return {
    id: String(ready.id),
    detectionIds: shown.map((one) => one.id),
    x: place(places.x),
    y: place(places.y),
    taxon: taxonAt.of,
    identified: shown.map((one) => (one.taughtTaxonId === null ? 0 : 1)),
    confidence: shown.map((one) => hundredths(one.confidence)),
    probability: shown.map((one) => hundredths(one.probability)),
    person: personAt.of,
    taxa: taxonAt.values.map((id) => taxa.get(id)),
    people: personAt.values,
  }
}

/** The distinct values, most frequent first, and for each entry the position of its value; -1 for none. */
function positions<T>(entries: readonly (T | null)[]): { values: T[]; of: number[] } {
  const counts = new Map<T, number>()
  for (const entry of entries) if (entry !== null) counts.set(entry, (counts.get(entry) ?? 0) + 1)
  const values = [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value)
  const index = new Map(values.map((value, i) => [value, i]))
  return { values, of: entries.map((entry) => (entry === null ? -1 : index.get(entry)!)) }
}
