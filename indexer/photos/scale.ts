// A photo for the screen: a JPEG, upright, in sRGB, of a given width but never wider than the photo.

import { decode, fromPixels } from './image.ts'

/** The widths that exist. Others are rounded up, so that few are kept for each photo. */
export const WIDTHS = [320, 640, 1280, 2560] as const
export type ScaledWidth = (typeof WIDTHS)[number]
const QUALITY = 85

/** The smallest of these widths that is not below `width`, or else the largest. */
export const scaledWidth = (width: number): ScaledWidth => WIDTHS.find((made) => made >= width) ?? WIDTHS[3]

/**
 * `upright`: the photo's size where it is known, which saves decoding it twice. Throws DecodeError or UnsupportedType.
 */
export async function scaleToJpeg(
  bytes: Uint8Array,
  width: ScaledWidth,
  upright: { width: number; height: number } | null,
): Promise<Buffer> {
  const size = upright ?? (await decode(bytes, { workingSidePx: 1 }))
  const scale = Math.min(1, width / size.width)
  const longest = Math.max(1, Math.round(Math.max(size.width, size.height) * scale))
  const { working } = await decode(bytes, { workingSidePx: longest })
  return await fromPixels(working).jpeg({ quality: QUALITY }).toBuffer()
}
