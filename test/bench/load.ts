// How much load a server bears. Requests for suggestions, similar photos, review and confirmations come mixed, at rates
// that double until the server is saturated: answers per second, latency, refusals (503), other errors, /healthz, delay
// of the event loop, memory. Then memory after many requests, against that after the first 1,000.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openProgress } from '../../api/commands/progress.ts'
import { UsageError } from '../../api/commands/usage.ts'
import type { Config } from '../../api/config.ts'
import { readReference } from '../../api/installation/reference.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { encodeStatistics } from '../../classifiers/statistics-bytes.ts'
import { openDatabase } from '../../db/connection/connect.ts'
import { type StoredDetection, storeAnalysis } from '../../db/photos/analysis.ts'
import { addMedia } from '../../db/photos/media.ts'
import { ensurePath } from '../../db/taxonomy/paths.ts'
import { countDetectionLessons } from '../../db/trees/lessons.ts'
import { ensureModel } from '../../db/trees/models.ts'
import { insertVersion, publishVersion } from '../../db/trees/trees.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, DEFAULT_EMBEDDER, findModel } from '../../indexer/models/models.ts'
import { newBenchDatabase } from './database.ts'
import { residentBytes } from './import.ts'
import { type Measured, quantile, reportMeasured, startServer } from './measuring.ts'

export const BENCH_LOAD_HELP = `npm run bench -- load [--animals N] [--seconds N] [--requests N] [--url postgres://…] [--json FILE]

Asks a server that knows N (2,000) generated animals for suggestions, similar photos and reviews, and confirms, at rates that double
every N seconds (10) until the server is saturated; then goes on until it has answered N requests (100,000). With the embedded
database, or in a new database on a Postgres server.
`

const FIRST_RATE = 10
const MOST_STEPS = 12
/** Saturated: so much is refused. */
const SATURATED = 0.05
const WARM_UP_MS = 5000
const HEALTH_EVERY_MS = 20
const CLIENTS = 16
const SPECIES = 40
const EARLY = 1000

export async function benchLoad(args: string[], config: Config): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      animals: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '10' },
      requests: { type: 'string', default: '100000' },
      url: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const [animals, seconds, requests] = [values.animals, values.seconds, values.requests].map(Number)
  if (![animals, seconds, requests].every((number) => Number.isInteger(number) && number! > 0))
    throw new UsageError(BENCH_LOAD_HELP)
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  const { url, drop } =
    values.url === undefined
      ? { url: `file:${join(folder, 'database')}`, drop: async () => {} }
      : await newBenchDatabase(values.url)
  try {
    await mkdir(folder, { recursive: true })
    const known = await fill(url, animals!)
    const server = await startServer({
      DATA_DIR: folder,
      THREADS: String(config.threads),
      ...(values.url === undefined ? {} : { DATABASE_URL: url }),
    })
    try {
      const measured = await measure(server, known, { seconds: seconds!, requests: requests! })
      await reportMeasured('A server under load', { animals: animals!, ...measured }, values.json)
    } finally {
      await server.stop()
    }
  } finally {
    await drop()
    await rm(folder, { recursive: true, force: true })
  }
  return 0
}

type Known = { detectionIds: string[]; taxonIds: string[] }

