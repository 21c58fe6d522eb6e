// The covariances that all taxa share, from labelled examples and a reference library: mean, basis and variances, for
// all examples or with one fold left out.

import { random } from '../seeded-random.ts'
import { type Moments, type Statistics, unitLength } from '../statistics.ts'
import { addOuterProducts, cholesky, diagonalise, packedLength, packedRow, shrink, whiten } from './covariance.ts'

export type Shape = Pick<Statistics, 'dimensions' | 'size' | 'mean' | 'projection' | 'between' | 'moments'>

/** `unit` is the taxon to whose mean the example adds, `weight` its share of its group's 1 + ln k. */
export type Row = { unit: number; fold: number; weight: number; embedding: ArrayLike<number> }

/**
 * A reference counts as so many examples for the covariance within, and so many species for mean and covariance
 * between.
 */
const REFERENCE_EXAMPLES = 300
const REFERENCE_SPECIES = 15
/** Towards the mean variance. */
const SHRINKAGE = 0.1
/** Dimensions in which species vary less than this share of the variance within carry nothing. */
const FLOOR = 0.001
/** Without a reference, a fixed random projection stands in for the unknown covariance between species. */
const GENERIC_DIRECTIONS = 128
const GENERIC_EXAMPLES = 30
const GENERIC_SPECIES = 3
/** With about so many species of its own, an installation needs no stand-in. */
const ENOUGH_SPECIES = 5

type Sums = { weight: number; squares: number; sum: Float64Array; rows: number }

export class MomentSums {
  readonly dimensions: number
  #folds: number
  /** Per fold, packed. */
  #second: Float64Array[]
  /** Per unit, per fold. */
  #units = new Map<number, Sums[]>()

  constructor(rows: readonly Row[], folds: number, dimensions: number) {
    this.dimensions = dimensions
    this.#folds = folds
    this.#second = Array.from({ length: folds }, () => new Float64Array(packedLength(dimensions)))
    for (let fold = 0; fold < folds; fold++) {
      const own = rows.filter((row) => row.fold === fold)
      for (let start = 0; start < own.length; start += 256) {
        const block = own.slice(start, start + 256)
        const vectors = block.map(({ embedding }) => unitLength(embedding))
        addOuterProducts(
          this.#second[fold]!,
          vectors,
          Float64Array.from(block, ({ weight }) => weight),
        )
        block.forEach((row, i) => {
          const sums = this.#sumsOf(row.unit)[fold]!
          sums.weight += row.weight
          sums.squares += row.weight * row.weight
          sums.rows++
          const vector = vectors[i]!
          for (let c = 0; c < dimensions; c++) sums.sum[c]! += row.weight * vector[c]!
        })
      }
    }
  }

  #sumsOf(unit: number): Sums[] {
    let sums = this.#units.get(unit)
    if (!sums) {
      const empty = (): Sums => ({ weight: 0, squares: 0, sum: new Float64Array(this.dimensions), rows: 0 })
      sums = Array.from({ length: this.#folds }, empty)
      this.#units.set(unit, sums)
    }
    return sums
  }

  /** From all folds except `without` (-1: from all). */
  shape(without: number, reference: Statistics | null): Shape {
    const n = this.dimensions
    const known = reference?.moments ? { mean: reference.mean, ...reference.moments } : genericReference(n)
    const within = new Float64Array(packedLength(n))
    this.#second.forEach((second, fold) => {
      if (fold !== without) for (let i = 0; i < within.length; i++) within[i]! += second[i]!
    })
    const means: Float64Array[] = []
    const weights: number[] = []
    for (const folds of this.#units.values()) {
      const kept = folds.filter((sums, fold) => fold !== without && sums.rows > 0)
      const weight = kept.reduce((sum, sums) => sum + sums.weight, 0)
      if (weight === 0) continue
      const mean = new Float64Array(n)
      for (const { sum } of kept) for (let c = 0; c < n; c++) mean[c]! += sum[c]! / weight
      means.push(mean)
      weights.push(weight)
    }
    addOuterProducts(
      within,
      means,
      weights.map((weight) => -weight),
    )
    const freedom = weights.reduce((sum, weight) => sum + Math.max(0, weight - 1), 0)
    const scale = reference?.moments ? REFERENCE_EXAMPLES : GENERIC_EXAMPLES
    for (let i = 0; i < within.length; i++) within[i] = (within[i]! + scale * known.within[i]!) / (freedom + scale)
    const factor = cholesky(shrink(within, n, SHRINKAGE), n)

    const pseudo = reference?.moments ? REFERENCE_SPECIES : GENERIC_SPECIES / (1 + (means.length / ENOUGH_SPECIES) ** 2)
    // Without a reference the mean is that of the species; with one species it is that species.
    const anchor = reference ? pseudo : 0
    const mean = new Float64Array(n)
    for (let c = 0; c < n; c++) {
      let sum = anchor * (known.mean[c] ?? 0)
      for (const other of means) sum += other[c]!
      mean[c] = sum / Math.max(1, anchor + means.length)
    }
    const total = pseudo + Math.max(0, means.length - 1)
    const rows: Float64Array[] = []
    for (const other of means) {
      const row = whiten(
        factor,
        other.map((value, c) => value - mean[c]!),
      )
      rows.push(row.map((value) => value / Math.sqrt(total)))
    }
    const share = Math.sqrt(pseudo / total)
    for (let r = 0; r < known.rank; r++) {
      const row = whiten(factor, known.between.subarray(r * n, (r + 1) * n))
      rows.push(row.map((value) => value * share))
    }
    const inverse = weights.reduce((sum, weight) => sum + 1 / weight, 0) / Math.max(1, weights.length)
    const noise = (inverse * Math.max(0, means.length - 1)) / total
    const basis = diagonalise(factor, rows, noise, FLOOR)
    const size = basis.between.length
    return {
      dimensions: n,
      size,
      mean,
      projection: basis.projection,
      between: basis.between,
      moments: { within: Float32Array.from(within), between: basis.factor, rank: size },
    }
  }
}

/** Assumed for unit vectors about which nothing is known: half the variance within species, a fifth between. */
function genericReference(dimensions: number): Moments & { mean: Float64Array } {
  const within = new Float32Array(packedLength(dimensions))
  for (let i = 0; i < dimensions; i++) within[packedRow(i) + i] = 0.5 / dimensions
  const rank = Math.min(dimensions, GENERIC_DIRECTIONS)
  const between = new Float32Array(rank * dimensions)
  const next = random(1)
  for (let i = 0; i < between.length; i++) between[i] = (next() < 0.5 ? -1 : 1) * Math.sqrt(0.2 / dimensions / rank)
  return { within, between, rank, mean: new Float64Array(dimensions) }
}
