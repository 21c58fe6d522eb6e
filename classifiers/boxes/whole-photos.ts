// Whether a photo in which the detector boxed nothing shows an animal after all: how much of the whole photo the photos
// explain that people saw at the same camera and marked empty. A camera of which few are marked is not judged.
// The answer is a function of the set of marks alone, so taking a mark back takes back all that it taught.

import { cholesky, packedLength, packedRow, solve, whiten } from '../fitting/covariance.ts'
import { fitOffsets } from './fit-offsets.ts'
import { mixed } from './look.ts'

export type PhotoFacts = {
  id: number
  /** Photos of one burst have the same one: they are almost the same picture. */
  groupKey: string
  /** Photos of one camera have the same one. */
  camera: string
  /** What background.ts makes of its vector; empty where there is none. */
  background: Float32Array
}
export type PhotoMark = PhotoFacts & { hasAnimal: boolean }
export type PhotoJudge = {
  marks: number
  /** The probability that it shows an animal; null where too few photos of its camera are marked empty. */
  animal(photo: PhotoFacts): number | null
  /** The same of a photo of which nothing is known. */
  anyAnimal: number
}

/** Marked photos of one camera and verdict that others are compared with: those of the smallest hash. */
const COMPARED = 32
/** A camera with fewer marked empty photos is not judged: its photos without a box are looked at. */
export const LEAST_EMPTY = 5
/** With so many empty photos of a camera, what they say counts half. */
const FEW = 6
/** Share of a photo that is noise, besides which the empty photos may explain it. */
const NOISE = 0.003
/** What the others leave unexplained of an empty photo, before the camera's own say; it counts as so many of them. */
const USUAL = { unexplained: 0.06, count: 4 }

/** What a row holds. */
const PLACE = { unlike: 0, likeAnimals: 1, always: 2 } as const
const WIDTH = 3
/**
 * Prior of each weight of the log odds of "an animal", and how far it may be expected to lie from that. Chosen on
 * generated cameras that no figure is quoted of.
 */
const PRIOR = {
  mean: new Float64Array([2, 0.5, -1.5]),
  spread: new Float64Array([1, 0.5, 1]),
}
/** Standard deviation of the log odds between cameras. */
const CAMERA_SPREAD = 0.7
const STEPS = 20
const SETTLED = 0.01

/** Photos of one camera and verdict, their cosines with noise on the diagonal, and the Cholesky factor of these. */
type Compared = {
  photos: readonly PhotoFacts[]
  cosines: Float64Array
  factor: Float64Array
  /** By a photo's id: the logarithm of what all others leave unexplained of it. */
  left: Map<number, number>
  /** How many there are of each burst, and the photos without those of a burst. */
  bursts: Map<string, number>
  without: Map<string, Compared>
}
type OfCamera = {
  index: number
  empty: Compared
  animals: Compared
  /** Logarithm of what is usually unexplained of an empty photo. */
  usual: number
  /** How many empty ones there are, and how far they are believed. */
  count: number
  trust: number
}

export function fitPhotoJudge(unsorted: readonly PhotoMark[]): PhotoJudge {
  // The order in which marks are given must not show in the last digits either.
  const marks = mixed(unsorted.filter(({ background }) => background.length > 0))
  const cameras = camerasOf(marks)
  const known = marks.flatMap((mark) => {
    const of = cameras.get(mark.camera)
    return of ? [{ mark, of, row: rowOf(mark, of, unexplainedByOthers) }] : []
  })
  const weights = PRIOR.mean.slice()
  const offsets = new Float64Array(cameras.size)
  if (known.length > 0)
    fitOffsets({
      rows: known.map(({ row }) => row),
      camera: Int32Array.from(known, ({ of }) => of.index),
      cameras: cameras.size,
      isKind: Uint8Array.from(known, ({ mark }) => Number(mark.hasAnimal)),
      score: Float64Array.from(known, ({ row }) => dot(row, weights)),
      others: new Float64Array(known.length),
      prior: PRIOR,
      cameraSpread: CAMERA_SPREAD,
      weights,
      offsets,
      steps: STEPS,
      settled: SETTLED,
    })
  return {
    marks: marks.length,
    anyAnimal: 1 / (1 + Math.exp(-weights[PLACE.always]!)),
    animal(photo) {
      const of = cameras.get(photo.camera)
      if (of === undefined || of.count < LEAST_EMPTY || photo.background.length === 0) return null
      return 1 / (1 + Math.exp(-dot(rowOf(photo, of, unexplained), weights) - offsets[of.index]!))
    },
  }
}

