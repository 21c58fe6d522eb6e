// Where a photo lies inside a model's input, and how a box gets from there to the photo. Boxes are `[xmin, ymin, width,
// height]` in fractions of the photo; corners are pixels of the input.

import type { Bbox } from '../../db/schema.ts'

/** The photo fills `width` x `height` pixels of the input from (`left`, `top`) on. The rest is grey. */
export type Placement = { left: number; top: number; width: number; height: number }
/** `[x1, y1, x2, y2]` in pixels of the model's input. */
export type Corners = [number, number, number, number]

/**
 * The largest placement that keeps the photo's shape, in the middle, at least one pixel in each direction. An odd pixel
 * of grey goes right and below, as in YOLOv5 (utils/augmentations.py, letterbox).
 */
export function letterbox(photoWidth: number, photoHeight: number, inputWidth: number, inputHeight: number): Placement {
  const scale = Math.min(inputWidth / photoWidth, inputHeight / photoHeight)
  const width = Math.max(1, Math.round(photoWidth * scale))
  const height = Math.max(1, Math.round(photoHeight * scale))
  return { left: (inputWidth - width) >> 1, top: (inputHeight - height) >> 1, width, height }
}

/**
 * A box of the input in fractions of the photo, cut to the photo. It divides by the pixels that the photo really
 * covers, not by the unrounded scale, so a box comes back exactly as it went in.
 */
export function toPhoto(corners: Corners, place: Placement): Bbox {
  const x1 = clamp((corners[0] - place.left) / place.width)
  const y1 = clamp((corners[1] - place.top) / place.height)
  const x2 = clamp((corners[2] - place.left) / place.width)
  const y2 = clamp((corners[3] - place.top) / place.height)
  return [x1, y1, x2 - x1, y2 - y1]
}

const clamp = (value: number) => Math.min(1, Math.max(0, value))
