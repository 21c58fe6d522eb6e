// Models, named by the sha256 of their weights, and the embeddings made with them. No answer mixes models.

import { and, asc, eq, gt, isNotNull, notExists, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { pagesById } from '../pages.ts'
import { detection, embedding, model } from '../schema.ts'
import { vectorBytes } from '../vectors.ts'

export type Model = { sha256: string; name: string; kind: 'detector' | 'embedder'; manifest: unknown }

/** Records a model, or its present name and manifest. Rows made with it refer to its sha256. */
export async function ensureModel(db: Db, facts: Model): Promise<void> {
  const { name, manifest } = facts
  await db.insert(model).values(facts).onConflictDoUpdate({ target: model.sha256, set: { name, manifest } })
}

export async function listModels(db: Db): Promise<Model[]> {
  const { sha256, name, kind, manifest } = model
  return await db.select({ sha256, name, kind, manifest }).from(model).orderBy(asc(model.createdAt), asc(model.sha256))
}

/** Rows of one INSERT, whose parameters stay far below Postgres' limit of 65,535. */
const INSERT_ROWS = 500
/** Rows of a page when many vectors are read: at most 10 MB at 1,280 dimensions. */
const PAGE_ROWS = 2000

/**
 * Writes embeddings by one model. A detection that has one already keeps it. 7,250 rows a second of 256 numbers in
 * PGlite (2026-11-22).
 */
export async function insertEmbeddings(
  db: Db,
  modelSha256: string,
  rows: { detectionId: number; embedding: Float32Array }[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const part = rows.slice(start, start + INSERT_ROWS)
    await db
      .insert(embedding)
      .values(part.map((row) => ({ detectionId: row.detectionId, modelSha256, vector: row.embedding })))
      .onConflictDoNothing()
  }
}

/** One detection's embedding by one model; null where there is none. */
export async function getEmbedding(db: Db, modelSha256: string, detectionId: number): Promise<Float32Array | null> {
  const [row] = await db
    .select({ vector: vectorBytes(embedding.vector) })
    .from(embedding)
    .where(and(eq(embedding.modelSha256, modelSha256), eq(embedding.detectionId, detectionId)))
  return row?.vector ?? null
}

export type EmbeddedDetection = {
  detectionId: number
  taxonId: number | null
  groupKey: string
  embedding: Float32Array
}

/**
 * Every embedding by one model in order of detection, a page at a time, with what the detection teaches. `taught`: only
 * where it teaches something. 3,600 of 256 numbers took 0.12 s, 20,000 of 64 numbers 0.20 s (PGlite, 2026-11-22).
 */
export async function* embeddings(
  db: Db,
  modelSha256: string,
  options: { taught: boolean },
): AsyncGenerator<EmbeddedDetection[]> {
  yield* pagesById(PAGE_ROWS, (after) =>
    db
      .select({
        detectionId: detection.id,
        taxonId: detection.taughtTaxonId,
        groupKey: detection.groupKey,
        embedding: vectorBytes(embedding.vector),
      })
      .from(embedding)
      .innerJoin(detection, eq(detection.id, embedding.detectionId))
      .where(
        and(
          eq(embedding.modelSha256, modelSha256),
          gt(embedding.detectionId, after),
          options.taught ? isNotNull(detection.taughtTaxonId) : undefined,
        ),
      )
      .orderBy(asc(embedding.detectionId))
      .limit(PAGE_ROWS),
  )
}

/** Animals without an embedding by this model, in order of id, above `after`. */
export async function detectionsWithoutEmbedding(
  db: Db,
  modelSha256: string,
  options: { after: number; limit: number },
): Promise<{ detectionId: number; mediaId: number }[]> {
  const has = db
    .select({ one: sql`1` })
    .from(embedding)
    .where(and(eq(embedding.modelSha256, modelSha256), eq(embedding.detectionId, detection.id)))
  return await db
    .select({ detectionId: detection.id, mediaId: detection.mediaId })
    .from(detection)
    .where(and(eq(detection.kind, 'animal'), gt(detection.id, options.after), notExists(has)))
    .orderBy(asc(detection.id))
    .limit(options.limit)
}

/** Whether there is an embedding by any model. */
export async function anyEmbedding(db: Db): Promise<boolean> {
  const rows = await db.select({ one: sql`1` }).from(embedding).limit(1)
  return rows.length > 0
}
