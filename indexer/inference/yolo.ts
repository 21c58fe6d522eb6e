// From a YOLOv5 output to boxes in pixels of the model's input, most confident first. It is pure and loads neither
// pixels nor models, because it runs inside the inference process.

import type { Corners } from './letterbox.ts'

/** One box in pixels of the model's input. `row`: its row in the output, which settles ties. */
export type Candidate = { corners: Corners; score: number; classIndex: number; row: number }

/** YOLOv5's own limit (utils/general.py, non_max_suppression). */
export const MAX_BOXES = 300
/** The most candidates for NMS, also YOLOv5's limit: with a threshold near 0, every row is one. */
const MAX_CANDIDATES = 30_000
/**
 * Rows of `cx, cy, w, h, objectness, class scores...` that reach the threshold, each with its best class.
 * score = objectness x class score.
 */
export function decodeRows(data: Float32Array, columns: number, threshold: number): Candidate[] {
  const found: Candidate[] = []
  for (let row = 0, at = 0; at + columns <= data.length; row++, at += columns) {
    const objectness = data[at + 4]!
    if (!(objectness >= threshold)) continue
    let best = 5
    for (let c = 6; c < columns; c++) if (data[at + c]! > data[at + best]!) best = c
    const score = objectness * data[at + best]!
    if (!(score >= threshold)) continue
    const [cx, cy, w, h] = [data[at]!, data[at + 1]!, data[at + 2]! / 2, data[at + 3]! / 2]
    if (!(Number.isFinite(cx) && Number.isFinite(cy) && w > 0 && h > 0)) continue
    found.push({ corners: [cx - w, cy - h, cx + w, cy + h], score: Math.min(1, score), classIndex: best - 5, row })
  }
  return found
}

/** Rows of `x1, y1, x2, y2, score, class number` that reach the threshold; padding and unknown classes are left out. */
export function decodeCorners(data: Float32Array, classes: number, threshold: number): Candidate[] {
  const found: Candidate[] = []
  for (let row = 0, at = 0; at + 6 <= data.length; row++, at += 6) {
    const [x1, y1, x2, y2] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!]
    const [score, classIndex] = [data[at + 4]!, data[at + 5]!]
    if (!(score >= threshold) || !Number.isInteger(classIndex) || classIndex < 0 || classIndex >= classes) continue
    if (![x1, y1, x2, y2].every(Number.isFinite) || !(x2 > x1 && y2 > y1)) continue
    found.push({ corners: [x1, y1, x2, y2], score: Math.min(1, score), classIndex, row })
  }
  return found
}

export function iou(
  a: readonly [number, number, number, number],
  b: readonly [number, number, number, number],
): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  if (width <= 0 || height <= 0) return 0
  const both = width * height
  return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
}

/**
 * Non-maximum suppression for each class, most confident first (the earlier row where equal): a box that overlaps a
 * kept one by more than `limit` is dropped.
 */
export function suppress(candidates: readonly Candidate[], limit: number, most = MAX_BOXES): Candidate[] {
  const order = [...candidates].sort((a, b) => b.score - a.score || a.row - b.row).slice(0, MAX_CANDIDATES)
  const kept: Candidate[] = []
  for (const candidate of order) {
    if (kept.length >= most) break
    if (kept.every((k) => k.classIndex !== candidate.classIndex || iou(k.corners, candidate.corners) <= limit)) {
      kept.push(candidate)
    }
  }
  return kept
}
