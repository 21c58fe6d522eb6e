// Multinomial logistic regression with an L2 penalty, as in scikit-learn. L-BFGS preconditioned with the second moments
// of the features: on 1,280 features it takes a tenth of the steps.

import { addOuterProducts, cholesky, packedLength, packedRow, solve } from './covariance.ts'
import { minimiseLbfgs } from './lbfgs.ts'

/** `coefficients` holds a row of `width + 1` per class, the intercept last. */
export type SoftmaxModel = { classes: number; width: number; coefficients: Float64Array }

/** Turns each class's part of a gradient into a step, in place. One serves many fits on similar rows. */
export type Preconditioner = (parts: readonly Float64Array[]) => void

/** Weight of the data for embeddings: 30 was the best of 3, 30 and 300 on the library's training folds. */
export const STRENGTH = 30

export type SoftmaxOptions = {
  /** Weight of the data against the penalty: scikit-learn's C. */
  strength?: number
  /** At most so many steps. */
  steps?: number
  /** Ends when the largest component of the mean loss's gradient is below this. */
  tolerance?: number
  /** By `preconditionerOf` from these or other rows: every one leads to the same minimum. */
  precondition?: Preconditioner
}

/** Minimises `strength * sum of log losses + |w|^2 / 2`, intercepts free. */
export function fitSoftmax(
  rows: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  classes: number,
  { strength = 1, steps = 200, tolerance = 1e-4, precondition }: SoftmaxOptions = {},
): SoftmaxModel {
  const width = rows[0]!.length
  const coefficients = new Float64Array(classes * (width + 1))
  const inverse = precondition ?? preconditionerOf(rows, classes, strength)
  minimiseLbfgs(objective(rows, labels, classes, strength), coefficients, {
    steps,
    tolerance,
    precondition: (gradient) => {
      inverse(Array.from({ length: classes }, (_, c) => gradient.subarray(c * (width + 1), (c + 1) * (width + 1))))
    },
  })
  return { classes, width, coefficients }
}

/** Scores before the softmax, so that a temperature may divide them. */
export function softmaxScores({ coefficients, classes, width }: SoftmaxModel, row: ArrayLike<number>): Float64Array {
  const out = new Float64Array(classes)
  for (let c = 0, at = 0; c < classes; c++, at += width + 1) {
    let sum = coefficients[at + width]!
    for (let i = 0; i < width; i++) sum += coefficients[at + i]! * row[i]!
    out[c] = sum
  }
  return out
}

/** The inverse Hessian of the loss where all classes are equally probable (Böhning 1992). */
export function preconditionerOf(
  rows: readonly ArrayLike<number>[],
  classes: number,
  strength: number,
): Preconditioner {
  const size = rows[0]!.length + 1
  const extended = rows.map((row) => {
    const longer = new Float64Array(size).fill(1)
    longer.set(row)
    return longer
  })
  const moments = new Float64Array(packedLength(size))
  addOuterProducts(moments, extended, new Float64Array(rows.length).fill((classes - 1) / classes ** 2 / rows.length))
  for (let i = 0; i < size; i++) moments[packedRow(i) + i]! += 1 / (strength * rows.length)
  const factor = cholesky(moments, size)
  return (parts) => solve(factor, parts)
}