/** Animals with embeddings around their species', four of five named, and a published tree that knows them. */
async function fill(url: string, animals: number): Promise<Known> {
  const database = await openDatabase(url)
  const { db } = database
  const progress = openProgress(animals, 'animals')
  try {
    for (const name of [DEFAULT_DETECTOR, DEFAULT_EMBEDDER]) {
      const { manifest } = await findModel([BUNDLED_MODELS], name)
      await ensureModel(db, { name, sha256: manifest.sha256, kind: manifest.kind, manifest })
    }
    const { manifest } = await findModel([BUNDLED_MODELS], DEFAULT_EMBEDDER)
    const reference = await readReference([BUNDLED_MODELS], DEFAULT_EMBEDDER)
    const next = random(1)
    const draw = () => Float32Array.from({ length: reference.dimensions }, () => next() ** 4)
    const means = Array.from({ length: SPECIES }, draw)
    const taxonIds: number[] = []
    for (let i = 0; i < SPECIES; i++)
      taxonIds.push(
        await ensurePath(db, [
          { rank: 'class', name: `Class ${i % 3}` },
          { rank: 'genus', name: `Genus ${i % 12}` },
          { rank: 'species', name: `Species ${i}` },
        ]),
      )
    const detectionIds: string[] = []
    for (let i = 0; i < animals; i++) {
      const species = i % SPECIES
      const noise = draw()
      const values = means[species]!.map((value, j) => value + 0.7 * noise[j]!)
      const length = Math.hypot(...values)
      const label = i % 5 === 0 ? null : { taxonId: taxonIds[species]!, person: 'import:generated' }
      const sha256 = i.toString(16).padStart(64, '0')
      const { id } = await addMedia(db, { sha256, filename: `${i}.jpg`, mimeType: 'image/jpeg', bytes: 1, label })
      const embedding = values.map((value) => value / length)
      const found: StoredDetection = {
        kind: 'animal',
        source: 'detector',
        bbox: [0.1, 0.1, 0.5, 0.5],
        confidence: 0.9,
        embedding,
      }
      const analysis = { width: 4000, height: 3000, detections: [found] }
      const stored = await storeAnalysis(db, id, analysis, { detectorSha256: null, embedderSha256: manifest.sha256 })
      detectionIds.push(...stored.detectionIds.map(String))
      progress.update(i + 1, '')
    }
    const version = await insertVersion(db, {
      modelSha256: manifest.sha256,
      statistics: encodeStatistics(reference, { moments: false }),
      lessons: await countDetectionLessons(db),
      examples: animals,
    })
    await publishVersion(db, version)
    return { detectionIds, taxonIds: taxonIds.map(String) }
  } finally {
    progress.stop()
    await database.close()
  }
}

/** `fault`: what was asked and answered where that is an error. */
type Answered = { status: number; ms: number; fault?: string }
type Ask = () => Promise<Answered>

/** How late the server's event loop ran since this was asked last, by its own account: 99 of 100 times no later. */
async function eventLoopDelayMs(url: string): Promise<number | null> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  const found = /^clavis_event_loop_delay_seconds\{quantile="0.99"\} (\S+)$/m.exec(text)
  return found ? Number(found[1]) * 1000 : null
}

/** The mix: of ten requests four suggestions, three readings for review, two of similar photos, one confirmation. */
function openClient(url: string, { detectionIds, taxonIds }: Known): { ask: Ask; health: Ask; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1024 })
  const next = random(2)
  const any = (ids: string[]) => ids[Math.floor(next() * ids.length)]!
  const send = (method: string, path: string, json?: unknown) =>
    new Promise<Answered>((resolve) => {
      const startedAt = performance.now()
      const body = json === undefined ? undefined : JSON.stringify(json)
      const headers =
        body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
      const broken = ({ message }: Error) =>
        resolve({ status: 0, ms: performance.now() - startedAt, fault: `${method} ${path}: ${message}` })
      const sent = request(new URL(path, url), { method, agent, headers }, (answer) => {
        const status = answer.statusCode ?? 0
        let said = ''
        if (status < 400) answer.resume()
        else answer.on('data', (chunk: Buffer) => (said += chunk))
        const fault = () => (status < 400 ? {} : { fault: `${method} ${path}: ${said}` })
        answer.on('end', () => resolve({ status, ms: performance.now() - startedAt, ...fault() }))
        answer.on('error', broken)
      })
      sent.on('error', broken)
      sent.end(body)
    })
  const mix: Ask[] = [
    ...Array.from({ length: 4 }, () => () => send('POST', '/api/suggestions', { detectionId: any(detectionIds) })),
    () => send('GET', '/api/detections?queue=unsure&limit=50'),
    () => send('GET', `/api/detections/${any(detectionIds)}`),
    () => send('GET', `/api/detections/${any(detectionIds)}`),
    ...Array.from({ length: 2 }, () => () => send('GET', `/api/similar?detectionId=${any(detectionIds)}`)),
    () =>
      send('POST', '/api/identifications', {
        detectionId: any(detectionIds),
        taxonId: any(taxonIds),
        basis: { kind: 'search' },
      }),
  ]
  return {
    ask: () => mix[Math.floor(next() * mix.length)]!(),
    health: () => send('GET', '/healthz'),
    close: () => agent.destroy(),
  }
}

