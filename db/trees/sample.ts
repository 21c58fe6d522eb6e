// Photos without a label as a sample: those whose ids have the smallest hash, the same for every process. An index in
// that order finds them in a millisecond, however many there are.

import { and, asc, eq, exists, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { detection, embedding, isMarked, isOtherThanAnimal, media, sampleOrder } from '../schema.ts'
import { vectorBytes } from '../vectors.ts'

/** `boxVersion`: another embedding than before where it differs; `isNothing`: people said that it is no animal. */
export type SampledDetection = { detectionId: number; groupKey: string; boxVersion: number; isNothing: boolean }

/** The `count` animals of smallest hash that teach nothing and have an embedding by this model. */
export async function unlabelledSample(db: Db, modelSha256: string, count: number): Promise<SampledDetection[]> {
  const rows = await db
    .select(SAMPLED)
    .from(detection)
    .where(
      and(
        eq(detection.kind, 'animal'),
        isNull(detection.taughtTaxonId),
        isNull(detection.hiddenAt),
        isEmbedded(db, modelSha256),
      ),
    )
    .orderBy(sampleOrder(detection.id), asc(detection.id))
    .limit(count)
  return rows.map((row) => ({ ...row, isNothing: false }))
}

/**
 * The `count` boxes of smallest hash that are marked as no animal, or in a photo that somebody saw and marked
 * empty.
 */
export async function nothingSample(db: Db, modelSha256: string, count: number): Promise<SampledDetection[]> {
  const rows = await db
    .select(SAMPLED)
    .from(detection)
    .innerJoin(media, eq(media.id, detection.mediaId))
    .where(
      and(
        isMarked(detection),
        or(isOtherThanAnimal(detection), and(eq(media.mark, 'empty'), eq(media.markUnseen, false))),
        eq(detection.kind, 'animal'),
        isNull(detection.hiddenAt),
        isEmbedded(db, modelSha256),
      ),
    )
    .orderBy(sampleOrder(detection.id), asc(detection.id))
    .limit(count)
  return rows.map((row) => ({ ...row, isNothing: true }))
}

const SAMPLED = { detectionId: detection.id, groupKey: detection.groupKey, boxVersion: detection.boxVersion }

function isEmbedded(db: Db, modelSha256: string): SQL {
  return exists(
    db
      .select({ one: sql`1` })
      .from(embedding)
      .where(and(eq(embedding.modelSha256, modelSha256), eq(embedding.detectionId, detection.id))),
  )
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