/** The mean loss: it has the minimum of the sum, and a gradient whose size does not depend on the number of rows. */
function objective(rows: readonly ArrayLike<number>[], labels: ArrayLike<number>, classes: number, strength: number) {
  const width = rows[0]!.length
  const stride = width + 1
  const scale = 1 / rows.length
  // Four rows and two classes at a time are three times as fast as one by one.
  const none = new Float64Array(width)
  const flat = rows.map((row) => Float64Array.from(row))
  const scores = [0, 1, 2, 3].map(() => new Float64Array(classes))
  return (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0)
    let loss = 0
    for (let r = 0; r < flat.length; r += 4) {
      const [a, b, c, d] = [flat[r]!, flat[r + 1] ?? none, flat[r + 2] ?? none, flat[r + 3] ?? none]
      scoreFour(w, a, b, c, d, scores)
      const many = Math.min(4, flat.length - r)
      for (let k = 0; k < 4; k++) {
        if (k >= many) scores[k]!.fill(0)
        else {
          softmaxInPlace(scores[k]!)
          const label = labels[r + k]!
          loss -= Math.log(Math.max(1e-300, scores[k]![label]!))
          scores[k]![label]! -= 1
        }
      }
      addFour(gradient, a, b, c, d, scores)
    }
    let penalty = 0
    for (let c = 0; c < classes; c++) {
      for (let at = c * stride, end = at + width; at < end; at++) {
        penalty += w[at]! * w[at]!
        gradient[at]! += w[at]! / strength
      }
    }
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= scale
    return (loss + penalty / (2 * strength)) * scale
  }
}

function scoreFour(
  w: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
  out: readonly Float64Array[],
): void {
  const width = a.length
  const [outA, outB, outC, outD] = [out[0]!, out[1]!, out[2]!, out[3]!]
  for (let k = 0; k < outA.length; k += 2) {
    const at = k * (width + 1)
    // The last of an odd number of classes is computed twice.
    const next = k + 1 < outA.length ? at + width + 1 : at
    let sumA = 0
    let sumB = 0
    let sumC = 0
    let sumD = 0
    let nextA = 0
    let nextB = 0
    let nextC = 0
    let nextD = 0
    for (let i = 0; i < width; i++) {
      const value = w[at + i]!
      const other = w[next + i]!
      sumA += value * a[i]!
      sumB += value * b[i]!
      sumC += value * c[i]!
      sumD += value * d[i]!
      nextA += other * a[i]!
      nextB += other * b[i]!
      nextC += other * c[i]!
      nextD += other * d[i]!
    }
    const intercept = w[at + width]!
    outA[k] = sumA + intercept
    outB[k] = sumB + intercept
    outC[k] = sumC + intercept
    outD[k] = sumD + intercept
    if (next === at) return
    const nextIntercept = w[next + width]!
    outA[k + 1] = nextA + nextIntercept
    outB[k + 1] = nextB + nextIntercept
    outC[k + 1] = nextC + nextIntercept
    outD[k + 1] = nextD + nextIntercept
  }
}

function addFour(
  gradient: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
  errors: readonly Float64Array[],
): void {
  const width = a.length
  const [errorsA, errorsB, errorsC, errorsD] = [errors[0]!, errors[1]!, errors[2]!, errors[3]!]
  const classes = errorsA.length
  for (let k = 0; k < classes; k += 2) {
    const at = k * (width + 1)
    const e = errorsA[k]!
    const f = errorsB[k]!
    const g = errorsC[k]!
    const h = errorsD[k]!
    gradient[at + width]! += e + f + g + h
    if (k + 1 === classes) {
      for (let i = 0; i < width; i++) gradient[at + i]! += e * a[i]! + f * b[i]! + g * c[i]! + h * d[i]!
      return
    }
    const next = at + width + 1
    const p = errorsA[k + 1]!
    const q = errorsB[k + 1]!
    const r = errorsC[k + 1]!
    const s = errorsD[k + 1]!
    gradient[next + width]! += p + q + r + s
    for (let i = 0; i < width; i++) {
      const ai = a[i]!
      const bi = b[i]!
      const ci = c[i]!
      const di = d[i]!
      gradient[at + i]! += e * ai + f * bi + g * ci + h * di
      gradient[next + i]! += p * ai + q * bi + r * ci + s * di
    }
  }
}

function softmaxInPlace(scores: Float64Array): void {
  let largest = Number.NEGATIVE_INFINITY
  for (let k = 0; k < scores.length; k++) if (scores[k]! > largest) largest = scores[k]!
  let total = 0
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k]! - largest)
    total += scores[k]!
  }
  for (let k = 0; k < scores.length; k++) scores[k]! /= total
}
