// Embeds animals that are known already with another embedder: every stored animal that has no embedding by it is cut
// out of its photo again. The rows are the progress, so after an interruption it continues where it stopped.

import PQueue from 'p-queue'
import type { Db } from '../db/connection/connect.ts'
import { getDetections } from '../db/photos/detections.ts'
import { getMedia } from '../db/photos/media.ts'
import { detectionsWithoutEmbedding, insertEmbeddings } from '../db/trees/models.ts'
import { cutCrops } from './crop.ts'
import type { Embedder } from './embed.ts'
import { decode } from './photos/image.ts'
import type { Photos } from './photos/photos.ts'

/** `workingSidePx`: the one with which photos are indexed, so that crops and vectors are the same. */
export type ReEmbedParts = { db: Db; photos: Photos; workingSidePx: number }

export type ReEmbedOptions = {
  signal: AbortSignal
  /** Called with the animals of each photo once their vectors are stored. */
  onEmbedded?: (detectionIds: number[]) => Promise<void>
  /** Called after every page. */
  onProgress?: (done: { embedded: number; failed: number }) => void
  /** Called for a photo that cannot be read again, whose animals stay without a vector by this embedder. */
  onFailure?: (mediaId: number, error: unknown) => void
}

const PAGE = 64
/** Photos that are worked on at once: some are read and decoded while others are embedded. */
const CONCURRENCY = 4

/** Resolves when every animal was tried once, or the signal is aborted. */
export async function embedMissing(
  { db, photos, workingSidePx }: ReEmbedParts,
  embedder: Embedder,
  options: ReEmbedOptions,
): Promise<{ embedded: number; failed: number }> {
  const done = { embedded: 0, failed: 0 }
  for (let after = 0; !options.signal.aborted; ) {
    const page = await detectionsWithoutEmbedding(db, embedder.sha256, { after, limit: PAGE })
    const last = page.at(-1)
    if (!last) break
    after = last.detectionId
    const byMedia = new Map<number, number[]>()
    for (const { mediaId, detectionId } of page) byMedia.set(mediaId, [...(byMedia.get(mediaId) ?? []), detectionId])
    const work = async (mediaId: number, detectionIds: number[]) => {
      if (options.signal.aborted) return
      try {
        await embedPhoto({ db, photos, workingSidePx }, embedder, mediaId, detectionIds)
        await options.onEmbedded?.(detectionIds)
        done.embedded += detectionIds.length
      } catch (error) {
        if (options.signal.aborted) return
        done.failed += detectionIds.length
        options.onFailure?.(mediaId, error)
      }
    }
    const queue = new PQueue({ concurrency: CONCURRENCY })
    await Promise.all(Array.from(byMedia, ([mediaId, ids]) => queue.add(() => work(mediaId, ids))))
    options.onProgress?.(done)
  }
  return done
}

async function embedPhoto(
  { db, photos, workingSidePx }: ReEmbedParts,
  embedder: Embedder,
  mediaId: number,
  detectionIds: number[],
): Promise<void> {
  const { sha256 } = await getMedia(db, mediaId)
  const image = await decode(await photos.get(sha256), { workingSidePx })
  const detections = await getDetections(db, detectionIds)
  const boxes = detections.map(({ bbox }) => bbox)
  const crops = await cutCrops(image, boxes, embedder.manifest.cropRecipe, embedder.inputSize, { jpeg: false })
  const embeddings = await embedder.embed(crops.map(({ pixels }) => pixels))
  await insertEmbeddings(
    db,
    embedder.sha256,
    detections.map(({ id }, i) => ({ detectionId: id, embedding: embeddings[i]! })),
  )
}
