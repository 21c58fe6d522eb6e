// Versions of the tree of one embedder, which are written first and published in one step, and exemplars with their
// vectors in a version's metric.

import { and, asc, desc, eq, gt, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import { ADVISORY_LOCKS } from '../connection/advisory-locks.ts'
import type { Database, Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { pagesById } from '../pages.ts'
import { detection, embedding, metricVector, treeVersion, versionCard } from '../schema.ts'
import { decodeVector, encodeVector, vectorBytes } from '../vectors.ts'
import { LESSON_CHANNEL, type Teaching } from './lessons.ts'
import { dropSearchIndexes } from './search-index.ts'

export type TreeVersion = typeof treeVersion.$inferSelect
export type NewTreeVersion = {
  modelSha256: string
  statistics: Uint8Array
  lessons: number
  examples: number
  heldOut?: number
  /** How it compares with the version before it. */
  verdict?: unknown
}

/** The number of the newest published version, without its statistics, which are megabytes. Null before the first. */
export async function latestVersion(db: Db, modelSha256: string): Promise<number | null> {
  const [row] = await db
    .select({ version: treeVersion.version })
    .from(treeVersion)
    .where(and(eq(treeVersion.modelSha256, modelSha256), isNotNull(treeVersion.publishedAt)))
    .orderBy(desc(treeVersion.version))
    .limit(1)
  return row?.version ?? null
}

/** The newest published version of a model's tree, or the newest before another one; null before the first. */
export async function latestPublished(db: Db, modelSha256: string, before?: number): Promise<TreeVersion | null> {
  const isEarlier = before === undefined ? undefined : lt(treeVersion.version, before)
  const [row] = await db
    .select()
    .from(treeVersion)
    .where(and(eq(treeVersion.modelSha256, modelSha256), isNotNull(treeVersion.publishedAt), isEarlier))
    .orderBy(desc(treeVersion.version))
    .limit(1)
  return row ?? null
}

/**
 * Adds a version that is not yet published. Returns its number: one more than any before, of whatever model; the first
 * is 0.
 */
export async function insertVersion(db: Db, facts: NewTreeVersion): Promise<number> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`lock table tree_version in share row exclusive mode`)
    const [row] = await tx
      .insert(treeVersion)
      .values({
        ...facts,
        statistics: Buffer.from(facts.statistics.buffer, facts.statistics.byteOffset, facts.statistics.byteLength),
        version: sql`(select coalesce(max(version) + 1, 0) from tree_version)`,
      })
      .returning({ version: treeVersion.version })
    if (!row) throw new Error('Expected an inserted version to be returned')
    return row.version
  })
}

/**
 * Makes a version the one that answers, and wakes other processes. Publishing twice changes nothing. Throws NotFound.
 */
export async function publishVersion(db: Db, version: number): Promise<void> {
  await db.transaction(async (tx) => {
    const rows = await tx
      .update(treeVersion)
      .set({ publishedAt: sql`coalesce(published_at, now())` })
      .where(eq(treeVersion.version, version))
      .returning({ version: treeVersion.version })
    if (rows.length === 0) throw new NotFound('tree version', version)
    await tx
      .update(versionCard)
      .set({ publishedAt: sql`coalesce(published_at, now())` })
      .where(eq(versionCard.version, version))
    await tx.execute(sql`select pg_notify(${LESSON_CHANNEL}, '')`)
  })
}

/** The verdict on the newest version of a model's tree; null where it was not compared with another. */
export async function latestVerdict(
  db: Db,
  modelSha256: string,
): Promise<{ version: number; verdict: unknown } | null> {
  const [row] = await db
    .select({ version: treeVersion.version, verdict: treeVersion.verdict })
    .from(treeVersion)
    .where(eq(treeVersion.modelSha256, modelSha256))
    .orderBy(desc(treeVersion.version))
    .limit(1)
  return row && row.verdict !== null ? row : null
}

/** PGlite has one process, so its lock is in memory. */
const publishing = new WeakSet<Database>()

/**
 * Runs `work` unless another process is publishing; then it returns false at once. On Postgres the lock belongs to a
 * session, so it ends with its process.
 */
