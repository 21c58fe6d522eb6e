// Vectors of another embedder for animals that are known already. In: an embedder. Out: an embedding row for every stored animal
// that had none by it, cut from the kept photo at the kept box. The rows are the progress: broken off anywhere, it goes on there.

import PQueue from 'p-queue'
import type { Db } from '../db/connection/connect.ts'
import { getDetections } from '../db/photos/detections.ts'
import { getMedia } from '../db/photos/media.ts'
import { detectionsWithoutEmbedding, insertEmbeddings } from '../db/trees/models.ts'
import { cutCrops } from './crop.ts'
import type { Embedder } from './embed.ts'
import { decode } from './photos/image.ts'
import type { Photos } from './photos/photos.ts'

/** `workingSidePx` as photos are indexed with: equal crops, equal vectors. */
export type ReEmbedParts = { db: Db; photos: Photos; workingSidePx: number }

export type ReEmbedOptions = {
  signal: AbortSignal
  /** Called with the animals of each photo once their vectors are stored. */
  onEmbedded?: (detectionIds: number[]) => Promise<void>
  /** Called after every page. */
  onProgress?: (done: { embedded: number; failed: number }) => void
  /** A photo that cannot be read again: its animals stay without this embedder's vector. */
  onFailure?: (mediaId: number, error: unknown) => void
}

const PAGE = 64
/** Photos in work at once: some are read and decoded while others are embedded. */
const CONCURRENCY = 4

/** Resolves when every animal was tried once, or the signal came. */
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
    await queue.addAll(
      [...byMedia].map(
        ([mediaId, detectionIds]) =>
          () =>
            work(mediaId, detectionIds),
      ),
    )
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
