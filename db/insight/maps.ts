// Maps of embeddings in two dimensions, as rows that every process sees: the newest finished map, and the one that is
// being computed.

import { and, desc, eq, lt, ne, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { embeddingMap } from '../schema.ts'
import { counted, type InsightFilter, matching } from './counts.ts'
import { FIELD, ROW } from './packed.ts'
import { packed } from './packing.ts'

export type MapState = 'computing' | 'ready' | 'failed'
export type MapStanding = {
  id: number
  state: MapState
  /** 0..1 */
  progress: number
  message: string | null
  modelSha256: string
  treeVersion: string
  /** Animals on it. */
  animals: number
  createdAt: Date
  finishedAt: Date | null
  /** It is being computed, but its process has not reported for a while and counts as ended. */
  silent: boolean
}

/**
 * A computation reports every second or so. A report from the future was made before the clock was set back, and does
 * not count.
 */
const heardOf = sql`${embeddingMap.heardAt} between now() - interval '60 seconds' and now() + interval '60 seconds'`

const standing = {
  id: embeddingMap.id,
  state: embeddingMap.state,
  progress: embeddingMap.progress,
  message: embeddingMap.message,
  modelSha256: embeddingMap.modelSha256,
  treeVersion: embeddingMap.treeVersion,
  animals: embeddingMap.animals,
  createdAt: embeddingMap.createdAt,
  finishedAt: embeddingMap.finishedAt,
  silent: sql<boolean>`${embeddingMap.state} = 'computing' and not (${heardOf})`,
}

/** The newest map and the newest that is ready, for one model; null where there is none. */
export async function mapStandings(
  db: Db,
  modelSha256: string,
): Promise<{ latest: MapStanding | null; ready: MapStanding | null }> {
  const ofModel = db.select(standing).from(embeddingMap).$dynamic()
  const rows = await ofModel.where(eq(embeddingMap.modelSha256, modelSha256)).orderBy(desc(embeddingMap.id)).limit(10)
  return { latest: rows[0] ?? null, ready: rows.find((row) => row.state === 'ready') ?? null }
}

/** Null where a map is being computed: there is one at a time, in whatever process. */
export async function beginMap(
  db: Db,
  facts: { modelSha256: string; treeVersion: string },
): Promise<{ id: number } | null> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`lock table embedding_map in share row exclusive mode`)
    const [running] = await tx
      .select({ id: embeddingMap.id })
      .from(embeddingMap)
      .where(and(eq(embeddingMap.state, 'computing'), heardOf))
      .limit(1)
    if (running) return null
    const [row] = await tx.insert(embeddingMap).values(facts).returning({ id: embeddingMap.id })
    return row ?? null
  })
}

export async function hearOfMap(db: Db, id: number, progress: number): Promise<void> {
  await db
    .update(embeddingMap)
    .set({ progress, heardAt: sql`now()` })
    .where(and(eq(embeddingMap.id, id), eq(embeddingMap.state, 'computing')))
}

export async function failMap(db: Db, id: number, message: string): Promise<void> {
  await db.update(embeddingMap).set({ state: 'failed', message, finishedAt: sql`now()` }).where(eq(embeddingMap.id, id))
}

/** Where animals lie. `x` and `y` are in the order of `detectionIds`, 0..1, in equal scales. */
export type MapPoints = { detectionIds: number[]; x: Float32Array; y: Float32Array }

/** Keeps the points, and removes older maps of this model. */
export async function finishMap(db: Db, id: number, points: MapPoints): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(embeddingMap)
      .set({
        state: 'ready',
        progress: 1,
        points: encodePoints(points),
        animals: points.detectionIds.length,
        finishedAt: sql`now()`,
      })
      .where(eq(embeddingMap.id, id))
      .returning({ modelSha256: embeddingMap.modelSha256 })
    if (!row) return
    await tx
      .delete(embeddingMap)
      .where(
        and(
          eq(embeddingMap.modelSha256, row.modelSha256),
          lt(embeddingMap.id, id),
          ne(embeddingMap.state, 'computing'),
        ),
      )
  })
}

/** Bytes of one point: the id as float64, x and y as float32, little-endian. */
const POINT_BYTES = 16

function encodePoints({ detectionIds, x, y }: MapPoints): Buffer {
  const bytes = Buffer.allocUnsafe(detectionIds.length * POINT_BYTES)
  detectionIds.forEach((id, i) => {
    bytes.writeDoubleLE(id, i * POINT_BYTES)
    bytes.writeFloatLE(x[i] ?? 0, i * POINT_BYTES + 8)
    bytes.writeFloatLE(y[i] ?? 0, i * POINT_BYTES + 12)
  })
  return bytes
}

/** Null where there is no such map or it is not ready. */
export async function mapPoints(db: Db, id: number): Promise<MapPoints | null> {
  const [row] = await db.select({ points: embeddingMap.points }).from(embeddingMap).where(eq(embeddingMap.id, id))
  if (!row?.points) return null
  const { points } = row
  const count = points.length / POINT_BYTES
  const at = Array.from({ length: count }, (_, i) => i * POINT_BYTES)
  return {
    detectionIds: at.map((offset) => points.readDoubleLE(offset)),
    x: Float32Array.from(at, (offset) => points.readFloatLE(offset + 8)),
    y: Float32Array.from(at, (offset) => points.readFloatLE(offset + 12)),
  }
}

export type PointFacts = {
  id: number
  /** What it teaches. */
  taughtTaxonId: number | null
  suggestedTaxonId: number | null
  probability: number | null
  confidence: number | null
  /** Who said last what it is; null where nobody did, or only an import. */
  person: string | null
}

/**
 * What the points are coloured by: animals of the filter, in order of id. They travel as one text, because a row each
 * of a quarter of a million takes a second to read.
 */
export async function pointFacts(db: Db, filter: InsightFilter): Promise<PointFacts[]> {
  const person = sql`translate(i.person, ${FIELD + ROW}::text, '')`
  const fields = [
    sql`d.id`,
    ...[sql`d.taught_taxon_id`, sql`s.taxon_id`, sql`s.probability`, sql`d.confidence`, person].map(
      (value) => sql`coalesce(${value}::text, '')`,
    ),
  ]
  const [row] = await counted<{ text: string | null }>(
    db,
    sql`select ${packed(fields)}
      ${matching(filter, { suggestion: true, join: sql`left join identification i on i.id = d.latest_statement_id` })}`,
  )
  const number = (text: string | undefined) => (text ? Number(text) : null)
  const facts = (row?.text?.split(ROW) ?? []).map((text) => {
    const [id, taught, suggested, probability, confidence, by] = text.split(FIELD)
    return {
      id: Number(id),
      taughtTaxonId: number(taught),
      suggestedTaxonId: number(suggested),
      probability: number(probability),
      confidence: number(confidence),
      person: by || null,
    }
  })
  // Nearly in order already.
  return facts.sort((a, b) => a.id - b.id)
}

/** How many animals have an embedding by this model. */
export async function countEmbedded(db: Db, modelSha256: string): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from embedding where model_sha256 = ${modelSha256}`,
  )
  return rows[0]?.count ?? 0
}
