// When animals are active: a kernel density of times of day on the circle, and the overlap of two such curves, as in
// R's `overlap` (Ridout and Linkie 2009; bandwidth of Taylor 2008). Times are radians, 0 at midnight, or at sunrise -
// pi/2 for sun time.

import { random } from '../../../classifiers/seeded-random.ts'
import { DAY_MS } from '../../interchange/local-time.ts'

/** Below this number of events a curve says more about chance than about animals (next to all authors ask for more). */
export const MIN_EVENTS = 20
/** From here on the overlap is estimated at the data (Dhat4), below on the grid (Dhat1). */
const MANY_EVENTS = 50
const GRID = 128
const BOOTSTRAPS = 1000

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

/**
 * Largest of the concentrations that the first three trigonometric moments suggest (kmax 3); 0 for times spread evenly.
 */
function concentrationOf(times: readonly number[]): number {
  let largest = 0
  for (let k = 1; k <= 3; k++) {
    const [c, s] = times.reduce(([a, b], t) => [a + Math.cos(k * t), b + Math.sin(k * t)], [0, 0])
    const centre = Math.atan2(s, c)
    // As overlap does it: the k-th moment about its own direction, matched to a von Mises' k-th moment.
    const moment = times.reduce((sum, t) => sum + Math.cos(k * t - centre), 0) / times.length
    largest = Math.max(largest, solveConcentration(k, moment))
  }
  return largest
}

function solveConcentration(k: number, moment: number): number {
  const ratio = (kappa: number) => scaledBessel(k, kappa) / scaledBessel(0, kappa)
  let [low, high] = [1e-4, 100]
  if (moment <= ratio(low)) return 0
  if (moment >= ratio(high)) return high
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (ratio(middle) < moment) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * The kernel's concentration (a larger one is narrower): the optimum for a von Mises sample of this size and
 * concentration.
 */
export function bandwidthOf(times: readonly number[]): number {
  const kappa = concentrationOf(times)
  if (kappa === 0) return 1e-4
  const wide = scaledBessel(2, 2 * kappa) / scaledBessel(0, kappa) ** 2
  return ((3 * times.length * kappa ** 2 * wide) / (4 * Math.sqrt(Math.PI))) ** (2 / 5)
}

/** `adjust` divides the bandwidth: 1 for curves, 0.8 with Dhat1. */
export function activityCurve(times: readonly number[], adjust = 1): ActivityCurve {
  const bandwidth = bandwidthOf(times) / adjust
  const scale = 1 / (2 * Math.PI * scaledBessel(0, bandwidth) * times.length)
  return (at) => {
    let sum = 0
    for (const time of times) sum += Math.exp(bandwidth * (Math.cos(at - time) - 1))
    return sum * scale
  }
}

/** The curve's values at equal steps of the day, the first at midnight. */
export function sampleCurve(curve: ActivityCurve, points = GRID): number[] {
  return Array.from({ length: points }, (_, k) => curve((2 * Math.PI * k) / points))
}

export type Overlap = {
  /** 0..1: the area under both curves. */
  overlap: number
  /** 95 % interval of the smoothed bootstrap, percentiles. */
  low: number
  high: number
  estimator: 'Dhat1' | 'Dhat4'
}

/** Null with fewer than MIN_EVENTS times on either side. Seeded: equal times give equal intervals. */
export function activityOverlap(a: readonly number[], b: readonly number[], bootstraps = BOOTSTRAPS): Overlap | null {
  const fewest = Math.min(a.length, b.length)
  if (fewest < MIN_EVENTS) return null
  const estimator = fewest >= MANY_EVENTS ? 'Dhat4' : 'Dhat1'
  const estimate = estimator === 'Dhat4' ? overlapAtData : overlapOnGrid
  const next = random(a.length * 31 + b.length)
  const drawn = Array.from({ length: bootstraps }, () => estimate(smoothedDraw(a, next), smoothedDraw(b, next))).sort(
    (x, y) => x - y,
  )
  const at = (share: number) => drawn[Math.min(drawn.length - 1, Math.floor(drawn.length * share))]!
  return { overlap: estimate(a, b), low: at(0.025), high: at(0.975), estimator }
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

/** As many times as there were, drawn from the fitted curve: a time of the sample moved by a draw from the kernel. */
function smoothedDraw(times: readonly number[], next: () => number): number[] {
  const bandwidth = bandwidthOf(times)
  return times.map(() => times[Math.floor(next() * times.length)]! + drawVonMises(bandwidth, next))
}

/** Best and Fisher 1979. */
function drawVonMises(kappa: number, next: () => number): number {
  if (kappa < 1e-3) return (next() - 0.5) * 2 * Math.PI
  const tau = 1 + Math.sqrt(1 + 4 * kappa ** 2)
  const rho = (tau - Math.sqrt(2 * tau)) / (2 * kappa)
  const r = (1 + rho ** 2) / (2 * rho)
  for (;;) {
    const z = Math.cos(Math.PI * next())
    const f = (1 + r * z) / (r + z)
    const c = kappa * (r - f)
    const u = next()
    if (c * (2 - c) > u || Math.log(c / u) + 1 >= c) return Math.sign(next() - 0.5) * Math.acos(f)
  }
}
