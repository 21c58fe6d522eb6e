// How fast similar photos are found at size: recall against brute force, latency and throughput with and without
// filters, time and size of the index, insertion and freshness; for comparison a plain scan, and the time to read the
// same number of bytes from memory. Everything happens in a new database, which is dropped.

import { sql } from 'drizzle-orm'
import { openProgress } from '../../../api/commands/progress.ts'
import { UsageError } from '../../../api/commands/usage.ts'
import type { Config } from '../../../api/config.ts'
import { readReference } from '../../../api/installation/reference.ts'
import { type Database, openDatabase } from '../../../db/connection/connect.ts'
import { writeLessons } from '../../../db/trees/lessons.ts'
import { ensureModel } from '../../../db/trees/models.ts'
import { nearestExemplars } from '../../../db/trees/nearest.ts'
import { buildSearchIndex, indexName } from '../../../db/trees/search-index.ts'
import { insertMetricVectors } from '../../../db/trees/trees.ts'
import { BUNDLED_MODELS, DEFAULT_EMBEDDER } from '../../../indexer/models/models.ts'
import { newBenchDatabase } from '../database.ts'
import {
  ancestor,
  deploymentId,
  drawExemplars,
  type Exemplars,
  subtreeIds,
  taxonId,
  writeExemplars,
} from '../exemplars.ts'
import { type Measured, quantile, readOptions, reportMeasured } from '../measuring.ts'
import { bruteForce, type Filter, filtersOf, type Query, recall } from './search-truth.ts'

export const BENCH_SEARCH_HELP = `npm run bench -- search --url postgres://… [--vectors N] [--dimensions N] [--json FILE]

Finds the 20 nearest of N generated, clustered vectors (1,000,000) of the default embedder's metric, in a new database on that
server, which is dropped afterwards: recall against brute force, latency, queries per second, filters, insertion and freshness.
`

const K = 20
const MODEL = 'generated'
const TAXA = [5, 25, 300, 1000] as const
const CAMERAS = 500
const QUERIES = 100
/** With a filter, every row that it leaves may have to be measured: a second among a million. */
const FILTERED_QUERIES = 40
const EXACT_QUERIES = 10
/** Queries that are not counted: a running service has open connections and compiled code. */
const WARM_UP = 100
const CLIENTS = [1, 4, 16]
/** The filters with which several clients ask at once. */
const THRONGED = ['no filter', 'its species', 'its order', 'half of the time']
const CLIENT_SECONDS = 5
const INSERTS = 300

export async function benchSearch(args: string[], _config: Config): Promise<number> {
  const values = readOptions(args, { url: undefined, vectors: '1000000', dimensions: undefined, json: undefined })
  const count = Number(values.vectors)
  if (values.url === undefined || !Number.isInteger(count) || count < 1000) throw new UsageError(BENCH_SEARCH_HELP)
  const between = await spreadOf(values.dimensions)
  const { url, drop } = await newBenchDatabase(values.url)
  try {
    const database = await openDatabase(url)
    try {
      const exemplars = drawExemplars(count, { between, taxa: TAXA, cameras: CAMERAS, seed: 1 })
      await reportMeasured(
        `Search among ${count.toLocaleString('en-GB')} vectors`,
        await measure(database, exemplars),
        values.json,
      )
    } finally {
      await database.close()
    }
  } finally {
    await drop()
  }
  return 0
}

/** The default embedder's, shortened to the asked length, or lengthened by weaker and weaker numbers. */
async function spreadOf(dimensions: string | undefined): Promise<Float64Array> {
  const { between } = await readReference([BUNDLED_MODELS], DEFAULT_EMBEDDER)
  if (dimensions === undefined) return between
  const length = Number(dimensions)
  if (!Number.isInteger(length) || length < 2 || length > 4000) throw new UsageError(BENCH_SEARCH_HELP)
  const last = between.at(-1) ?? 1
  return Float64Array.from({ length }, (_, i) => between[i] ?? (last * between.length) / (i + 1))
}

