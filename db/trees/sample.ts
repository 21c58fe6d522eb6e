// Photos without a label as a sample: those whose ids have the smallest hash, the same for every process. An index in
// that order finds them in a millisecond, however many there are.

import { and, asc, eq, exists, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { detection, embedding, sampleOrder } from '../schema.ts'
import { vectorBytes } from '../vectors.ts'

/** `boxVersion`: another embedding than before where it differs. */
export type SampledDetection = { detectionId: number; groupKey: string; boxVersion: number }

/** The `count` animals of smallest hash that teach nothing and have an embedding by this model. */
export async function unlabelledSample(db: Db, modelSha256: string, count: number): Promise<SampledDetection[]> {
  const own = db
    .select({ one: sql`1` })
    .from(embedding)
    .where(and(eq(embedding.modelSha256, modelSha256), eq(embedding.detectionId, detection.id)))
  return await db
    .select({ detectionId: detection.id, groupKey: detection.groupKey, boxVersion: detection.boxVersion })
    .from(detection)
    .where(and(eq(detection.kind, 'animal'), isNull(detection.taughtTaxonId), isNull(detection.hiddenAt), exists(own)))
    .orderBy(sampleOrder(detection.id), asc(detection.id))
    .limit(count)
}

/** Rows of one page: at most 2.5 MB at 1,280 dimensions. */
const PAGE_ROWS = 500

/** Embeddings by one model of these detections, a page at a time; those that have none are absent. */
export async function* embeddingsOf(
  db: Db,
  modelSha256: string,
  detectionIds: readonly number[],
): AsyncGenerator<{ detectionId: number; embedding: Float32Array }[]> {
  for (let start = 0; start < detectionIds.length; start += PAGE_ROWS) {
    const ids = detectionIds.slice(start, start + PAGE_ROWS)
    yield await db
      .select({ detectionId: embedding.detectionId, embedding: vectorBytes(embedding.vector) })
      .from(embedding)
      .where(and(eq(embedding.modelSha256, modelSha256), inArray(embedding.detectionId, ids)))
  }
}
