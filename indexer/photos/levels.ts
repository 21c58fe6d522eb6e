// 16-bit pictures whose numbers fill only the low part of the range, as sensors of 10 to 14 bits and thermal cameras
// write them. Shown as they are, they would be black.

import type { Sharp } from 'sharp'

/** The numbers that become black and white. */
export type Levels = { black: number; white: number }

/** A picture whose brightest part is above this is shown as it is: 14 bits. */
const LOW_RANGE = 1 << 14
/** Of the pixels are darker or brighter: dead pixels must not decide. */
const OUTLIERS = 0.001
const SAMPLE_SIDE_PX = 512
/** With less between black and white, there is nothing but noise. */
const LEAST_RANGE = 16

/** Null where the picture uses the whole range, or shows nothing. */
export async function levelsOf(picture: Sharp): Promise<Levels | null> {
  const small = picture.resize({
    width: SAMPLE_SIDE_PX,
    height: SAMPLE_SIDE_PX,
    fit: 'inside',
    withoutEnlargement: true,
    kernel: 'nearest',
  })
  const { values } = await deepValues(small.flatten())
  const sorted = values.sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  const [black, white] = [at(OUTLIERS), at(1 - OUTLIERS)]
  return white < LOW_RANGE && white - black >= LEAST_RANGE ? { black, white } : null
}

/** RGB of 8 bits between the levels. */
export async function stretch(picture: Sharp, { black, white }: Levels) {
  const { values, width, height } = await deepValues(picture)
  const data = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) {
    data[i] = Math.max(0, Math.min(255, Math.round(((values[i]! - black) / (white - black)) * 255)))
  }
  return { data, width, height }
}

/** Red, green and blue of each pixel, without gamma. */
async function deepValues(picture: Sharp): Promise<{ values: Uint16Array; width: number; height: number }> {
  const { data, info } = await picture
    .toColourspace('rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true })
  const bytes = new Uint8Array(data)
  const all = new Uint16Array(bytes.buffer, 0, bytes.length >> 1)
  if (info.channels === 3) return { values: all, width: info.width, height: info.height }
  const pixels = info.width * info.height
  const values = Uint16Array.from({ length: pixels * 3 }, (_, i) => all[Math.floor(i / 3) * info.channels]!)
  return { values, width: info.width, height: info.height }
}