async function measure(database: Database, exemplars: Exemplars): Promise<Measured> {
  const { db, pool } = database
  const { count, dimensions } = exemplars
  await ensureModel(db, { sha256: MODEL, name: MODEL, kind: 'embedder', manifest: {} })
  const progress = openProgress(count, 'vectors')
  const { version, vectorsMs } = await writeExemplars(database, exemplars, {
    modelSha256: MODEL,
    onProgress: (rows) => progress.update(rows, ''),
  }).finally(() => progress.stop())
  const queries = Array.from({ length: QUERIES }, () => exemplars.query())
  const filters = filtersOf(exemplars)
  const ask = (filter: Filter, query: Query) =>
    nearestExemplars(db, { version, query: query.vector, k: K, examples: count, ...filter.search(query) })
  const measured: Measured = {
    vectors: count,
    'numbers per vector': dimensions,
    'vectors written per second, without an index': (count * 1000) / vectorsMs,
    ...(await sizes(pool, 'metric_vector', 'vectors, bytes each with their keys', count)),
  }

  const empty = await latencies(QUERIES, () => pool.query('select'))
  measured['empty query, p50 ms'] = quantile(empty, 0.5)
  measured['empty query, p95 ms'] = quantile(empty, 0.95)
  measured['memory alone for so many bytes, ms'] = memoryMs(count * dimensions * 4)
  const plain = (query: Query) =>
    pool.query(
      `select detection_id from metric_vector where version = ${version} order by vector <=> $1::vector limit ${K}`,
      [`[${query.vector.join(',')}]`],
    )
  const exact = quantile(await latencies(EXACT_QUERIES, (i) => plain(queries[i]!)), 0.5)
  measured['plain scan, p50 ms'] = exact
  const scans = await latencies(EXACT_QUERIES, (i) => ask(filters[0]!, queries[i]!))
  measured['without an index, p50 ms'] = quantile(scans, 0.5)

  const startedAt = performance.now()
  const building = openProgress(100, '% of the index')
  const built = await buildSearchIndex(database, version, {
    signal: new AbortController().signal,
    onProgress: (share) => building.update(Math.round(100 * share), ''),
    from: 0,
  }).finally(() => building.stop())
  if (!built) throw new Error('Expected an index but none was made')
  measured['index made in, s'] = (performance.now() - startedAt) / 1000
  Object.assign(measured, await sizes(pool, indexName(version), 'index, bytes per vector', count))

  for (let i = 0; i < WARM_UP; i++) await ask(filters[0]!, exemplars.query())
  const asking = openProgress(filters.length, 'filters')
  for (const [i, filter] of filters.entries()) {
    asking.update(i, filter.name)
    const asked = queries.slice(0, filter === filters[0] ? QUERIES : FILTERED_QUERIES)
    const truths = asked.map((query) => bruteForce(exemplars, query.vector, { keep: filter.keep(query), k: K }))
    const found: number[][] = []
    const ms = await latencies(asked.length, async (i) => {
      const near = await ask(filter, asked[i]!)
      found.push(near.map((one) => one.detectionId))
    })
    measured[`${filter.name}: recall@${K}`] = recall(found, truths)
    for (const share of [0.5, 0.95, 0.99]) measured[`${filter.name}: p${100 * share} ms`] = quantile(ms, share)
    if (i > 0) continue
    measured[`${filter.name}: p95 above an empty query's, ms`] = quantile(ms, 0.95) - quantile(empty, 0.95)
    measured[`${filter.name}: p95, of a plain scan's p50`] = quantile(ms, 0.95) / exact
  }
  asking.stop()
  for (const filter of filters.filter(({ name }) => THRONGED.includes(name)))
    for (const clients of CLIENTS)
      measured[`${filter.name}: queries per second, ${clients} at a time`] = await throughput(clients, (i) =>
        ask(filter, queries[i % QUERIES]!),
      )
  return { ...measured, ...(await insertion(database, exemplars, version)) }
}

async function latencies(times: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const ms: number[] = []
  for (let i = 0; i < times; i++) {
    const startedAt = performance.now()
    await work(i)
    ms.push(performance.now() - startedAt)
  }
  return ms
}

async function throughput(clients: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const until = performance.now() + CLIENT_SECONDS * 1000
  let done = 0
  const client = async () => {
    while (performance.now() < until) await work(done++)
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: clients }, client))
  return (done * 1000) / (performance.now() - startedAt)
}

/** Inserts one exemplar after the other, and searches for each right away. */
async function insertion({ db }: Database, exemplars: Exemplars, version: number): Promise<Measured> {
  const inserts: number[] = []
  let fresh = 0
  let freshInTaxon = 0
  for (let i = 0; i < INSERTS; i++) {
    const { vector, species, camera } = exemplars.query()
    const { rows } = await db.execute<{ id: number }>(sql`
      with photo as (
        insert into media (sha256, filename, mime_type, bytes, status, deployment_id)
        values (${`late ${i}`}, 'late.jpg', 'image/jpeg', 1, 'indexed', ${deploymentId(camera)}) returning id)
      insert into detection (media_id, kind, source, x, y, width, height, group_key, taught_taxon_id)
      select id, 'animal', 'detector', 0, 0, 1, 1, 'm:' || id, ${taxonId(exemplars.taxa, 3, species)} from photo returning id`)
    const id = rows[0]!.id
    const startedAt = performance.now()
    await insertMetricVectors(db, version, [{ detectionId: id, vector }])
    inserts.push(performance.now() - startedAt)
    await writeLessons(db, 'detection', [id])
    const search = { version, query: vector, k: K, examples: exemplars.count }
    const [nearest] = await nearestExemplars(db, search)
    if (nearest?.detectionId === id) fresh++
    const order = subtreeIds(exemplars, 1, ancestor(exemplars.taxa, species, 1))
    const [nearestInTaxon] = await nearestExemplars(db, { ...search, taxonIds: order })
    if (nearestInTaxon?.detectionId === id) freshInTaxon++
  }
  return {
    'one vector inserted, p50 ms': quantile(inserts, 0.5),
    'one vector inserted, p95 ms': quantile(inserts, 0.95),
    'vectors inserted one by one, per second': 1000 / (inserts.reduce((sum, ms) => sum + ms, 0) / INSERTS),
    'found at once after insertion, share': fresh / INSERTS,
    'found at once in its order, share': freshInTaxon / INSERTS,
  }
}

async function sizes(pool: Database['pool'], relation: string, name: string, count: number): Promise<Measured> {
  const { rows } = await pool.query<{ bytes: number }>('select pg_total_relation_size($1::regclass) as bytes', [
    relation,
  ])
  return { [name]: Math.round((rows[0]?.bytes ?? 0) / count) }
}

const COPIED_BYTES = 256 * 2 ** 20

/**
 * How long reading `bytes` takes at the speed at which this machine copies memory (a copy reads and writes each byte).
 */
function memoryMs(bytes: number): number {
  const from = Buffer.alloc(COPIED_BYTES, 1)
  const to = Buffer.alloc(COPIED_BYTES, 2)
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 5; i++) {
    const startedAt = performance.now()
    from.copy(to)
    best = Math.min(best, performance.now() - startedAt)
  }
  return (best * bytes) / (2 * COPIED_BYTES)
}
