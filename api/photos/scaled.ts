// Photos at the width of a screen, made once and kept.

import type { Media } from '../../db/photos/media.ts'
import { type ScaledWidth, scaleToJpeg } from '../../indexer/photos/scale.ts'
import { createGate } from '../http/load/gate.ts'
import type { Service } from '../service.ts'

/** Each scaling has a whole photo in memory, and a page of tiles asks for many. */
const SCALING = { running: 2, waiting: 400, retryAfterSeconds: 1 }

/**
 * Returns a function that gives a photo at a width, from the disk where it was made before. Equal requests at once make
 * it once.
 */
export function createScaler({ photos }: Pick<Service, 'photos'>) {
  const gate = createGate(SCALING)
  const underWay = new Map<string, Promise<Buffer>>()

  const make = async ({ sha256, width, height }: Media, wanted: ScaledWidth): Promise<Buffer> => {
    const upright = width !== null && height !== null ? { width, height } : null
    const jpeg = await gate.run(async () => scaleToJpeg(await photos.get(sha256), wanted, upright))
    // A picture that cannot be stored is made again for the next request.
    await photos.putScaled(sha256, wanted, jpeg).catch(() => {})
    return jpeg
  }

  return async (media: Media, wanted: ScaledWidth): Promise<Buffer> => {
    const key = `${media.sha256}-${wanted}`
    const kept = underWay.has(key) ? null : await photos.getScaled(media.sha256, wanted)
    if (kept) return kept
    const making = underWay.get(key) ?? make(media, wanted).finally(() => underWay.delete(key))
    underWay.set(key, making)
    return await making
  }
}