const isRefused = ({ status }: Answered) => status === 503
const isError = ({ status }: Answered) => status !== 503 && (status < 200 || status > 299)

async function measure(
  { url, pid }: { url: string; pid: number },
  known: Known,
  { seconds, requests }: { seconds: number; requests: number },
): Promise<Measured> {
  const client = openClient(url, known)
  const measured: Measured = {}
  const megabytes = async () => {
    const bytes = await residentBytes(pid)
    return bytes === null ? null : bytes / 1e6
  }
  let asked = 0
  let early: number | null = null
  let errors = 0
  let fault: string | null = null
  const count = async (answer: Promise<Answered>) => {
    const one = await answer
    if (isError(one)) {
      errors++
      fault ??= one.fault ?? null
    }
    if (++asked === EARLY) early = await megabytes()
    return one
  }
  try {
    // A start leaves background work, which must be over first.
    const warm = performance.now() + WARM_UP_MS
    while (performance.now() < warm) await count(client.ask())
    await eventLoopDelayMs(url)
    for (let step = 0, rate = FIRST_RATE; step < MOST_STEPS; step++, rate *= 2) {
      const { answers, health, tookMs } = await offer(client, rate, seconds, count)
      const good = answers.filter((one) => !isRefused(one) && !isError(one))
      const answered = (good.length * 1000) / tookMs
      const refused = answers.filter(isRefused).length / answers.length
      const at = `at ${rate} a second`
      const ms = good.map((one) => one.ms)
      Object.assign(measured, {
        [`${at}: answered a second`]: answered,
        [`${at}: p50 ms`]: quantile(ms, 0.5),
        [`${at}: p95 ms`]: quantile(ms, 0.95),
        [`${at}: refused with 503, share`]: refused,
        [`${at}: other errors`]: answers.filter(isError).length,
        [`${at}: /healthz p99 ms`]: quantile(health, 0.99),
        [`${at}: event loop delay p99 ms`]: await eventLoopDelayMs(url),
        [`${at}: resident memory, MB`]: await megabytes(),
      })
      if (refused > SATURATED) break
    }
    const progress = openProgress(requests, 'requests')
    const ask = async () => {
      while (asked < requests) {
        await count(client.ask())
        progress.update(asked, '')
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, ask))
    progress.stop()
    return {
      ...measured,
      'requests in all': asked,
      'errors in all, but 503': errors,
      ...(errors > 0 ? { 'the first of them': fault } : {}),
      [`resident memory after ${EARLY.toLocaleString('en-GB')} requests, MB`]: early,
      'resident memory after all, MB': await megabytes(),
    }
  } finally {
    client.close()
  }
}

/** Sends `rate` requests a second, whether or not earlier ones were answered. */
async function offer(
  { ask, health }: ReturnType<typeof openClient>,
  rate: number,
  seconds: number,
  count: (answer: Promise<Answered>) => Promise<Answered>,
) {
  const sent: Promise<Answered>[] = []
  const healthMs: number[] = []
  let on = true
  const watching = (async () => {
    while (on) {
      healthMs.push((await health()).ms)
      await sleep(HEALTH_EVERY_MS)
    }
  })()
  const startedAt = performance.now()
  const total = rate * seconds
  while (sent.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1000) * rate))
    while (sent.length < due) sent.push(count(ask()))
    await sleep(1000 / rate > 5 ? 1000 / rate : 5)
  }
  const answers = await Promise.all(sent)
  const tookMs = performance.now() - startedAt
  on = false
  await watching
  return { answers, health: healthMs, tookMs }
}
