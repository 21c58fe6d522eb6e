// The map of look-alikes. In: a wish for one. Out: how far it is, and points for the page. It is computed in a process of its own from the
// embeddings in the metric of the tree, stored with the database, and stays until a newer one is ready.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRoute } from '@hono/zod-openapi'
import { compress } from 'hono/compress'
import type { LayoutReply, LayoutRequest } from '../../classifiers/map/layout-worker.ts'
import {
  beginMap,
  countEmbedded,
  failMap,
  finishMap,
  hearOfMap,
  type MapPoints as MapRows,
  mapPoints,
  mapStandings,
  pointFacts,
} from '../../db/insight/maps.ts'
import { embeddings } from '../../db/trees/models.ts'
import { latestPublished } from '../../db/trees/trees.ts'
import {
  insightFilterSchema,
  type MapPoints,
  type MapStanding,
  mapPointsSchema,
  mapStandingSchema,
} from '../contract/insight.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { keepAnswers } from './cache.ts'
import { filterOf } from './filter.ts'

/** Of more animals than these a map would be one colour; the newest are left out. */
const MOST_ANIMALS = 250_000
/** Reading and sending the embeddings is about this share of the work. */
const READING = 0.15
/** Places travel as whole numbers up to this: finer than any screen. */
const GRAIN = 65_535
const HEARD_MS = 2000

const content = { 'application/json': { schema: mapStandingSchema } }

export function insightMapRoutes(service: Service) {
  const keep = keepAnswers()
  const routes = newRoutes()
  routes.use('/api/insight/map/points', compress())
  return routes
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/insight/map',
        tags: ['Insight'],
        summary: 'Compute the map of look-alikes anew, in the background',
        responses: { 202: { description: 'It is being computed', content }, ...problems(409) },
      }),
      async (c) => {
        const { models, learning } = service
        const map = await beginMap(service.db, {
          modelSha256: models.embedder.sha256,
          treeVersion: learning.treeVersion(),
        })
        if (map === null) throw new Problem(409, 'A map is being computed already: wait until it is ready.')
        void compute(service, map.id, models.embedder.sha256)
        return c.json(await standingOf(service, (count) => count()), 202)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/insight/map',
        tags: ['Insight'],
        summary: 'How far the map is',
        responses: { 200: { description: 'The newest map of the present embedder, and one under way', content } },
      }),
      async (c) =>
        c.json(await standingOf(service, (count) => keep(`embedded ${service.models.embedder.sha256}`, count)), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/insight/map/points',
        tags: ['Insight'],
        summary: 'The points of the map',
        description: 'Animals of the filter that lie on the newest map, with what colours them, as equally long lists.',
        request: { query: insightFilterSchema },
        responses: {
          200: { description: 'The points', content: { 'application/json': { schema: mapPointsSchema } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const query = c.req.valid('query')
        const { ready } = await mapStandings(service.db, service.models.embedder.sha256)
        if (ready === null) throw new Problem(404, 'There is no map yet. POST /api/insight/map computes one.')
        const filter = await filterOf(service, query)
        const key = JSON.stringify([ready.id, query])
        return c.json(await keep(key, async () => await pointsOf(service, ready, filter)), 200)
      },
    )
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
    message: silent ? 'The process that computed it ended before it was ready.' : (latest?.message ?? null),
    ready: ready && {
      id: String(ready.id),
      animals: ready.animals,
      treeVersion: ready.treeVersion,
      finishedAt: (ready.finishedAt ?? ready.createdAt).toISOString(),
      newer: Math.max(0, embedded - ready.animals),
    },
  }
}

/** Whatever happens is written into the map's row; a service that ends leaves it silent, and the next one may begin again. */
async function compute(service: Service, id: number, modelSha256: string): Promise<void> {
  const { db, log, closing } = service
  try {
    const points = await layOutApart(service, id, modelSha256)
    await finishMap(db, id, points)
    log.info({ map: id, animals: points.detectionIds.length }, 'the map of look-alikes is ready')
  } catch (error) {
    if (closing.aborted) return
    log.error({ err: error }, 'computing the map of look-alikes failed')
    const message = error instanceof Error ? error.message : String(error)
    await failMap(db, id, message).catch((fault) => log.error({ err: fault }, 'noting the failed map failed'))
  }
}

async function layOutApart(service: Service, id: number, modelSha256: string): Promise<MapRows> {
  const { db, closing } = service
  const tree = await latestPublished(db, modelSha256)
  if (tree === null) throw new Error('There is no tree yet whose metric the map could use.')
  const total = Math.min(MOST_ANIMALS, await countEmbedded(db, modelSha256))
  const child = fork(fileURLToPath(new URL('../../classifiers/map/layout-worker.ts', import.meta.url)), [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
    signal: closing,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let progress = 0
  const hear = () => hearOfMap(db, id, progress).catch(() => {})
  // Also while nothing is told: a silent map counts as broken off.
  const heard = setInterval(() => void hear(), HEARD_MS)
  try {
    const places = new Promise<{ x: Float32Array; y: Float32Array }>((resolve, reject) => {
      child.on('message', (reply: LayoutReply) => {
        if (reply.kind === 'progress') progress = READING + (1 - READING) * reply.share
        else if (reply.kind === 'done') resolve({ x: reply.x, y: reply.y })
        else reject(new Error(reply.error))
      })
      child.once('error', reject)
      child.once('exit', (code, signal) =>
        reject(new Error(`The process that lays out the map ended (${signal ?? code}) before it was ready.`)),
      )
    })
    // Its end may come while pages are still being sent: it is heard below.
    places.catch(() => {})
    await send(child, { kind: 'begin', statistics: tree.statistics })
    const detectionIds: number[] = []
    for await (const page of embeddings(db, modelSha256, { taught: false })) {
      const rows = page.slice(0, total - detectionIds.length)
      if (rows.length === 0) break
      const dimensions = rows[0]!.embedding.length
      const values = new Float32Array(rows.length * dimensions)
      rows.forEach((row, i) => {
        values.set(row.embedding, i * dimensions)
        detectionIds.push(row.detectionId)
      })
      await send(child, { kind: 'page', embeddings: values })
      progress = (READING * detectionIds.length) / Math.max(1, total)
    }
    if (detectionIds.length === 0) throw new Error('There are no animals to lay out yet.')
    await send(child, { kind: 'end' })
    return { detectionIds, ...(await places) }
  } finally {
    clearInterval(heard)
    child.removeAllListeners()
    child.on('error', () => {})
    child.kill()
  }
}

const send = (child: ReturnType<typeof fork>, request: LayoutRequest) =>
  new Promise<void>((resolve, reject) => child.send(request, (error) => (error ? reject(error) : resolve())))

async function pointsOf(
  service: Service,
  ready: { id: number; modelSha256: string },
  filter: Parameters<typeof pointFacts>[2],
): Promise<MapPoints> {
  const [places, facts] = [
    await mapPoints(service.db, ready.id),
    await pointFacts(service.db, ready.modelSha256, filter),
  ]
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

/** Each different value once, the most frequent first, and where each entry's own is among them; -1 for none. */
function positions<T>(entries: readonly (T | null)[]): { values: T[]; of: number[] } {
  const counts = new Map<T, number>()
  for (const entry of entries) if (entry !== null) counts.set(entry, (counts.get(entry) ?? 0) + 1)
  const values = [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value)
  const index = new Map(values.map((value, i) => [value, i]))
  return { values, of: entries.map((entry) => (entry === null ? -1 : index.get(entry)!)) }
}
