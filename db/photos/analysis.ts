// Stores what indexing found. One transaction makes the photo indexed, with detections, embeddings, identifications
// from its label, and lessons. Storing it twice changes nothing.

import { and, asc, eq, ne } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { type Bbox, type DetectionKind, type DetectionSource, detection, media } from '../schema.ts'
import { presentTaxonId } from '../taxonomy/redirects.ts'
import { insertEmbeddings } from '../trees/models.ts'
import { nameNewFindings } from './findings.ts'
import { type Labelled, labelNewDetections, nameDetections } from './labels.ts'
import { markAtPlaces } from './repeats.ts'
import { groupKeyOf } from './sequences.ts'

export type StoredDetection = {
  kind: DetectionKind
  source: DetectionSource
  /** Fractions of the upright photo. */
  bbox: Bbox
  confidence: number | null
  /** Unit length; null for people and vehicles. */
  embedding: Float32Array | null
}
/** `width` and `height` in upright pixels. */
export type StoredAnalysis = { width: number; height: number; detections: StoredDetection[] }
export type AnalysisModels = { detectorSha256: string | null; embedderSha256: string }

/**
 * `detectionIds` are in the order of `analysis.detections`. `stored` false: the photo was indexed before, and these are
 * its detections from then. Throws NotFound where the photo was deleted meanwhile. The models must be recorded
 * (ensureModel). The label of a photo without any animal is kept on a detection of the whole photo, the last of the
 * ids, which has no embedding.
 */
export async function storeAnalysis(
  db: Db,
  mediaId: number,
  analysis: StoredAnalysis,
  models: AnalysisModels,
): Promise<{ stored: boolean; detectionIds: number[] }> {
  return await db.transaction(async (tx) => {
    const [photo] = await tx
      .update(media)
      .set({
        status: 'indexed',
        failure: null,
        width: analysis.width,
        height: analysis.height,
        detectorSha256: models.detectorSha256,
        indexedAt: new Date(),
      })
      .where(and(eq(media.id, mediaId), ne(media.status, 'indexed')))
      .returning()
    if (!photo) return { stored: false, detectionIds: await existingDetections(tx, mediaId) }

    // The taxon may have become part of another since the photo was brought in.
    const label = photo.pendingLabel && {
      ...photo.pendingLabel,
      taxonId: await presentTaxonId(tx, photo.pendingLabel.taxonId),
    }
    const found = [...analysis.detections]
    if (label && !found.some((one) => one.kind === 'animal')) {
      found.push({ kind: 'animal', source: 'wholePhoto', bbox: [0, 0, 1, 1], confidence: null, embedding: null })
    }
    if (found.length === 0) return { stored: true, detectionIds: [] }
    // Where an import brought boxes, they are the first detections, in their order.
    const boxed = (photo.pendingFindings?.found ?? []).filter((one) => one.bbox !== null)
    // Which detections teach is known before they have ids: until then they go by their positions.
    const teaching = new Set(label ? nameDetections(found.map((one, index) => ({ ...one, id: index }))).taught : [])
    const inserted: Labelled[] = await tx
      .insert(detection)
      .values(
        found.map(({ kind, source, bbox: [x, y, width, height], confidence }, index) => ({
          mediaId,
          kind,
          source,
          x,
          y,
          width,
          height,
          confidence,
          detector: source === 'imported' ? (boxed[index]?.detector ?? null) : null,
          groupKey: groupKeyOf(photo),
          setAside: photo.mark !== null,
          taughtTaxonId: label && teaching.has(index) ? label.taxonId : null,
        })),
      )
      .returning({
        id: detection.id,
        kind: detection.kind,
        source: detection.source,
        confidence: detection.confidence,
      })
    // One INSERT … VALUES numbers its rows in their order.
    const detectionIds = inserted.map((one) => one.id)
    const embedded = found.flatMap(({ embedding }, index) => {
      const detectionId = detectionIds[index]
      return embedding && detectionId !== undefined ? [{ detectionId, embedding }] : []
    })
    await insertEmbeddings(tx, models.embedderSha256, embedded)
    if (label) await labelNewDetections(tx, inserted, label)
    if (photo.pendingFindings) await nameNewFindings(tx, inserted, photo.pendingFindings)
    if (photo.deploymentId !== null) await markAtPlaces(tx, mediaId)
    return { stored: true, detectionIds }
  })
}

async function existingDetections(tx: Db, mediaId: number): Promise<number[]> {
  const [photo] = await tx.select({ id: media.id }).from(media).where(eq(media.id, mediaId))
  if (!photo) throw new NotFound('media', mediaId)
  const rows = await tx
    .select({ id: detection.id })
    .from(detection)
    .where(eq(detection.mediaId, mediaId))
    .orderBy(asc(detection.id))
  return rows.map((row) => row.id)
}
