// Belief propagation (Pearl 1988) between a taxon and its parent: Gaussian messages, a precision and a weighted mean
// per dimension. Sums and messages are in units (exact.ts). Beliefs are pure functions of them, so equal sums give
// equal beliefs.

import { type Exact, PER_UNIT, whole } from './exact.ts'

/** Examples of a taxon itself, not of taxa below it. */
export type Direct = {
  groups: Map<string, { count: number; sum: Exact }>
  count: number
  /** Effective number of examples, in units. */
  weight: number
  /** Weighted sum of whitened examples, in units. */
  sum: Exact
}

/** A taxon with an example at or below it. */
export type Node = {
  id: number
  rankLevel: number
  parent: Node | null
  /** Taught children by taxon id. */
  children: Map<number, Node>
  /** Examples at or below. */
  count: number
  /** Groups of examples at or below; a group that teaches two taxa counts at each. */
  groups: number
  direct: Direct | null
  /** This taxon's step away from its parent, as a share of the variance between species. */
  step: number
  /** The variance of species below this taxon, as a share of that between all species; 0 at a leaf. */
  below: number
  /**
   * Sum of its children's messages and of its own examples' (as one unseen child). Null at a leaf, whose sums say it
   * all.
   */
  totals: { precision: Float64Array; mean: Float64Array } | null
  /** The message from above: precision and weighted mean, computed when scoring reaches it, valid at version `at`. */
  prior: { precision: Float32Array; mean: Float32Array; at: number } | null
  /** Densities prepared for scoring, valid at version `at`. */
  known: Density | null
  novel: Density | null
}

/** log density of x = constant - 1/2 sum (x - mean)^2 * inverse, without the constant that all densities share. */
export type Density = { mean: Float32Array; inverse: Float32Array; constant: number; at: number }

/** Precision and weighted mean per dimension, in units. */
export type Message = { precision: Float64Array; mean: Float64Array }

export function newMessage(size: number): Message {
  return { precision: new Float64Array(size), mean: new Float64Array(size) }
}

/**
 * The message of a taxon's own examples. At a leaf: their number and sum. At an inner taxon they count as one unseen
 * child of variance `below * b`, with precision 1 / (below b + 1/n).
 */
export function directMessage(node: Node, between: Float64Array, out: Message): void {
  const { precision, mean } = out
  const direct = node.direct
  if (!direct) {
    precision.fill(0)
    mean.fill(0)
  } else if (node.below === 0) {
    precision.fill(direct.weight)
    for (let i = 0; i < mean.length; i++) mean[i] = direct.sum[i]!
  } else passUp(direct.weight, direct.sum, node.below, between, out)
}

/**
 * The message to the parent: precision l = 1 / (step b + 1/L), where L is the taxon's own precision, and l times its
 * mean.
 */
export function upwardMessage(node: Node, between: Float64Array, out: Message): void {
  if (node.totals) passUp(node.totals.precision, node.totals.mean, node.step, between, out)
  else if (node.direct) passUp(node.direct.weight, node.direct.sum, node.step, between, out)
  else {
    out.precision.fill(0)
    out.mean.fill(0)
  }
}

function passUp(weights: number | Float64Array, sums: Exact, share: number, between: Float64Array, out: Message): void {
  const { precision, mean } = out
  const perUnit = share * PER_UNIT
  if (typeof weights === 'number') {
    for (let i = 0; i < mean.length; i++) {
      const scale = 1 / (1 + perUnit * between[i]! * weights)
      precision[i] = whole(weights * scale)
      mean[i] = whole(sums[i]! * scale)
    }
  } else {
    for (let i = 0; i < mean.length; i++) {
      const weight = weights[i]!
      const scale = 1 / (1 + perUnit * between[i]! * weight)
      precision[i] = whole(weight * scale)
      mean[i] = whole(sums[i]! * scale)
    }
  }
}

/**
 * The message from the parent: its belief without the node's own upward message `own` (which would count twice), one
 * step further down. The parent's must be up to date.
 */
export function updatePrior(node: Node, between: Float64Array, own: Message, at: number): void {
  const parent = node.parent!
  const above = parent.prior!
  const totals = parent.totals!
  node.prior ??= { precision: new Float32Array(between.length), mean: new Float32Array(between.length), at }
  const { precision, mean } = node.prior
  for (let i = 0; i < between.length; i++) {
    const without = above.precision[i]! + (totals.precision[i]! - own.precision[i]!) * PER_UNIT
    const scale = 1 / (1 + node.step * between[i]! * without)
    precision[i] = without * scale
    mean[i] = (above.mean[i]! + (totals.mean[i]! - own.mean[i]!) * PER_UNIT) * scale
  }
  node.prior.at = at
}

