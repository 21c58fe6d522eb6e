// The overlap of two species' activity, as R's `overlap` estimates it, and its interval: as many times as there were,
// drawn again and again from the fitted curves (a smoothed bootstrap). Draws are counts on a grid of the day, so two
// species with 100,000 events each take as long as two with fifty.

import { random } from '../../../classifiers/seeded-random.ts'
import {
  type ActivityCurve,
  activityCurve,
  GRID,
  kernelOf,
  MIN_EVENTS,
  middlesOf,
  sampleCurve,
  type Weighted,
} from './activity.ts'

/** From here on the overlap is estimated at the data (Dhat4), below on the grid (Dhat1). */
const MANY_EVENTS = 50
const BOOTSTRAPS = 1000
const PARTS = 256
/** Means from here on are drawn as normal deviates, rounded. */
const MANY = 50
/** Below this share of its peak a kernel counts as nothing. */
const NOTHING = 1e-7

export type Overlap = {
  /** 0..1: the area under both curves. */
  overlap: number
  /** 95 % interval of the smoothed bootstrap, percentiles. */
  low: number
  high: number
  estimator: Estimator
}

export type Estimator = 'Dhat1' | 'Dhat4'

/** Null with fewer than MIN_EVENTS times on either side. Seeded: equal times give equal intervals. */
export function activityOverlap(a: readonly number[], b: readonly number[], bootstraps = BOOTSTRAPS): Overlap | null {
  const fewest = Math.min(a.length, b.length)
  if (fewest < MIN_EVENTS) return null
  const estimator = fewest >= MANY_EVENTS ? 'Dhat4' : 'Dhat1'
  const drawn = overlapsOfDraws(a, b, estimator, bootstraps)
  const at = (share: number) => drawn[Math.min(drawn.length - 1, Math.floor(drawn.length * share))]!
  const overlap = estimator === 'Dhat4' ? overlapAtData(a, b) : overlapOnGrid(a, b)
  return { overlap, low: at(0.025), high: at(0.975), estimator }
}

function overlapOnGrid(a: readonly number[], b: readonly number[]): number {
  const [f, g] = [sampleCurve(activityCurve(a, 0.8)), sampleCurve(activityCurve(b, 0.8))]
  return (f.reduce((sum, value, k) => sum + Math.min(value, g[k]!), 0) * 2 * Math.PI) / GRID
}

function overlapAtData(a: readonly number[], b: readonly number[]): number {
  // Read off the grid: at thousands of times a curve per bootstrap would cost their square.
  const [f, g] = [interpolated(activityCurve(a)), interpolated(activityCurve(b))]
  const half = (times: readonly number[], own: ActivityCurve, other: ActivityCurve) =>
    times.reduce((sum, t) => sum + Math.min(1, other(t) / own(t)), 0) / times.length
  return (half(a, f, g) + half(b, g, f)) / 2
}

function interpolated(curve: ActivityCurve): ActivityCurve {
  const values = sampleCurve(curve, 2 * GRID)
  return (radians) => {
    const place = ((((radians / (2 * Math.PI)) % 1) + 1) % 1) * values.length
    const low = Math.floor(place)
    const [from, to] = [values[low % values.length]!, values[(low + 1) % values.length]!]
    return from + (to - from) * (place - low)
  }
}

/** Overlaps of so many draws, in ascending order. */
function overlapsOfDraws(a: readonly number[], b: readonly number[], estimator: Estimator, draws: number): number[] {
  const next = random(a.length * 31 + b.length)
  const [ofA, ofB] = [sharesOf(a), sharesOf(b)]
  const adjust = estimator === 'Dhat1' ? 0.8 : 1
  const overlaps = Array.from({ length: draws }, () => {
    const [countsA, countsB] = [drawCounts(ofA, a.length, next), drawCounts(ofB, b.length, next)]
    const [f, g] = [smoothed(countsA, a.length, adjust), smoothed(countsB, b.length, adjust)]
    if (estimator === 'Dhat1') return f.reduce((sum, value, k) => sum + Math.min(value, g[k]!), 0)
    return (meanRatio(countsA, a.length, f, g) + meanRatio(countsB, b.length, g, f)) / 2
  })
  return overlaps.sort((x, y) => x - y)
}

/** Which share of the fitted curve lies in each part of the day. */
function sharesOf(times: readonly number[]): Float64Array {
  const shares = middlesOf(PARTS).map(activityCurve(times))
  const sum = shares.reduce((a, b) => a + b, 0)
  return shares.map((value) => value / sum)
}

/** A multinomial draw, part by part. */
function drawCounts(shares: Float64Array, total: number, next: () => number): Float64Array {
  const counts = new Float64Array(PARTS)
  let [left, shareLeft] = [total, 1]
  for (let k = 0; k < PARTS - 1 && left > 0; k++) {
    const drawn = drawBinomial(left, Math.min(1, shares[k]! / shareLeft), next)
    counts[k] = drawn
    left -= drawn
    shareLeft = Math.max(Number.MIN_VALUE, shareLeft - shares[k]!)
  }
  counts[PARTS - 1]! += left
  return counts
}

function drawBinomial(n: number, p: number, next: () => number): number {
  if (p >= 1) return n
  const mean = n * p
  if (mean >= MANY && n - mean >= MANY) {
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
    return Math.min(n, Math.max(0, Math.round(mean + normal * Math.sqrt(mean * (1 - p)))))
  }
  if (p > 0.5) return n - drawBinomial(n, 1 - p, next)
  // By inversion: few steps, because the mean is small.
  let [at, chance, sum] = [0, (1 - p) ** n, 0]
  const wanted = next()
  for (; at < n; at++) {
    sum += chance
    if (wanted < sum) break
    chance *= ((n - at) / (at + 1)) * (p / (1 - p))
  }
  return at
}

const middles = middlesOf(PARTS)

/** The counts' own curve, as shares that add up to 1. */
function smoothed(counts: Float64Array, total: number, adjust: number): Float64Array {
  const sample: Weighted = { times: middles, weights: counts, total }
  const bandwidth = kernelOf(sample) / adjust
  const kernel: number[] = []
  for (let d = 0; d <= PARTS / 2; d++) {
    const value = Math.exp(bandwidth * (Math.cos((2 * Math.PI * d) / PARTS) - 1))
    if (value < NOTHING) break
    kernel.push(value)
  }
  const reach = kernel.length - 1
  const values = new Float64Array(PARTS)
  let sum = 0
  for (let k = 0; k < PARTS; k++) {
    const weight = counts[k]!
    if (weight === 0) continue
    for (let d = -reach; d <= reach; d++) {
      // The part half a day away is one part, not two.
      if (d === -PARTS / 2) continue
      values[(k + d) & (PARTS - 1)]! += weight * kernel[Math.abs(d)]!
    }
  }
  for (const value of values) sum += value
  return values.map((value) => value / sum)
}

function meanRatio(counts: Float64Array, total: number, own: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let k = 0; k < PARTS; k++) if (counts[k]! > 0) sum += counts[k]! * Math.min(1, other[k]! / own[k]!)
  return sum / total
}
