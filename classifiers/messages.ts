// What one taxon tells its parent and hears from it. In: a node's sums. Out: precisions and weighted means per dimension.
// Sums and messages are whole units (exact.ts); beliefs are pure functions of them, so equal sums give equal beliefs.

import { type Exact, PER_UNIT, whole } from './exact.ts'

/** Examples that lie at a taxon itself, not below it. */
export type Direct = {
  groups: Map<string, { count: number; sum: Exact }>
  count: number
  /** Effective number, whole units. */
  weight: number
  /** Weighted sum of whitened examples, whole units. */
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
  /** Share of the variance between species that lies between the parent and this taxon. */
  step: number
  /** Share that lies between this taxon and the species below it; 0 at a taxon that is itself a leaf. */
  below: number
  /** Totals of what its children say and its own examples, as one unseen child, say. Null at a leaf: its sums say it all. */
  totals: { precision: Float64Array; mean: Float64Array } | null
  /** What the taxon hears from above: precision and weighted mean, computed when scoring reaches it, valid for change `at`. */
  prior: { precision: Float32Array; mean: Float32Array; at: number } | null
  /** Densities prepared for scoring, valid for change `at`. */
  known: Density | null
  novel: Density | null
}

/** log density of x = constant - 1/2 sum (x - mean)^2 * inverse. */
export type Density = { mean: Float32Array; inverse: Float32Array; constant: number; at: number }

/** Whole-unit precision and weighted mean per dimension. */
export type Message = { precision: Float64Array; mean: Float64Array }

export function newMessage(size: number): Message {
  return { precision: new Float64Array(size), mean: new Float64Array(size) }
}

/**
 * What a taxon's own examples say about it. At a leaf: their number and sum. At an inner taxon they are one unseen child
 * of variance `below * b`: precision 1 / (below b + 1/n).
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

/** What a taxon tells its parent: precision l = 1 / (step b + 1/L) and l times its mean. */
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
 * What `node` hears from above: its parent's belief without what `node` itself said (else it would be counted twice), one
 * step further down. `own` is the node's upward message.
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

/** Density of an animal of the kind of the node's own examples; `direct` is the node's direct message (inner taxa only). */
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

/** Density of a new child of an inner taxon: its belief, widened by all the variance below it. */
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
 * The same as hearing the parent, preparing the density and asking it, for a leaf that is asked once: nothing is kept.
 * Differs from the prepared way by the rounding of kept numbers to float32.
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

/** As `novelDensity` asked once. */
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
