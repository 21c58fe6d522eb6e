// Covariances within and between species, and the basis in which the first is the identity and the second is diagonal
// (linear discriminant analysis). Symmetric matrices are packed lower triangles.

import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Index of row `i`, column 0 in a packed lower triangle. */
export const packedRow = (i: number): number => (i * (i + 1)) / 2
export const packedLength = (dimensions: number): number => packedRow(dimensions)

/** Adds the sum of weight * x x' over the rows, eight rows at a time, because the triangle does not fit the cache. */
export function addOuterProducts(
  packed: Float64Array,
  rows: readonly Float64Array[],
  weights: ArrayLike<number>,
): void {
  const n = rows[0]?.length ?? 0
  const none = new Float64Array(n)
  for (let r = 0; r < rows.length; r += 8) {
    const row = (k: number): Float64Array => rows[r + k] ?? none
    const weight = (k: number): number => weights[r + k] ?? 0
    const [a, b, c, d, e, f, g, h] = [row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7)]
    for (let i = 0; i < n; i++) {
      const at = packedRow(i)
      const ai = a[i]! * weight(0)
      const bi = b[i]! * weight(1)
      const ci = c[i]! * weight(2)
      const di = d[i]! * weight(3)
      const ei = e[i]! * weight(4)
      const fi = f[i]! * weight(5)
      const gi = g[i]! * weight(6)
      const hi = h[i]! * weight(7)
      for (let j = 0; j <= i; j++) {
        const four = ai * a[j]! + bi * b[j]! + ci * c[j]! + di * d[j]!
        packed[at + j]! += four + (ei * e[j]! + fi * f[j]! + gi * g[j]! + hi * h[j]!)
      }
    }
  }
}

/** Lower Cholesky factor, packed. Throws RangeError where the matrix is not positive definite. */
export function cholesky(packed: Float64Array, dimensions: number): Float64Array {
  const factor = packed.slice()
  for (let i = 0; i < dimensions; i++) {
    const rowI = packedRow(i)
    for (let j = 0; j <= i; j++) {
      const rowJ = packedRow(j)
      const sum = factor[rowI + j]! - dotFrom(factor, rowI, factor, rowJ, j)
      if (i === j) {
        if (!(sum > 0)) throw new RangeError('Expected a positive definite covariance')
        factor[rowI + i] = Math.sqrt(sum)
      } else factor[rowI + j] = sum / factor[rowJ + j]!
    }
  }
  return factor
}

/** Whitens: solves `factor y = x`. */
export function whiten(factor: Float64Array, x: ArrayLike<number>): Float64Array {
  const y = new Float64Array(x.length)
  for (let i = 0; i < y.length; i++) {
    const row = packedRow(i)
    y[i] = (x[i]! - dotFrom(factor, row, y, 0, i)) / factor[row + i]!
  }
  return y
}

/** Solves `factor factor' p = x` in place, for four x at a time: the factor does not fit the cache. */
export function solve(factor: Float64Array, many: readonly Float64Array[]): void {
  for (let start = 0; start < many.length; start += 4) {
    // Where fewer than four are left, the last is solved on a copy too.
    const four = [0, 1, 2, 3].map((k) => many[start + k] ?? many[start]!.slice())
    solveFour(factor, four[0]!, four[1]!, four[2]!, four[3]!)
  }
}

function solveFour(factor: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): void {
  for (let i = 0; i < a.length; i++) {
    const row = packedRow(i)
    let [p, q, r, s] = [a[i]!, b[i]!, c[i]!, d[i]!]
    for (let k = 0; k < i; k++) {
      const value = factor[row + k]!
      p -= value * a[k]!
      q -= value * b[k]!
      r -= value * c[k]!
      s -= value * d[k]!
    }
    const own = factor[row + i]!
    a[i] = p / own
    b[i] = q / own
    c[i] = r / own
    d[i] = s / own
  }
  for (let i = a.length - 1; i >= 0; i--) {
    const row = packedRow(i)
    const own = factor[row + i]!
    const [p, q, r, s] = [a[i]! / own, b[i]! / own, c[i]! / own, d[i]! / own]
    for (let k = 0; k < i; k++) {
      const value = factor[row + k]!
      a[k]! -= value * p
      b[k]! -= value * q
      c[k]! -= value * r
      d[k]! -= value * s
    }
    a[i] = p
    b[i] = q
    c[i] = r
    d[i] = s
  }
}

/**
 * Dot product of `length` numbers of `a` and of `b`, from `start` and `other` on; four sums, because each addition
 * waits for the last.
 */
