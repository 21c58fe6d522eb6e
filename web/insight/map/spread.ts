// The map's points as the canvas needs them: where each lies on the screen under a view (scale and shift), which is
// under the pointer, and which are inside a loop. A point is identified by its index in the lists of the answer.

import { type Quadtree, quadtree } from 'd3-quadtree'
import type { MapPoints } from '../../../api/contract/insight.ts'
import type { Table } from '../../charts/export.ts'

/** Point coordinates run from 0 to this. */
const GRAIN = 65_535

export type View = { scale: number; x: number; y: number }
export type Point = [x: number, y: number]

/** The tree finds points by position, with coordinates from 0 to 1. */
export type Spread = { points: MapPoints; tree: Quadtree<number> }

export function spreadOf(points: MapPoints): Spread {
  const tree = quadtree<number>()
    .x((i) => (points.x[i] ?? 0) / GRAIN)
    .y((i) => (points.y[i] ?? 0) / GRAIN)
    .addAll(points.detectionIds.map((_, i) => i))
  return { points, tree }
}

/** The view that shows the whole map, as large as possible and centred. */
export function fitting(width: number, height: number): View {
  const scale = Math.min(width, height) * 0.94
  return { scale, x: (width - scale) / 2, y: (height - scale) / 2 }
}

export const onScreen = ({ points }: Spread, view: View, i: number): Point => [
  view.x + ((points.x[i] ?? 0) / GRAIN) * view.scale,
  view.y + ((points.y[i] ?? 0) / GRAIN) * view.scale,
]

/** Zooms by `factor` about a point of the screen. */
export const zoomed = (view: View, factor: number, [x, y]: Point): View => ({
  scale: view.scale * factor,
  x: x - (x - view.x) * factor,
  y: y - (y - view.y) * factor,
})

/** The index of the point nearest to a place on the screen, at most `pixels` away. */
export const nearest = ({ tree }: Spread, view: View, [x, y]: Point, pixels: number): number | undefined =>
  tree.find((x - view.x) / view.scale, (y - view.y) / view.scale, pixels / view.scale)

/** Whether a point is inside the loop, by the even-odd rule. */
export function isInside([x, y]: Point, loop: readonly Point[]): boolean {
  let inside = false
  for (let i = 0, j = loop.length - 1; i < loop.length; j = i++) {
    const [ax, ay] = loop[i] ?? [0, 0]
    const [bx, by] = loop[j] ?? [0, 0]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}

/** The indices of the shown points inside a loop drawn on the screen. */
export function insideLoop(
  spread: Spread,
  view: View,
  loop: readonly Point[],
  shown: (i: number) => boolean,
): number[] {
  if (loop.length < 3) return []
  const [left, right] = [Math.min(...loop.map(([x]) => x)), Math.max(...loop.map(([x]) => x))]
  const [top, bottom] = [Math.min(...loop.map(([, y]) => y)), Math.max(...loop.map(([, y]) => y))]
  const inside: number[] = []
  spread.points.detectionIds.forEach((_, i) => {
    const [x, y] = onScreen(spread, view, i)
    if (x < left || x > right || y < top || y > bottom || !shown(i)) return
    if (isInside([x, y], loop)) inside.push(i)
  })
  return inside
}

/** The points as a table for a CSV file. */
export function tableOf(points: MapPoints): Table {
  const { detectionIds, x, y, taxon, taxa, identified, confidence, probability, person, people } = points
  const share = (value: number | undefined) => (value === undefined || value < 0 ? null : value / 100)
  return {
    columns: ['detection', 'x', 'y', 'taxon', 'identified', 'confidence', 'probability', 'person'],
    rows: detectionIds.map((id, i) => [
      id,
      x[i] ?? null,
      y[i] ?? null,
      taxa[taxon[i] ?? -1]?.name ?? null,
      identified[i] ?? 0,
      share(confidence[i]),
      share(probability[i]),
      people[person[i] ?? -1] ?? null,
    ]),
  }
}
