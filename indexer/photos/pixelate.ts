// Parts of a picture made unrecognisable: what is left of them are a few coloured squares, which nothing can undo.

import sharp from 'sharp'
import type { Bbox } from '../../db/schema.ts'

/** So many squares along each side of a box: a face has one or two. */
const SQUARES = 6
const QUALITY = 85

/** `boxes` are fractions of the picture. */
export async function pixelate(picture: Uint8Array, boxes: readonly Bbox[]): Promise<Buffer> {
  const { width, height } = await sharp(picture).metadata()
  const patches = await Promise.all(
    boxes.map(async ([x, y, w, h]) => {
      const left = Math.min(width - 1, Math.floor(x * width))
      const top = Math.min(height - 1, Math.floor(y * height))
      const size = {
        width: Math.max(1, Math.min(width - left, Math.ceil(w * width))),
        height: Math.max(1, Math.min(height - top, Math.ceil(h * height))),
      }
      const few = await sharp(picture)
        .extract({ left, top, ...size })
        .resize(SQUARES, SQUARES, { fit: 'fill' })
        .png()
        .toBuffer()
      const input = await sharp(few)
        .resize(size.width, size.height, { fit: 'fill', kernel: 'nearest' })
        .png()
        .toBuffer()
      return { input, left, top }
    }),
  )
  return await sharp(picture).composite(patches).jpeg({ quality: QUALITY }).toBuffer()
}
