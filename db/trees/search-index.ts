// An HNSW index over the vectors of one version, for nearest.ts. Each version has its own partial index, so rows of
// other versions do not touch it. It is built while everything else goes on.
//
// Only Postgres has it: PGlite has one session, which 5,000 vectors of 53 numbers held for 18 s. Below INDEX_FROM
// exemplars a scan is quick enough (50,000 of 53 numbers: 17 ms), and a version without an index is published sooner
// (for 50,000 it takes 6 to 9 s and 20 MB). Figures: 2 busy cores, 2026-11-22.

import { type SQL, sql } from 'drizzle-orm'
import type pg from 'pg'
import { ADVISORY_LOCKS } from '../connection/advisory-locks.ts'
import type { Database, Db } from '../connection/connect.ts'
import { treeVersion } from '../schema.ts'
import { arrayParameter } from '../sql.ts'

/** From so many exemplars on, a version has an index. */
export const INDEX_FROM = 50_000
/** The longest `halfvec` that pgvector's HNSW indexes, in numbers. */
export const MOST_INDEXED_NUMBERS = 4_000

/** `building`: the share that is done, 0..1, while a process builds one; else null. */
export type SearchIndexState = { ready: boolean; building: number | null }

export const indexName = (version: number) => `metric_vector_v${version}_nearest`

/**
 * Rows that are looked at for each row that is inserted (pgvector's default: 64). With 64, a few small groups of a
 * million stay cut off from the rest, and a search for one of them fails however many rows it follows: recall@20 0.956
 * with hnsw.ef_search 600. With 200, following 120 was enough for 0.997 (db/connection/session-settings.ts); building
 * took 254 s instead of 144. More links (m 24 or 32 instead of 16) took longer and gained nothing (2026-11-26, 2 cores,
 * nothing else running).
 */
const EF_CONSTRUCTION = 256
const WATCH_MS = 1000
/**
 * Memory for the graph while it is built, besides two bytes for each number. Of 1,000,000 vectors of 53 numbers,
 * 800,000 filled 580 MB; from there on, building was ten times slower.
 */
const BYTES_PER_LINKS = 800
const LEAST_MEMORY = 64 * 2 ** 20
const MOST_MEMORY = 2 * 2 ** 30

/** The state of a version's index, whichever process builds it. */
export async function searchIndexState(db: Db, version: number): Promise<SearchIndexState> {
  const { rows } = await db.execute<{ ready: boolean | null; share: number | null }>(sql`
    select (select indisvalid from pg_index where indexrelid = to_regclass(${indexName(version)})) as ready,
      (select coalesce(blocks_done::float8 / nullif(blocks_total, 0), 0) from pg_stat_progress_create_index
        where index_relid = to_regclass(${indexName(version)})) as share`)
  const { ready, share } = rows[0] ?? { ready: null, share: null }
  return { ready: ready === true, building: share === null ? null : Math.min(1, share) }
}

export type BuildOptions = {
  /** Ends the building. */
  signal: AbortSignal
  /** Called every second, 0..1. */
  onProgress: (share: number) => void
  /** Instead of INDEX_FROM. */
  from?: number
}

/**
 * Builds the index of a version and waits for it; nobody else has to wait. True where there is one then, built now or
 * before. False where none is wanted (few exemplars, PGlite, too many numbers) or another process builds one. Throws
 * Postgres' error, or the signal's reason.
 */
export async function buildSearchIndex(database: Database, version: number, options: BuildOptions): Promise<boolean> {
  if (database.kind === 'pglite') return false
  if ((await searchIndexState(database.db, version)).ready) return true
  const { rows, numbers } = await sizeOf(database.db, version)
  if (rows < (options.from ?? INDEX_FROM) || numbers > MOST_INDEXED_NUMBERS) return false
  const client = await database.pool.connect()
  client.on('error', noted)
  try {
    const { rows: locks } = await client.query('select pg_try_advisory_lock($1) as locked', [ADVISORY_LOCKS.buildIndex])
    if (!locks[0]?.locked) return false
    if ((await searchIndexState(database.db, version)).ready) return true
    await client.query(`drop index concurrently if exists ${indexName(version)}`)
    const memory = Math.min(MOST_MEMORY, Math.max(LEAST_MEMORY, rows * (2 * numbers + BYTES_PER_LINKS)))
    await client.query(`set maintenance_work_mem = '${Math.ceil(memory / 1024)}kB'; set statement_timeout = 0`)
    // Without it, the plan for a new version expects a few rows, and sorts all of them.
    await client.query('analyze metric_vector')
    await create(database, client, { version, numbers }, options)
    return true
  } finally {
    // The next build then need not wait until the server notices that this connection ended.
    await client.query('select pg_advisory_unlock_all()').catch(noted)
    client.off('error', noted)
    client.release(true)
  }
}

/** A broken connection fails the query that was running. */
const noted = () => {}

async function sizeOf(db: Db, version: number): Promise<{ rows: number; numbers: number }> {
  const { rows } = await db.execute<{ rows: number; numbers: number | null }>(sql`
    select (select count(*)::int from metric_vector where version = ${version}) as rows,
      (select vector_dims(vector) from metric_vector where version = ${version} limit 1) as numbers`)
  return { rows: rows[0]?.rows ?? 0, numbers: rows[0]?.numbers ?? 0 }
}

async function create(
  { pool, db }: Database,
  client: pg.PoolClient,
  { version, numbers }: { version: number; numbers: number },
  { signal, onProgress }: BuildOptions,
): Promise<void> {
  signal.throwIfAborted()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = rows[0]?.pid
  const cancel = () => void pool.query('select pg_cancel_backend($1)', [pid]).catch(noted)
  signal.addEventListener('abort', cancel)
  const watch = setInterval(() => {
    searchIndexState(db, version)
      .then(({ building }) => {
        if (building !== null) onProgress(building)
      })
      .catch(noted)
  }, WATCH_MS)
  const statement = `create index concurrently ${indexName(version)} on metric_vector
    using hnsw ((vector::halfvec(${numbers})) halfvec_cosine_ops) with (ef_construction = ${EF_CONSTRUCTION}) where version = ${version}`
  try {
    await client.query(statement).catch(async (error: unknown) => {
      signal.throwIfAborted()
      if (!lacksSharedMemory(error)) throw error
      // Parallel workers share the graph in /dev/shm, which is 64 MB in containers. A single process needs none of it.
      await client.query(`drop index concurrently if exists ${indexName(version)}`)
      await client.query('set max_parallel_maintenance_workers = 0')
      await client.query(statement)
    })
    onProgress(1)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    clearInterval(watch)
    signal.removeEventListener('abort', cancel)
  }
}

const DISK_FULL = '53100'
const OUT_OF_MEMORY = '53200'
const lacksSharedMemory = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === DISK_FULL || error.code === OUT_OF_MEMORY)

/**
 * Removes the indexes of these versions before their rows are removed, because removing rows from an HNSW index one by
 * one takes longer than building it. Nobody has to wait for it. Not to be called in a transaction.
 */
export async function dropSearchIndexes(db: Db, which: SQL | undefined): Promise<void> {
  const versions = await db.select({ version: treeVersion.version }).from(treeVersion).where(which)
  const names = versions.map(({ version }) => indexName(version))
  const { rows } = await db.execute<{ name: string }>(sql`
    select name from unnest(${arrayParameter(names, 'text')}) as name where to_regclass(name) is not null`)
  for (const { name } of rows) await db.execute(sql.raw(`drop index concurrently if exists ${name}`))
}
