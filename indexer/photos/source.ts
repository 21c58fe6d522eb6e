// What a photo's pixels are read from: the file itself, the JPEG that a raw file holds, or what the HEIC decoder made.

import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { UnsupportedType } from '../errors.ts'
import { withinBudget } from './decode-budget.ts'
import { identifyType } from './file-type.ts'
import { decodeHeic } from './formats/heic.ts'
import { previewOf } from './formats/raw-preview.ts'

export type Source = {
  /** As stored, before turning. */
  stored: { width: number; height: number }
  /** EXIF's, 1 to 8. */
  orientation: number
  bytesPerPixel: number
  /** Held whole while it is decoded. */
  interlaced: boolean
  /** Of a channel, as libvips calls it. */
  depth: string
  open(options: SharpOptions): Sharp
}

const DEPTH_BYTES: Record<string, number> = { uchar: 1, char: 1, ushort: 2, short: 2, uint: 4, int: 4, float: 4 }

/** How large the photo is as people see it; null where it cannot be read, which indexing will say. */
export async function uprightSize(bytes: Uint8Array): Promise<{ width: number; height: number } | null> {
  const source = await openSource(bytes).catch(() => null)
  if (source === null) return null
  const { width, height } = source.stored
  return source.orientation >= 5 ? { width: height, height: width } : { width, height }
}

/** Throws UnsupportedType, DecodeError, or libvips' error. */
export async function openSource(bytes: Uint8Array): Promise<Source> {
  const type = identifyType(bytes)
  if (type === 'image/heic') return heicSource(bytes)
  const preview = type === 'image/x-raw' ? previewOf(bytes) : null
  const file = preview?.jpeg ?? bytes
  const facts = await sharp(file, { limitInputPixels: false, pages: 1 }).metadata()
  if (['uint', 'int', 'float', 'double', 'complex', 'dpcomplex'].includes(facts.depth)) {
    const numbers = facts.depth.includes('int') ? '32-bit' : 'floating-point'
    throw new UnsupportedType(
      'measurements',
      `This ${facts.format.toUpperCase()} holds ${numbers} numbers, as from a measurement. Expected a photo of 8 or 16 bits: export it so.`,
    )
  }
  const { width, pageHeight, height, orientation = 1, channels, depth } = facts
  return {
    stored: { width, height: pageHeight ?? height },
    orientation: orientation === 1 && preview ? preview.orientation : orientation,
    bytesPerPixel: Math.max(3, channels) * (DEPTH_BYTES[depth] ?? 8),
    interlaced: facts.isProgressive === true,
    depth,
    open: (options) => sharp(file, options),
  }
}

async function heicSource(bytes: Uint8Array): Promise<Source> {
  const { width, height, data } = await decodeHeic(bytes, withinBudget)
  const raw = { width, height, channels: 4 } as const
  // The decoder turns the picture upright.
  return {
    stored: { width, height },
    orientation: 1,
    bytesPerPixel: raw.channels,
    interlaced: false,
    depth: 'uchar',
    open: ({ limitInputPixels }) => sharp(data, { limitInputPixels, raw }),
  }
}