export async function withPublishLock(database: Database, work: () => Promise<void>): Promise<boolean> {
  if (database.kind === 'pglite') {
    if (publishing.has(database)) return false
    publishing.add(database)
    try {
      await work()
      return true
    } finally {
      publishing.delete(database)
    }
  }
  const client = await database.pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as locked', [ADVISORY_LOCKS.publish])
    if (!rows[0]?.locked) return false
    try {
      await work()
      return true
    } finally {
      if (!broken) await client.query('select pg_advisory_unlock($1)', [ADVISORY_LOCKS.publish])
    }
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/**
 * Removes a model's versions below `version`, published or abandoned, with their metric vectors and indexes. Not to be
 * called in a transaction.
 */
export async function deleteVersionsBefore(db: Db, modelSha256: string, version: number): Promise<void> {
  const earlier = and(eq(treeVersion.modelSha256, modelSha256), lt(treeVersion.version, version))
  await dropSearchIndexes(db, earlier)
  await db.delete(treeVersion).where(earlier)
}

/** Rows of one INSERT, whose parameters stay far below Postgres' limit of 65,535. */
const INSERT_ROWS = 500
/** Rows of a page when many are read. */
const PAGE_ROWS = 5000

/**
 * Writes vectors in the metric of a version, in place of older ones. Equal ones are left as they are, because every
 * process writes what it learns. Detections and versions that were removed meanwhile get none.
 */
export async function insertMetricVectors(
  db: Db,
  version: number,
  rows: { detectionId: number; vector: Float32Array }[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const part = rows.slice(start, start + INSERT_ROWS)
    const values = sql.join(
      part.map((row) => sql`(${row.detectionId}::bigint, ${sql.param(encodeVector(row.vector))}::vector)`),
      sql`, `,
    )
    await db.execute(sql`
      insert into metric_vector (version, detection_id, vector)
      select tree_version.version, detection.id, input.vector
      from (values ${values}) as input (id, vector) join detection on detection.id = input.id
        join tree_version on tree_version.version = ${version}::int
      order by detection.id
      for key share of detection, tree_version
      on conflict (version, detection_id) do update set vector = excluded.vector
        where metric_vector.vector is distinct from excluded.vector`)
  }
}

function whereLacking(db: Db, modelSha256: string): SQL<Float32Array | null> {
  const own = db
    .select({ vector: vectorBytes(embedding.vector) })
    .from(embedding)
    .where(and(eq(embedding.detectionId, detection.id), eq(embedding.modelSha256, modelSha256)))
  return sql`case when ${metricVector.detectionId} is null then (${own}) end`.mapWith({
    mapFromDriverValue: decodeVector,
  })
}

/**
 * Everything that teaches, in order of detection, a page at a time: with its vector in this version, or, where that was
 * not written yet because it was identified while the version was made, with its embedding. 20,000 vectors of 64
 * numbers took 0.2 s (PGlite, 2026-11-22).
 */
export async function* exemplars(
  db: Db,
  from: { version: number; modelSha256: string },
): AsyncGenerator<(Teaching & { taxonId: number })[]> {
  yield* pagesById(PAGE_ROWS, (after) =>
    db
      .select({
        detectionId: detection.id,
        mediaId: detection.mediaId,
        taxonId: sql<number>`${detection.taughtTaxonId}`,
        groupKey: detection.groupKey,
        vector: vectorBytes(metricVector.vector),
        // Joined, the embedding of 5 kB was read for every row, though nearly all have their vector.
        embedding: whereLacking(db, from.modelSha256),
      })
      .from(detection)
      .leftJoin(
        metricVector,
        and(
          eq(metricVector.detectionId, detection.id),
          eq(metricVector.version, from.version),
          // Follows from the page's own condition, but Postgres does not see that, and began with the first row.
          gt(metricVector.detectionId, after),
        ),
      )
      .where(and(isNotNull(detection.taughtTaxonId), gt(detection.id, after)))
      .orderBy(asc(detection.id))
      .limit(PAGE_ROWS),
  )
}
