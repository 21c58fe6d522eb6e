// Places of one camera where the detector finds something in photo after photo: a stone, a branch, a sign. Boxes belong
// together where they overlap almost wholly, directly or through others. An animal does not lie in the same place in
// many bursts of several days (MegaDetector's repeat detection elimination asks the same question).

/** x, y, width and height, fractions of the photo. */
export type Box = readonly [number, number, number, number]
export type RepeatBox = {
  id: number
  photo: number
  /** Photos of one burst have the same one. */
  burst: string
  /** The date; null where the photo has no time. */
  day: string | null
  bbox: Box
}
export type RepeatPlace = {
  /** Of all its boxes, ascending. */
  ids: number[]
  photos: number
  bursts: number
  days: number
  /** Boxes that stand for all: a new one that overlaps one of them is at this place. The first is the middle one. */
  standFor: Box[]
}
export type RepeatRule = { iou: number; photos: number; bursts: number; days: number; area: number }

/** The numbers of photos, bursts and days are least ones, the area is the largest share of the photo. */
export const REPEAT_RULE: RepeatRule = { iou: 0.9, photos: 12, bursts: 3, days: 2, area: 0.2 }
/** A box that overlaps another by this much adds no reach of its own. */
const SAME = 0.97
const MOST_STANDING = 8
/** Cells are numbered from 0 by adding this; smaller boxes than about 0.001 share cells. */
const SIZES = 1024
const PLACES = 8192

export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1])
  if (width <= 0 || height <= 0) return 0
  const both = width * height
  return both / (a[2] * a[3] + b[2] * b[3] - both)
}

/**
 * The places of one camera, those with the most photos first. Boxes lie in a grid by size and position, so that each is
 * compared only with those that may overlap it enough: about n steps, whatever their number.
 */
export function findRepeats(boxes: readonly RepeatBox[], rule: RepeatRule = REPEAT_RULE): RepeatPlace[] {
  const small = boxes.filter(({ bbox: [, , w, h] }) => w > 0 && h > 0 && w * h <= rule.area)
  const parent = Int32Array.from(small, (_, i) => i)
  const rootOf = (i: number): number => {
    let root = i
    while (parent[root] !== root) root = parent[root]!
    for (let at = i; parent[at] !== root; ) [at, parent[at]] = [parent[at]!, root]
    return root
  }
  const grid = gridOf(rule.iou)
  const cells = new Map<number, number[]>()
  for (const [i, { bbox }] of small.entries()) {
    let isNew = true
    const [own, ...others] = grid(bbox)
    for (const cell of [own!, ...others]) {
      for (const other of cells.get(cell) ?? []) {
        const shared = overlap(bbox, small[other]!.bbox)
        if (shared < rule.iou) continue
        parent[rootOf(i)] = rootOf(other)
        if (shared >= SAME) isNew = false
      }
    }
    if (!isNew) continue
    const inCell = cells.get(own!)
    if (inCell) inCell.push(i)
    else cells.set(own!, [i])
  }
  const together = new Map<number, RepeatBox[]>()
  for (const [i, box] of small.entries()) {
    const root = rootOf(i)
    const there = together.get(root)
    if (there) there.push(box)
    else together.set(root, [box])
  }
  return [...together.values()]
    .filter((there) => there.length >= rule.photos)
    .map(toPlace)
    .filter(({ photos, bursts, days }) => photos >= rule.photos && bursts >= rule.bursts && days >= rule.days)
    .sort((a, b) => b.photos - a.photos || a.ids[0]! - b.ids[0]!)
}

function toPlace(boxes: RepeatBox[]): RepeatPlace {
  const days = new Set(boxes.flatMap(({ day }) => (day === null ? [] : [day])))
  return {
    ids: boxes.map(({ id }) => id).sort((a, b) => a - b),
    photos: new Set(boxes.map(({ photo }) => photo)).size,
    bursts: new Set(boxes.map(({ burst }) => burst)).size,
    days: days.size,
    standFor: standing(boxes.map(({ bbox }) => bbox)),
  }
}

/** The middle box, then each time the one that those chosen overlap least. */
function standing(boxes: readonly Box[]): Box[] {
  const median = ([0, 1, 2, 3] as const).map((side) => boxes.map((box) => box[side]).sort((a, b) => a - b))
  const at = (side: number) => median[side]![boxes.length >> 1]!
  const chosen: Box[] = [[at(0), at(1), at(2), at(3)]]
  const covered = boxes.map((box) => overlap(box, chosen[0]!))
  while (chosen.length < MOST_STANDING) {
    const least = covered.reduce((worst, value, i) => (value < covered[worst]! ? i : worst), 0)
    if (covered[least]! >= SAME) break
    const next = boxes[least]!
    chosen.push(next)
    for (const [i, box] of boxes.entries()) covered[i] = Math.max(covered[i]!, overlap(box, next))
  }
  return chosen
}

/**
 * The cells in which boxes lie that may overlap this one by `iou`, its own first. Cells are twice as wide as two such
 * boxes can differ, so that in each direction the own one and the nearer neighbour are enough.
 */
function gridOf(iou: number): (box: Box) => number[] {
  const sizeStep = 2 * Math.log(1 / iou)
  const shift = (1 - iou) / (1 + iou)
  const both = (value: number): [number, number] => {
    const own = Math.floor(value)
    return [own, value - own < 0.5 ? own - 1 : own + 1]
  }
  /** A cell's width for boxes whose size lies in this class. */
  const cellOf = (size: number) => 2 * shift * Math.exp((size + 1.5) * sizeStep)
  const clamp = (value: number, most: number) => Math.max(0, Math.min(most - 1, value))
  return ([x, y, w, h]) => {
    const keys: number[] = []
    const [centreX, centreY] = [x + w / 2, y + h / 2]
    for (const width of both(Math.log(w) / sizeStep)) {
      for (const height of both(Math.log(h) / sizeStep)) {
        const size = clamp(width + SIZES - 8, SIZES) * SIZES + clamp(height + SIZES - 8, SIZES)
        for (const column of both(centreX / cellOf(width))) {
          for (const row of both(centreY / cellOf(height))) {
            keys.push((size * PLACES + clamp(column + 1, PLACES)) * PLACES + clamp(row + 1, PLACES))
          }
        }
      }
    }
    return keys
  }
}
