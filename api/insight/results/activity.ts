// When animals are active: a kernel density of times of day on the circle, as in R's `overlap` (Ridout and Linkie
// 2009; bandwidth of Taylor 2008). Times are radians, 0 at midnight, or at sunrise - pi/2 for sun time.

import { DAY_MS } from '../../interchange/local-time.ts'

/** Below this number of events a curve says more about chance than about animals (next to all authors ask for more). */
export const MIN_EVENTS = 20
/** Steps of the day at which curves are drawn. */
export const GRID = 128

export const radiansOfDay = (clockMs: number): number => ((clockMs % DAY_MS) / DAY_MS) * 2 * Math.PI

/** A fitted curve: density per radian at any time of day. */
export type ActivityCurve = (radians: number) => number

/** exp(-x) I_n(x), by the trapezoid rule, which is exact to rounding on a periodic integrand of this smoothness. */
export function scaledBessel(n: number, x: number): number {
  const steps = 64 + Math.ceil(8 * Math.sqrt(x))
  let sum = 0
  for (let k = 0; k < steps; k++) {
    const angle = (2 * Math.PI * k) / steps
    sum += Math.exp(x * (Math.cos(angle) - 1)) * Math.cos(n * angle)
  }
  return sum / steps
}

/** Times of the day and how often each occurs. */
export type Weighted = { times: ArrayLike<number>; weights: ArrayLike<number>; total: number }

/** From here on times count by the minute: a curve costs as much as there are different ones. */
const MANY_TIMES = 1440

function weighted(times: readonly number[]): Weighted {
  const { length } = times
  if (length <= MANY_TIMES) return { times, weights: new Float64Array(length).fill(1), total: length }
  return { times: middlesOf(MANY_TIMES), weights: countsIn(times, MANY_TIMES), total: length }
}

/** The middle of each of so many equal parts of the day. */
export const middlesOf = (parts: number) =>
  Float64Array.from({ length: parts }, (_, k) => ((k + 0.5) * 2 * Math.PI) / parts)

/** How many times fall into each part. */
function countsIn(times: readonly number[], parts: number): Float64Array {
  const counts = new Float64Array(parts)
  for (const time of times) {
    const turns = time / (2 * Math.PI)
    counts[Math.min(parts - 1, Math.floor((turns - Math.floor(turns)) * parts))]!++
  }
  return counts
}

/**
 * Largest of the concentrations that the first three trigonometric moments suggest (kmax 3); 0 for times spread evenly.
 */
function concentrationOf({ times, weights, total }: Weighted): number {
  let largest = 0
  for (let k = 1; k <= 3; k++) {
    let [c, s] = [0, 0]
    for (let i = 0; i < times.length; i++) {
      c += weights[i]! * Math.cos(k * times[i]!)
      s += weights[i]! * Math.sin(k * times[i]!)
    }
    // As overlap does it: the k-th moment about its own direction, matched to a von Mises' k-th moment.
    largest = Math.max(largest, solveConcentration(k, Math.hypot(c, s) / total))
  }
  return largest
}

function solveConcentration(k: number, moment: number): number {
  let [low, high] = [1e-4, 100]
  if (moment <= besselRatio(k, low)) return 0
  if (moment >= besselRatio(k, high)) return high
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (besselRatio(k, middle) < moment) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** I_n(x) / I_0(x) by the backward recurrence of I_m / I_(m-1), which forgets where it began. */
function besselRatio(n: number, x: number): number {
  let [ratio, product] = [0, 1]
  for (let m = Math.ceil(x) + 40; m >= 1; m--) {
    ratio = 1 / ((2 * m) / x + ratio)
    if (m <= n) product *= ratio
  }
  return product
}

/**
 * The kernel's concentration (a larger one is narrower): the optimum for a von Mises sample of this size and
 * concentration.
 */
export const bandwidthOf = (times: readonly number[]): number => kernelOf(weighted(times))

export function kernelOf(sample: Weighted): number {
  const kappa = concentrationOf(sample)
  if (kappa === 0) return 1e-4
  const wide = scaledBessel(2, 2 * kappa) / scaledBessel(0, kappa) ** 2
  return ((3 * sample.total * kappa ** 2 * wide) / (4 * Math.sqrt(Math.PI))) ** (2 / 5)
}

/** `adjust` divides the bandwidth: 1 for curves, 0.8 with Dhat1. */
export function activityCurve(sample: readonly number[], adjust = 1): ActivityCurve {
  const of = weighted(sample)
  const { times, weights, total } = of
  const bandwidth = kernelOf(of) / adjust
  const scale = 1 / (2 * Math.PI * scaledBessel(0, bandwidth) * total)
  return (at) => {
    let sum = 0
    for (let i = 0; i < times.length; i++) {
      const weight = weights[i]!
      if (weight > 0) sum += weight * Math.exp(bandwidth * (Math.cos(at - times[i]!) - 1))
    }
    return sum * scale
  }
}

/** The curve's values at equal steps of the day, the first at midnight. */
export function sampleCurve(curve: ActivityCurve, points = GRID): number[] {
  return Array.from({ length: points }, (_, k) => curve((2 * Math.PI * k) / points))
}