function dotFrom(a: Float64Array, start: number, b: Float64Array, other: number, length: number): number {
  let p = 0
  let q = 0
  let r = 0
  let s = 0
  let k = 0
  for (; k + 3 < length; k += 4) {
    p += a[start + k]! * b[other + k]!
    q += a[start + k + 1]! * b[other + k + 1]!
    r += a[start + k + 2]! * b[other + k + 2]!
    s += a[start + k + 3]! * b[other + k + 3]!
  }
  for (; k < length; k++) p += a[start + k]! * b[other + k]!
  return p + q + (r + s)
}

/** Solves `factor' p = v`: the dot product of p with a raw vector is its whitened component along v. */
function solveTransposed(factor: Float64Array, v: Float64Array): Float64Array {
  const p = v.slice()
  solveUpper(factor, p)
  return p
}

function solveUpper(factor: Float64Array, p: Float64Array): void {
  for (let i = p.length - 1; i >= 0; i--) {
    const row = packedRow(i)
    p[i]! /= factor[row + i]!
    const value = p[i]!
    for (let k = 0; k < i; k++) p[k]! -= factor[row + k]! * value
  }
}

/** `factor v`: a whitened direction, back in feature space. */
function multiply(factor: Float64Array, v: Float64Array): Float64Array {
  const out = new Float64Array(v.length)
  for (let i = 0; i < v.length; i++) {
    const row = packedRow(i)
    for (let k = 0; k <= i; k++) out[i]! += factor[row + k]! * v[k]!
  }
  return out
}

/** Shrinks towards the identity times the mean variance (Ledoit and Wolf 2004). */
export function shrink(packed: Float64Array, dimensions: number, shrinkage: number): Float64Array {
  let trace = 0
  for (let i = 0; i < dimensions; i++) trace += packed[packedRow(i) + i]!
  const shrunk = packed.map((value) => value * (1 - shrinkage))
  for (let i = 0; i < dimensions; i++) shrunk[packedRow(i) + i]! += (shrinkage * trace) / dimensions
  return shrunk
}

export type Basis = {
  /** `size` rows of `dimensions`. */
  projection: Float32Array
  /** Variance between species along each row of `projection`, falling. */
  between: Float64Array
  /** Rows whose outer products sum to the covariance between species, in feature space. */
  factor: Float32Array
}

/**
 * Diagonalises the covariance between species, given by weighted whitened rows (covariance = sum of row row' - `noise`
 * I), and keeps directions of variance above `floor`. Works in the space of rows where these are fewer than the
 * dimensions.
 */
export function diagonalise(
  cholesky: Float64Array,
  rows: readonly Float64Array[],
  noise: number,
  floor: number,
): Basis {
  const dimensions = rows[0]?.length ?? 0
  const inRows = rows.length < dimensions
  const matrix = inRows ? gram(rows) : gram(transpose(rows, dimensions))
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true })
  const order = realEigenvalues
    .map((value, i) => ({ value, i }))
    .sort((a, b) => b.value - a.value)
    .filter(({ value }, rank) => rank === 0 || value - noise > floor)
  const between = Float64Array.from(order, ({ value }) => Math.max(value - noise, floor))
  const projection = new Float32Array(order.length * dimensions)
  const factor = new Float32Array(projection.length)
  order.forEach(({ value, i }, k) => {
    const direction = new Float64Array(dimensions)
    if (inRows) {
      const scale = 1 / Math.sqrt(value)
      rows.forEach((row, r) => {
        const weight = eigenvectorMatrix.get(r, i) * scale
        for (let c = 0; c < dimensions; c++) direction[c]! += weight * row[c]!
      })
    } else for (let c = 0; c < dimensions; c++) direction[c] = eigenvectorMatrix.get(c, i)
    // An eigenvector's sign is arbitrary: this makes it repeatable.
    const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
    if (largest < 0) for (let c = 0; c < dimensions; c++) direction[c]! *= -1
    projection.set(solveTransposed(cholesky, direction), k * dimensions)
    const spread = Math.sqrt(between[k]!)
    factor.set(
      multiply(cholesky, direction).map((component) => component * spread),
      k * dimensions,
    )
  })
  return { projection, between, factor }
}

function gram(rows: readonly Float64Array[]): Matrix {
  const matrix = new Matrix(rows.length, rows.length)
  for (let i = 0; i < rows.length; i++) {
    const a = rows[i]!
    for (let j = 0; j <= i; j++) {
      const b = rows[j]!
      let sum = 0
      for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!
      matrix.set(i, j, sum)
      matrix.set(j, i, sum)
    }
  }
  return matrix
}

function transpose(rows: readonly Float64Array[], dimensions: number): Float64Array[] {
  return Array.from({ length: dimensions }, (_, c) => Float64Array.from(rows, (row) => row[c]!))
}
