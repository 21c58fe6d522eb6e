// What changes slowly and the whole tree shares: the metric, variances and calibration. Plain numbers, estimated by
// fitting/estimate.ts and stored by statistics-bytes.ts.

import type { Regression } from './regression.ts'

/** Numbers by rankLevel; `ROOT_LEVEL` stands for the root above every top taxon. */
export type ByRankLevel = Record<number, number>

export const ROOT_LEVEL = 100
export const SPECIES_LEVEL = 10

/**
 * A monotone step function: stops at probabilities of at least `theta[i]` were right in `accuracy[i]` of held-out
 * answers.
 */
export type Thresholds = { theta: Float64Array; accuracy: Float64Array; answers: number; species: number }

/** How the tree's answer is pooled with the neighbours' vote and the regression. */
export type Fusion = {
  /** Log-linear weight of the neighbours' vote (0: none), and how fast the vote falls with distance. */
  weight: number
  sharpness: number
  /** The regression's share in its log-linear pool with the tree. */
  regression: number
}

/**
 * Log odds that an animal is of a taxon, at even priors: `base + similarity * s + groups * ln n`, as strangers.ts says.
 */
export type NearnessWeights = { base: number; similarity: number; groups: number }
/** By rank level, from species to order; every other rank uses the nearest one's. They belong to an embedder. */
export type NearnessByRank = Record<number, NearnessWeights>

/** Covariances of the embedder's features in a labelled library, from which an installation without photos starts. */
export type Moments = {
  /** Packed lower triangle, row by row, of the covariance within species. */
  within: Float32Array
  /** Factor of the covariance between species, `rank` rows of `dimensions`: covariance = factor' factor. */
  between: Float32Array
  rank: number
}

export type Statistics = {
  /** Numbers per embedding. */
  dimensions: number
  /** Numbers per metric vector. */
  size: number
  mean: Float64Array
  /** `size` rows of `dimensions`: whitens the covariance within species and diagonalises the one between species. */
  projection: Float32Array
  /** Variance between species per metric dimension, as a multiple of the variance within; falling. */
  between: Float64Array
  /** Share of `between` accumulated from the root down to a rank, by rankLevel; 1 at species. */
  cumulativeShare: ByRankLevel
  /** Divides log densities where known taxa compete. */
  temperature: number
  /** Divides log densities where novelty competes with the known, and novelty in one taxon with that in another. */
  noveltyTemperature: number
  /** The log odds of novelty are multiplied by the first, and the second is added. */
  noveltySharpness: number
  noveltyBias: number
  /** Prior probability of "a new child of some taxon of this rank", by rankLevel. */
  noveltyPrior: ByRankLevel
  /** Exponent on p(child | parent) by the parent's rankLevel. */
  sharpnessByRank: ByRankLevel
  thresholds: Thresholds
  fusion: Fusion
  /** Null where nothing is known about how similar photos of one taxon are: then no probability is capped. */
  nearness: NearnessByRank | null
  /** How many examples and species these statistics were estimated from. */
  examples: number
  species: number
  moments: Moments | null
  /** Null with too few examples or too many species, and in a reference, whose taxa are not the installation's. */
  regression: Regression | null
}

/** Scaled to unit length, minus the mean: the space in which covariances are estimated. */
export function center(s: Pick<Statistics, 'mean'>, embedding: ArrayLike<number>): Float64Array {
  const x = unitLength(embedding)
  for (let i = 0; i < x.length; i++) x[i]! -= s.mean[i]!
  return x
}

/** Embeddings have unit length in float32; here it is exact in float64. */
export function unitLength(embedding: ArrayLike<number>): Float64Array {
  const x = new Float64Array(embedding.length)
  let squares = 0
  for (let i = 0; i < x.length; i++) {
    const value = embedding[i]!
    x[i] = value
    squares += value * value
  }
  if (squares > 0) {
    const scale = 1 / Math.sqrt(squares)
    for (let i = 0; i < x.length; i++) x[i]! *= scale
  }
  return x
}

/**
 * The metric vector of an embedding: whitened, reduced, and weighted by sqrt(b / (1 + b)), so that the cosine of two
 * metric vectors is the tree's similarity. The order of operations is fixed: equal bytes give equal numbers in every
 * process.
 */
export function project(s: Statistics, embedding: ArrayLike<number>): Float32Array {
  if (embedding.length !== s.dimensions) {
    throw new RangeError(`Expected an embedding of ${s.dimensions} numbers but received ${embedding.length}`)
  }
  const x = center(s, embedding)
  const z = new Float32Array(s.size)
  const n = s.dimensions
  for (let k = 0; k < s.size; k++) {
    const row = k * n
    let sum = 0
    for (let i = 0; i < n; i++) sum += s.projection[row + i]! * x[i]!
    z[k] = sum * metricWeight(s.between[k]!)
  }
  return z
}

export function metricWeight(between: number): number {
  return Math.sqrt(between / (1 + between))
}

/** Cosine of two metric vectors, clamped to 0..1. */
export function similarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  return aa > 0 && bb > 0 ? Math.min(1, Math.max(0, dot / Math.sqrt(aa * bb))) : 0
}

/** Share of `between` accumulated down to a rank level, interpolated linearly between the levels of the table. */
export function shareDownTo(cumulative: ByRankLevel, rankLevel: number): number {
  const known = cumulative[rankLevel]
  if (known !== undefined) return known
  const levels = Object.keys(cumulative)
    .map(Number)
    .sort((a, b) => b - a)
  let above = ROOT_LEVEL
  for (const level of levels) {
    if (level > rankLevel) above = level
    else {
      const high = above === ROOT_LEVEL ? 0 : cumulative[above]!
      return high + ((cumulative[level]! - high) * (above - rankLevel)) / (above - level)
    }
  }
  return cumulative[above]! + 0.01
}

/**
 * The value of the nearest rank level; of two equally near ones, of the lower. Throws RangeError for an empty table.
 */
export function atLevel<T>(table: Readonly<Record<number, T>>, rankLevel: number): T {
  const exact = table[rankLevel]
  if (exact !== undefined) return exact
  let nearest = Number.POSITIVE_INFINITY
  let value: T | undefined
  for (const [level, entry] of Object.entries(table)) {
    const distance = Math.abs(Number(level) - rankLevel)
    if (distance < nearest) {
      nearest = distance
      value = entry
    }
  }
  if (value === undefined) throw new RangeError('Expected a value for at least one rank level')
  return value
}

/** From experiments on two libraries (2026-11-21), where four other choices moved accuracy by 0.001. */
export const DEFAULT_CUMULATIVE_SHARE: ByRankLevel = {
  70: 0.01,
  60: 0.02,
  50: 0.05,
  40: 0.15,
  30: 0.3,
  20: 0.5,
  10: 1,
  5: 1.1,
}
