// Drawn photos: the test detector finds exactly what is drawn in the cells of a 4 x 4 grid. White is a person; other
// bright colours are animals. Each `seed` gives other bytes.

import sharp from 'sharp'
import { random } from '../../classifiers/seeded-random.ts'
import { GRID } from './test-models.ts'

export type Colour = [red: number, green: number, blue: number]
export type Drawn = { cell: [column: number, row: number]; colour: Colour }
export type DrawOptions = {
  width?: number
  height?: number
  seed?: number
  format?: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff'
}

/** Colours that the test embedder tells apart well. */
export const COLOURS = {
  red: [230, 30, 30],
  green: [30, 230, 30],
  blue: [30, 30, 230],
  yellow: [230, 230, 30],
  magenta: [230, 30, 230],
  cyan: [30, 230, 230],
  white: [250, 250, 250],
} as const satisfies Record<string, Colour>

/** One photo, square unless told otherwise: keep it square for the cells to be where the detector looks. */
export async function drawPhoto(things: readonly Drawn[], options: DrawOptions = {}): Promise<Buffer> {
  const { width = 160, height = 160, seed = 0, format = 'jpeg' } = options
  const next = random(seed)
  const pixels = Buffer.alloc(width * height * 3)
  for (let i = 0; i < pixels.length; i++) pixels[i] = 20 + Math.floor(next() * 30)
  for (const { cell, colour } of things) {
    const jitter = colour.map((value) => Math.max(0, Math.min(255, Math.round(value + (next() - 0.5) * 20))))
    const [left, right] = [cell[0], cell[0] + 1].map((x) => Math.round((x * width) / GRID))
    const [top, bottom] = [cell[1], cell[1] + 1].map((y) => Math.round((y * height) / GRID))
    for (let y = top!; y < bottom!; y++) {
      for (let x = left!; x < right!; x++) pixels.set(jitter, (y * width + x) * 3)
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer()
}

/** One animal of this colour in the middle of an otherwise empty photo. */
export function drawAnimal(colour: Colour, options: DrawOptions = {}): Promise<Buffer> {
  return drawPhoto([{ cell: [1, 1], colour }], options)
}
