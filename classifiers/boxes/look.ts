// What the judge of boxes looks at: confidence, size, place and shape of a box, the first numbers of its crop's vector,
// and how much it is like boxes that people judged at the same camera. A stone that was called nothing once is in the
// same place in the next photo and looks the same.

import type { Box } from './repeats.ts'

export type BoxFacts = {
  /** A box is not compared with itself. */
  id: number
  /** The detector's, 0 to 1; null where a person drew the box. */
  confidence: number | null
  bbox: Box
  /** Whitened, the same numbers for the same crop at all times; empty where there are none. */
  vector: ArrayLike<number>
  /** Photos of one camera have the same one. */
  camera: string
}
export type Look = (box: BoxFacts, row: Float64Array) => void

/** Numbers of the vector that are used. */
export const NUMBERS = 32
/** Judged boxes of one camera and verdict that others are compared with: those of the smallest hash. */
const COMPARED = 16
/**
 * With so many judged boxes of a camera, likeness to them counts half: the first few are like anything else there.
 * Without this, 20 marks of a project made the answer worse than none.
 */
const FEW = 12
/** Where a person drew the box. */
const DRAWN = 0.5
const CERTAIN = 1e-3
/** The logarithm of the usual area, and its spread. */
const AREA = { middle: Math.log(0.04), spread: 1.5 }

/** What the first places of a row hold; the numbers of the vector and 1 follow. */
const PLACE = { confidence: 0, area: 1, height: 2, side: 3, shape: 4, near: 5 } as const
export const WIDTH = PLACE.near + 4 + NUMBERS + 1

/**
 * Prior of each weight of "nothing against animal": what it is before any mark, besides the detector's confidence, and
 * how far it may be expected to lie from that (standard deviation). Those of the vector are small, because 32 numbers
 * would otherwise explain the first 20 marks by chance. Chosen on generated cameras that no figure is quoted of.
 */
export const PRIOR: { mean: Float64Array; spread: Float64Array } = (() => {
  const mean = new Float64Array(WIDTH)
  const spread = new Float64Array(WIDTH).fill(0.1)
  spread.fill(0.3, 0, PLACE.near)
  mean.set([3, -3, 3, -3], PLACE.near)
  spread.fill(2, PLACE.near, PLACE.near + 4)
  spread[WIDTH - 1] = 1
  return { mean, spread }
})()

export const logOdds = (confidence: number | null): number => {
  const sure = Math.min(1 - CERTAIN, Math.max(CERTAIN, confidence ?? DRAWN))
  return Math.log(sure / (1 - sure))
}

type OfCamera = { animals: Judged; others: Judged; trust: number }
/** Sides of boxes and directions of vectors, one after the other. */
type Judged = { ids: number[]; boxes: Float64Array; directions: Float64Array }

const noneJudged = (): Judged => ({
  ids: [],
  boxes: new Float64Array(COMPARED * 4),
  directions: new Float64Array(COMPARED * NUMBERS),
})

/** `marks`: the boxes that people judged, mixed. The result fills rows of `WIDTH`. */
export function lookWith(marks: readonly (BoxFacts & { kind: string })[]): Look {
  const cameras = new Map<string, OfCamera>()
  // Used again for every box, because thousands are looked at.
  const direction = new Float64Array(NUMBERS)
  for (const mark of marks) {
    const of = cameras.get(mark.camera) ?? { animals: noneJudged(), others: noneJudged(), trust: 0 }
    cameras.set(mark.camera, of)
    const { ids, boxes, directions } = mark.kind === 'animal' ? of.animals : of.others
    if (ids.length === COMPARED) continue
    boxes.set(mark.bbox, ids.length * 4)
    directionOf(mark.vector, direction)
    directions.set(direction, ids.length * NUMBERS)
    ids.push(mark.id)
  }
  for (const of of cameras.values()) {
    const judged = of.animals.ids.length + of.others.ids.length
    of.trust = judged / (judged + FEW)
  }
  return (box, row) => {
    const [x, y, width, height] = box.bbox
    row[PLACE.confidence] = logOdds(box.confidence)
    row[PLACE.area] = (Math.log(Math.max(1e-6, width * height)) - AREA.middle) / AREA.spread
    row[PLACE.height] = y + height / 2 - 0.5
    row[PLACE.side] = Math.abs(x + width / 2 - 0.5) - 0.25
    row[PLACE.shape] = Math.log(Math.max(1e-3, width) / Math.max(1e-3, height))
    const of = cameras.get(box.camera)
    if (of) directionOf(box.vector, direction)
    near(box, direction, of?.others, row, PLACE.near)
    near(box, direction, of?.animals, row, PLACE.near + 1)
    for (const likeness of [2, 3]) row[PLACE.near + likeness]! *= of?.trust ?? 0
    const from = PLACE.near + 4
    for (let i = 0; i < NUMBERS; i++) row[from + i] = box.vector[i] ?? 0
    row[WIDTH - 1] = 1
  }
}

/** The largest overlap, and two places on the square of the largest cosine. */
function near(box: BoxFacts, direction: Float64Array, judged: Judged | undefined, row: Float64Array, at: number): void {
  let [place, likeness] = [0, 0]
  if (judged !== undefined) {
    const { ids, boxes, directions } = judged
    const [x, y, width, height] = box.bbox
    for (let k = 0; k < ids.length; k++) {
      if (ids[k] === box.id) continue
      const at = k * 4
      const [left, top, wide, high] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!]
      const across = Math.min(x + width, left + wide) - Math.max(x, left)
      const down = Math.min(y + height, top + high) - Math.max(y, top)
      if (across > 0 && down > 0) {
        const both = across * down
        place = Math.max(place, both / (width * height + wide * high - both))
      }
      const cosine = dot(direction, directions, k * NUMBERS)
      if (cosine > likeness) likeness = cosine
    }
  }
  row[at] = place
  row[at + 2] = likeness ** 2
}

/** Four sums, because each addition to one sum waits for the last. */
function dot(a: Float64Array, many: Float64Array, from: number): number {
  let [p, q, r, s] = [0, 0, 0, 0]
  for (let i = 0; i < NUMBERS; i += 4) {
    p += a[i]! * many[from + i]!
    q += a[i + 1]! * many[from + i + 1]!
    r += a[i + 2]! * many[from + i + 2]!
    s += a[i + 3]! * many[from + i + 3]!
  }
  return p + q + (r + s)
}

function directionOf(vector: ArrayLike<number>, into: Float64Array): void {
  let squares = 0
  for (let i = 0; i < NUMBERS; i++) {
    into[i] = vector[i] ?? 0
    squares += into[i]! ** 2
  }
  const length = Math.sqrt(squares)
  if (length > 0) for (let i = 0; i < NUMBERS; i++) into[i]! /= length
}

/** By a hash of their ids (Knuth's), so that the first ones are a sample that further boxes hardly change. */
export function mixed<Box extends { id: number }>(boxes: readonly Box[]): Box[] {
  const hashOf = ({ id }: Box) => Math.imul(id, 2654435761) >>> 0
  return [...boxes].sort((one, other) => hashOf(one) - hashOf(other) || one.id - other.id)
}
