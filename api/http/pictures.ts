// Photos and crops as answers. In: a file that never changes under its name. Out: its bytes, or 304 for who has them already; photos
// at the width of a screen, made once.

import type { Context } from 'hono'
import type { Media } from '../../db/photos/media.ts'
import { type ScaledWidth, scaleToJpeg } from '../../indexer/photos/scale.ts'
import type { Service } from '../service.ts'
import { createGate } from './gate.ts'
import type { Env } from './router.ts'

/** Pictures never change, but may be removed, and are for the signed-in only. */
const CACHE = 'private, max-age=86400, immutable'

export type Picture = {
  /** Names the content. */
  tag: string
  type: string
  open: () => Promise<Uint8Array>
}

export async function sendPicture(c: Context<Env>, picture: Picture): Promise<Response> {
  const etag = `"${picture.tag}"`
  const headers = { ETag: etag, 'Cache-Control': CACHE }
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (known.includes(etag)) return c.body(null, 304, headers)
  const bytes = await picture.open()
  return c.body(new Uint8Array(bytes), 200, { ...headers, 'Content-Type': picture.type })
}

/** Scaled at once, each with a whole photo in memory, and waiting behind them: a page of tiles asks for many. */
const SCALING = { running: 2, waiting: 400, retryAfterSeconds: 1 }

/** Answers a photo at a width, from the disk where it was asked for before. Asked twice at once it is made once. */
export function createScaler({ photos }: Pick<Service, 'photos'>) {
  const gate = createGate(SCALING)
  const underWay = new Map<string, Promise<Buffer>>()

  const make = async ({ sha256, width, height }: Media, wanted: ScaledWidth): Promise<Buffer> => {
    const upright = width !== null && height !== null ? { width, height } : null
    const jpeg = await gate.run(async () => scaleToJpeg(await photos.get(sha256), wanted, upright))
    // What cannot be kept is made again when it is asked for again.
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