/** Density of an animal like the node's own examples; `direct` is the node's direct message (inner taxa only). */
export function knownDensity(node: Node, between: Float64Array, direct: Message, at: number): Density {
  const density = reuse(node.known, between.length, at)
  const { precision, mean } = node.prior!
  const { weight, sum } = node.direct!
  const n = weight * PER_UNIT
  const totals = node.totals
  let logs = 0
  let product = 1
  for (let i = 0; i < between.length; i++) {
    let p = precision[i]!
    let m = mean[i]!
    if (totals) {
      const without = p + (totals.precision[i]! - direct.precision[i]!) * PER_UNIT
      const scale = 1 / (1 + node.below * between[i]! * without)
      m = (m + (totals.mean[i]! - direct.mean[i]!) * PER_UNIT) * scale
      p = without * scale
    }
    const variance = 1 / (p + n)
    density.mean[i] = (m + sum[i]! * PER_UNIT) * variance
    density.inverse[i] = 1 / (1 + variance)
    product *= 1 + variance
    if ((i & 15) === 15) {
      logs += Math.log(product)
      product = 1
    }
  }
  density.constant = -0.5 * (logs + Math.log(product))
  return density
}

/** Density of an animal of a new child of an inner taxon: the taxon's belief, widened by all the variance below it. */
export function novelDensity(node: Node, between: Float64Array, at: number): Density {
  const density = reuse(node.novel, between.length, at)
  const { precision, mean } = node.prior!
  const totals = node.totals!
  let logs = 0
  let product = 1
  for (let i = 0; i < between.length; i++) {
    const variance = 1 / (precision[i]! + totals.precision[i]! * PER_UNIT)
    const spread = 1 + variance + node.below * between[i]!
    density.mean[i] = (mean[i]! + totals.mean[i]! * PER_UNIT) * variance
    density.inverse[i] = 1 / spread
    product *= spread
    if ((i & 15) === 15) {
      logs += Math.log(product)
      product = 1
    }
  }
  density.constant = -0.5 * (logs + Math.log(product))
  return density
}

export function logDensity(density: Density, x: Float64Array): number {
  const { mean, inverse } = density
  let squares = 0
  for (let i = 0; i < x.length; i++) {
    const difference = x[i]! - mean[i]!
    squares += difference * difference * inverse[i]!
  }
  return density.constant - 0.5 * squares
}

/**
 * `updatePrior`, `knownDensity` and `logDensity` in one pass, for a leaf that is scored once: nothing is stored.
 * Differs from the stored way by the rounding of stored numbers to float32.
 */
export function leafLogDensity(node: Node, between: Float64Array, x: Float64Array): number {
  const { weight, sum } = node.direct!
  const above = node.parent!.prior!
  const totals = node.parent!.totals!
  const n = weight * PER_UNIT
  let squares = 0
  let logs = 0
  let product = 1
  for (let i = 0; i < x.length; i++) {
    const variance = node.step * between[i]!
    const own = 1 / (1 + variance * n)
    const precision = above.precision[i]! + (totals.precision[i]! - whole(weight * own)) * PER_UNIT
    const mean = above.mean[i]! + (totals.mean[i]! - whole(sum[i]! * own)) * PER_UNIT
    const scale = 1 / (1 + variance * precision)
    const spread = 1 / (precision * scale + n)
    const difference = x[i]! - (mean * scale + sum[i]! * PER_UNIT) * spread
    squares += (difference * difference) / (1 + spread)
    product *= 1 + spread
    if ((i & 15) === 15) {
      logs += Math.log(product)
      product = 1
    }
  }
  return -0.5 * (squares + logs + Math.log(product))
}

/** `novelDensity` and `logDensity` in one pass. */
export function novelLogDensity(node: Node, between: Float64Array, x: Float64Array): number {
  const { precision, mean } = node.prior!
  const totals = node.totals!
  let squares = 0
  let logs = 0
  let product = 1
  for (let i = 0; i < x.length; i++) {
    const variance = 1 / (precision[i]! + totals.precision[i]! * PER_UNIT)
    const spread = 1 + variance + node.below * between[i]!
    const difference = x[i]! - (mean[i]! + totals.mean[i]! * PER_UNIT) * variance
    squares += (difference * difference) / spread
    product *= spread
    if ((i & 15) === 15) {
      logs += Math.log(product)
      product = 1
    }
  }
  return -0.5 * (squares + logs + Math.log(product))
}

function reuse(density: Density | null, size: number, at: number): Density {
  if (!density) return { mean: new Float32Array(size), inverse: new Float32Array(size), constant: 0, at }
  density.at = at
  return density
}
