// The queue's handler: makes rows and crops of one queued photo, or records on its row why it cannot. Running it
// twice, or again after an interruption at any point, has the same result.

import type { Db } from '../db/connection/connect.ts'
import { storeAnalysis } from '../db/photos/analysis.ts'
import { beginAttempt, markFailed, takeBackAttempt } from '../db/photos/media.ts'
import type { Bbox, Failure, PendingFindings } from '../db/schema.ts'
import { type Analysis, analyse } from './analyse.ts'
import { cutJpegs } from './crop.ts'
import { DecodeError, ModelError, StorageError, UnsupportedType } from './errors.ts'
import type { Models } from './models/models.ts'
import { decode } from './photos/image.ts'
import type { Photos } from './photos/photos.ts'

export type IndexOutcome =
  | { status: 'indexed'; detectionIds: number[] }
  | { status: 'failed'; failure: Failure }
  /** It was indexed before, is gone, or was given up after too many attempts. */
  | { status: 'skipped' }

/**
 * Records failures of the photo. Failures of the service (no database or bucket, models being closed) are thrown, and
 * the photo stays queued.
 */
export async function indexMedia(
  { db, models, photos }: { db: Db; models: Models; photos: Photos },
  mediaId: number,
): Promise<IndexOutcome> {
  const begun = await beginAttempt(db, mediaId)
  if (!begun) return { status: 'skipped' }
  const { sha256, pendingBoxes, pendingLabel, pendingFindings } = begun
  const found = boxesOf(pendingFindings)
  let analysis: Analysis
  try {
    const bytes = await photos.get(sha256)
    const named = pendingFindings?.found.some(
      ({ bbox, statements }) => bbox === null && statements.some((s) => !s.proposal),
    )
    const animalExpected = pendingLabel !== null || named === true
    analysis = await analyse(bytes, models, { boxes: pendingBoxes ?? [], animalExpected, ...(found && { found }) })
  } catch (error) {
    if (error instanceof StorageError && error.temporary) await takeBackAttempt(db, mediaId)
    const failure = { stage: stageOf(error), message: error instanceof Error ? error.message : String(error) }
    await markFailed(db, mediaId, failure)
    return { status: 'failed', failure }
  }
  const { stored, detectionIds } = await storeAnalysis(db, mediaId, analysis, {
    detectorSha256: found || pendingBoxes?.length ? null : models.detector.sha256,
    embedderSha256: models.embedder.sha256,
  })
  if (stored) await writeCrops(photos, detectionIds, analysis)
  return { status: 'indexed', detectionIds }
}

/** Null where the detector is to be asked. */
function boxesOf(findings: PendingFindings | null) {
  if (!findings) return null
  const boxes = findings.found.flatMap(({ bbox, kind, confidence }) =>
    bbox === null ? [] : [{ bbox, kind, confidence }],
  )
  return findings.searched || boxes.length > 0 ? boxes : null
}

/** Rethrows what is not the photo's fault. */
function stageOf(error: unknown): Failure['stage'] {
  if (error instanceof StorageError && error.temporary) throw error
  if (error instanceof DecodeError || error instanceof UnsupportedType || error instanceof StorageError)
    return error.stage
  if (error instanceof ModelError && error.stage !== 'open') return error.stage
  throw error
}

async function writeCrops(photos: Photos, detectionIds: readonly number[], { detections }: Analysis) {
  const written = detections.map(({ crop }, index) => {
    const id = detectionIds[index]
    return id === undefined ? undefined : photos.putCrop(id, crop)
  })
  // A crop that could not be written is cut when somebody looks at it.
  await Promise.allSettled(written)
}

/** A detection's crop. Where there is none, it is cut from the photo and kept. Throws StorageError or DecodeError. */
export async function cropOf(
  { photos, models }: { photos: Photos; models: Models },
  detection: { id: number; bbox: Bbox; sha256: string },
): Promise<Buffer> {
  const kept = await photos.getCrop(detection.id)
  if (kept) return kept
  const image = await decode(await photos.get(detection.sha256))
  const [jpeg] = await cutJpegs(image, [detection.bbox], models.embedder.manifest.cropRecipe)
  await photos.putCrop(detection.id, jpeg!).catch(() => {})
  return jpeg!
}
