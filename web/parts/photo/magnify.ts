// Where a photo lies in its frame, in CSS pixels. In: frame and photo sizes, a box as fractions of the photo.

import type { Detection } from '../../../api/contract/detection.ts'

export type Size = { width: number; height: number }
export type Placement = { left: number; top: number; width: number; height: number }

/** The whole photo, as large as fits, centred. */
export function fitInto(frame: Size, photo: Size): Placement {
  const scale = Math.min(frame.width / photo.width, frame.height / photo.height)
  const width = photo.width * scale
  const height = photo.height * scale
  return { width, height, left: (frame.width - width) / 2, top: (frame.height - height) / 2 }
}

/** How much of the box's longer side is left around it. */
const MARGIN = 0.12
/** An animal of a few pixels is not blown up beyond this multiple of the fitted photo: it would only be mush. */
const MOST = 12

/**
 * The box centred with some surroundings, never smaller than the fitted photo. The photo covers the frame where it can: a box
 * near an edge moves off centre rather than showing emptiness.
 */
export function magnify(frame: Size, photo: Size, [x, y, w, h]: Detection['bbox']): Placement {
  const fitted = fitInto(frame, photo)
  if (fitted.width === 0 || fitted.height === 0) return fitted
  const boxWidth = w * fitted.width
  const boxHeight = h * fitted.height
  const around = 1 + 2 * MARGIN
  const wanted = Math.min(frame.width / (boxWidth * around), frame.height / (boxHeight * around))
  const factor = Math.min(Math.max(wanted, 1), MOST)
  const width = fitted.width * factor
  const height = fitted.height * factor
  const place = (frameSide: number, side: number, centre: number) =>
    side <= frameSide ? (frameSide - side) / 2 : Math.min(0, Math.max(frameSide - side, frameSide / 2 - centre * side))
  return { width, height, left: place(frame.width, width, x + w / 2), top: place(frame.height, height, y + h / 2) }
}
