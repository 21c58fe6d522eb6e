// Zooming and panning a photo in its frame, and editing boxes, as pure functions. Placements are in CSS pixels, boxes
// in fractions of the photo. A photo covers its frame where it can; otherwise it stays centred.

import type { Detection } from '../../api/contract/detection.ts'
import { fitInto, type Placement, type Size } from '../parts/photo/magnify.ts'

export type Point = { x: number; y: number }
type Bbox = Detection['bbox']

/** The factor of one key press. */
export const STEP = 1.25
/** The closest zoom as a multiple of the fitted photo. Beyond it, even a photo of 20 megapixels shows only noise. */
const CLOSEST = 24

function hold(frame: Size, { left, top, width, height }: Placement): Placement {
  const along = (frameSide: number, side: number, at: number) =>
    side <= frameSide ? (frameSide - side) / 2 : Math.min(0, Math.max(frameSide - side, at))
  return { width, height, left: along(frame.width, width, left), top: along(frame.height, height, top) }
}

/** Zooms in (factor above 1) or out about a fixed point of the frame, never smaller than the fitted photo. */
export function zoomBy(frame: Size, photo: Size, from: Placement, factor: number, at: Point): Placement {
  const fitted = fitInto(frame, photo)
  const width = Math.min(Math.max(from.width * factor, fitted.width), fitted.width * CLOSEST)
  const grown = from.width === 0 ? 1 : width / from.width
  return hold(frame, {
    width,
    height: from.height * grown,
    left: at.x - (at.x - from.left) * grown,
    top: at.y - (at.y - from.top) * grown,
  })
}

export const panBy = (frame: Size, from: Placement, dx: number, dy: number): Placement =>
  hold(frame, { ...from, left: from.left + dx, top: from.top + dy })

/** Converts a point of the frame to fractions of the photo, limited to its edges. */
export function onPhoto(at: Point, { left, top, width, height }: Placement): Point {
  const inside = (value: number) => Math.min(1, Math.max(0, value))
  return { x: inside((at.x - left) / width), y: inside((at.y - top) / height) }
}

/** The box between two opposite corners, given in any order. */
export const spanned = (a: Point, b: Point): Bbox => [
  Math.min(a.x, b.x),
  Math.min(a.y, b.y),
  Math.abs(a.x - b.x),
  Math.abs(a.y - b.y),
]

/** The smallest side of a box, as a fraction of the photo. A smaller box shows no animal. */
export const LEAST_SIDE = 0.01

/** Moves a box without changing its size; it stops at the photo's edges. */
export function moved([x, y, w, h]: Bbox, dx: number, dy: number): Bbox {
  return [Math.min(Math.max(x + dx, 0), 1 - w), Math.min(Math.max(y + dy, 0), 1 - h), w, h]
}

/** Makes a box wider and taller; its top left corner stays. */
export function grown([x, y, w, h]: Bbox, dw: number, dh: number): Bbox {
  const side = (at: number, length: number, by: number) => Math.min(Math.max(length + by, LEAST_SIDE), 1 - at)
  return [x, y, side(x, w, dw), side(y, h, dh)]
}

/** Which sides of a box a handle moves. */
export type Handle = { x: -1 | 0 | 1; y: -1 | 0 | 1 }
export const handles: readonly Handle[] = [
  { x: -1, y: -1 },
  { x: 0, y: -1 },
  { x: 1, y: -1 },
  { x: -1, y: 0 },
  { x: 1, y: 0 },
  { x: -1, y: 1 },
  { x: 0, y: 1 },
  { x: 1, y: 1 },
]

/** Moves the handle's sides to the point. Pulled past the opposite side, the box flips. */
export function pulled([x, y, w, h]: Bbox, handle: Handle, to: Point): Bbox {
  const side = (low: number, length: number, which: -1 | 0 | 1, at: number): [number, number] => {
    if (which === 0) return [low, low + length]
    return which < 0 ? [at, low + length] : [low, at]
  }
  const [x0, x1] = side(x, w, handle.x, to.x)
  const [y0, y1] = side(y, h, handle.y, to.y)
  return spanned({ x: x0, y: y0 }, { x: x1, y: y1 })
}

export const isDrawn = ([, , w, h]: Bbox): boolean => w >= LEAST_SIDE && h >= LEAST_SIDE