/** Those at which somebody marked a photo empty. */
function camerasOf(marks: readonly PhotoMark[]): Map<string, OfCamera> {
  const photos = new Map<string, { empty: PhotoMark[]; animals: PhotoMark[] }>()
  for (const mark of marks) {
    const of = photos.get(mark.camera) ?? { empty: [], animals: [] }
    photos.set(mark.camera, of)
    const same = mark.hasAnimal ? of.animals : of.empty
    if (same.length < COMPARED) same.push(mark)
  }
  const cameras = new Map<string, OfCamera>()
  for (const [name, { empty, animals }] of photos) {
    if (empty.length === 0) continue
    const of: OfCamera = {
      index: cameras.size,
      empty: compareAll(empty),
      animals: compareAll(animals),
      usual: Math.log(USUAL.unexplained),
      count: empty.length,
      trust: empty.length / (empty.length + FEW),
    }
    let [sum, count] = [USUAL.count * of.usual, USUAL.count]
    for (const photo of empty) {
      const left = unexplainedByOthers(photo, of.empty)
      if (left === null) continue
      sum += left
      count++
    }
    of.usual = sum / count
    cameras.set(name, of)
  }
  return cameras
}

function compare(photos: readonly PhotoFacts[], cosine: (i: number, j: number) => number): Compared {
  const cosines = new Float64Array(packedLength(photos.length))
  for (let i = 0; i < photos.length; i++) for (let j = 0; j <= i; j++) cosines[packedRow(i) + j] = cosine(i, j)
  const bursts = new Map<string, number>()
  for (const { groupKey } of photos) bursts.set(groupKey, (bursts.get(groupKey) ?? 0) + 1)
  return { photos, cosines, factor: cholesky(cosines, photos.length), left: new Map(), bursts, without: new Map() }
}

const compareAll = (photos: readonly PhotoFacts[]): Compared =>
  withLeft(compare(photos, (i, j) => cosineOf(photos[i]!, photos[j]!) + (i === j ? NOISE : 0)))

/** All at once, by the diagonal of the inverse (Rasmussen and Williams 2006, 5.12). */
function withLeft(compared: Compared): Compared {
  const { photos, factor, left } = compared
  if (photos.length < 2) return compared
  const columns = photos.map((_, i) => new Float64Array(photos.length).fill(1, i, i + 1))
  solve(factor, columns)
  for (const [i, { id }] of photos.entries()) left.set(id, -Math.log(columns[i]![i]!))
  return compared
}

/** A marked photo is not compared with its own burst, because each would be known by its neighbours. */
function unexplainedByOthers(mark: PhotoFacts, all: Compared): number | null {
  const ofBurst = all.bursts.get(mark.groupKey) ?? 0
  if (ofBurst === 0) return unexplained(mark, all)
  const known = all.left.get(mark.id)
  if (ofBurst === 1 && known !== undefined) return known
  const others = all.without.get(mark.groupKey) ?? withoutBurst(all, mark.groupKey)
  all.without.set(mark.groupKey, others)
  return unexplained(mark, others)
}

function withoutBurst({ photos, cosines }: Compared, burst: string): Compared {
  const left = photos.flatMap(({ groupKey }, i) => (groupKey === burst ? [] : [i]))
  return compare(
    left.map((i) => photos[i]!),
    (i, j) => cosines[packedRow(left[i]!) + left[j]!]!,
  )
}

function rowOf(
  photo: PhotoFacts,
  { empty, animals, usual, trust }: OfCamera,
  left: (photo: PhotoFacts, by: Compared) => number | null,
): Float64Array {
  const row = new Float64Array(WIDTH)
  const [byEmpty, byAnimals] = [left(photo, empty), left(photo, animals)]
  if (byEmpty !== null) row[PLACE.unlike] = trust * (byEmpty - usual)
  if (byAnimals !== null) row[PLACE.likeAnimals] = trust * Math.max(0, usual - byAnimals)
  row[PLACE.always] = 1
  return row
}

/**
 * The logarithm of the share of a photo that is no mixture of these (the variance that a Gaussian process of their
 * cosines leaves: Rasmussen and Williams 2006, 2.26); null where there are none.
 */
function unexplained(photo: PhotoFacts, { photos, factor }: Compared): number | null {
  if (photos.length === 0) return null
  const cosines = photos.map((other) => cosineOf(photo, other))
  const whitened = whiten(factor, cosines)
  return Math.log(Math.max(0, 1 - dot(whitened, whitened)) + NOISE)
}

/** Four sums, because each addition to one sum waits for the last. */
function cosineOf({ background: a }: PhotoFacts, { background: b }: PhotoFacts): number {
  let [p, q, r, s] = [0, 0, 0, 0]
  for (let i = 0; i < b.length; i += 4) {
    p += a[i]! * b[i]!
    q += a[i + 1]! * b[i + 1]!
    r += a[i + 2]! * b[i + 2]!
    s += a[i + 3]! * b[i + 3]!
  }
  return p + q + (r + s)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!
  return sum
}
