// Boxes as formats have them, as fractions of the upright photo.

import type { Bbox } from '../../../db/schema.ts'

/** Cut at the edges of the photo, whichever corners it names; null for what has no area inside it, or is no box. */
export function clipBox(box: readonly (number | null | undefined)[]): Bbox | null {
  const [x, y, width, height] = box
  if (box.length < 4 || !isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) return null
  const left = Math.max(0, Math.min(x, x + width))
  const top = Math.max(0, Math.min(y, y + height))
  const right = Math.min(1, Math.max(x, x + width))
  const bottom = Math.min(1, Math.max(y, y + height))
  const clipped: Bbox = [left, top, right - left, bottom - top]
  return clipped[2] > 1e-6 && clipped[3] > 1e-6 ? clipped : null
}

/** From pixels of a picture of that size. */
export const clipPixels = (
  [x, y, width, height]: readonly (number | null | undefined)[],
  size: { width: number; height: number },
): Bbox | null =>
  isNumber(x) && isNumber(y) && isNumber(width) && isNumber(height) && size.width > 0 && size.height > 0
    ? clipBox([x / size.width, y / size.height, width / size.width, height / size.height])
    : null

/** The box around points. */
export function boxAround(points: readonly (readonly [number, number])[]): [number, number, number, number] {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const left = Math.min(...xs)
  const top = Math.min(...ys)
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top]
}

const isNumber = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value)
