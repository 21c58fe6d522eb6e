// Boxes that people draw, move and remove. A detection that taught is learned again. A removed one stays as a row that
// is shown nowhere, so that removing can be undone.

import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { type Bbox, type DetectionSource, detection, embedding, media, metricVector, suggestion } from '../schema.ts'
import { writeLessons } from '../trees/lessons.ts'
import { insertEmbeddings } from '../trees/models.ts'
import { decodeVector, encodeVector, vectorBytes } from '../vectors.ts'
import { groupKeyOf } from './sequences.ts'

/** A detection's box and its vectors, one for each model, in base64. */
export type BoxState = {
  bbox: Bbox
  source: DetectionSource
  confidence: number | null
  embeddings: { modelSha256: string; vector: string }[]
}

export type NewBox = { mediaId: number; bbox: Bbox; modelSha256: string; embedding: Float32Array }

/**
 * Adds an animal that a person boxed. The first box removes the detection of the whole photo, which stands where
 * nothing was found, unless somebody identified it: `hidden`. Throws NotFound, or Conflict while the photo is not
 * indexed.
 */
export async function addDetection(tx: Db, box: NewBox): Promise<{ id: number; hidden: number[] }> {
  const [photo] = await tx.select().from(media).where(eq(media.id, box.mediaId)).for('update')
  if (!photo) throw new NotFound('media', box.mediaId)
  if (photo.status !== 'indexed')
    throw new Conflict(`Expected media ${photo.id} to be indexed, but it is ${photo.status}`)
  const [x, y, width, height] = box.bbox
  const [added] = await tx
    .insert(detection)
    .values({
      mediaId: photo.id,
      kind: 'animal',
      source: 'person',
      x,
      y,
      width,
      height,
      groupKey: groupKeyOf(photo),
      setAside: photo.mark !== null,
    })
    .returning({ id: detection.id })
  if (!added) throw new Error('Expected an inserted detection to be returned')
  await insertEmbeddings(tx, box.modelSha256, [{ detectionId: added.id, embedding: box.embedding }])
  const { rows } = await tx.execute<{ id: number }>(sql`
    update detection set hidden_at = now()
    where media_id = ${photo.id} and source = 'wholePhoto' and hidden_at is null
      and not exists (select 1 from identification i where i.detection_id = detection.id)
    returning id`)
  return { id: added.id, hidden: rows.map(({ id }) => id) }
}

/** Locks the detection. Throws NotFound. */
export async function boxOf(tx: Db, detectionId: number): Promise<BoxState> {
  const [row] = await tx
    .select()
    .from(detection)
    .where(and(eq(detection.id, detectionId), isNull(detection.hiddenAt)))
    .for('update')
  if (!row) throw new NotFound('detection', detectionId)
  const vectors = await tx
    .select({ modelSha256: embedding.modelSha256, vector: vectorBytes(embedding.vector) })
    .from(embedding)
    .where(eq(embedding.detectionId, detectionId))
  return {
    bbox: [row.x, row.y, row.width, row.height],
    source: row.source,
    confidence: row.confidence,
    embeddings: vectors.map(({ modelSha256, vector }) => ({ modelSha256, vector: toText(vector) })),
  }
}

export const toText = (vector: Float32Array): string => encodeVector(vector).toString('base64')

/**
 * Changes a box and its vectors. What the detection teaches is learned again, and its summary and metric vector are
 * computed again. Throws Conflict where the box is no longer `from`.
 */
export async function setBox(
  tx: Db,
  detectionId: number,
  { from, to }: { from: BoxState; to: BoxState },
): Promise<void> {
  const [row] = await tx.select().from(detection).where(eq(detection.id, detectionId)).for('update')
  const same = row && row.hiddenAt === null && [row.x, row.y, row.width, row.height].every((v, i) => v === from.bbox[i])
  if (!same) throw new Conflict('Expected the box as the action left it, but it was changed or removed since')
  const [x, y, width, height] = to.bbox
  const { source, confidence } = to
  await tx
    .update(detection)
    .set({ x, y, width, height, source, confidence, boxVersion: sql`box_version + 1` })
    .where(eq(detection.id, detectionId))
  await tx.delete(embedding).where(eq(embedding.detectionId, detectionId))
  await tx.delete(metricVector).where(eq(metricVector.detectionId, detectionId))
  await tx.delete(suggestion).where(eq(suggestion.detectionId, detectionId))
  for (const { modelSha256, vector } of to.embeddings) {
    await insertEmbeddings(tx, modelSha256, [{ detectionId, embedding: decodeVector(Buffer.from(vector, 'base64')) }])
  }
  if (row.taughtTaxonId !== null) await writeLessons(tx, 'detection', [detectionId])
}
