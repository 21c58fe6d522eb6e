// Where a photo lies in its frame, in CSS pixels. Boxes are fractions of the photo.

import type { Detection } from '../../../api/contract/detection.ts'

export type Size = { width: number; height: number }
export type Placement = { left: number; top: number; width: number; height: number }

/** The whole photo, as large as possible and centred. */
export function fitInto(frame: Size, photo: Size): Placement {
  const scale = Math.min(frame.width / photo.width, frame.height / photo.height)
  const width = photo.width * scale
  const height = photo.height * scale
  return { width, height, left: (frame.width - width) / 2, top: (frame.height - height) / 2 }
}

/** The margin around the box, as a fraction of its longer side. */
const MARGIN = 0.12
/** The limit of magnification relative to the fitted photo. Beyond it, a tiny animal would only be blurred. */
const MOST = 12

/**
 * Centres the box with some surroundings, never smaller than the fitted photo. Near an edge the box moves off centre,
 * so that the photo covers the frame where it can.
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

/** A smaller box is shown as if it were this large: a blurred patch tells less than where in the photo it is. */
const LEAST_SIDE = 0.22

/** The box, or around a small one with the same centre a larger one. */
export function withSurroundings([x, y, w, h]: Detection['bbox']): Detection['bbox'] {
  const grow = Math.max(1, LEAST_SIDE / Math.max(w, h, 1e-6))
  return [x + (w - w * grow) / 2, y + (h - h * grow) / 2, w * grow, h * grow]
}
