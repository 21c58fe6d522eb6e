// Logistic regression of one kind of box against the others, with a shrunken offset per camera, by Newton's method. The
// offsets are eliminated from each step (Schur complement), so that a thousand cameras cost no more than one.

import { addOuterProducts, cholesky, packedLength, packedRow, solve } from '../fitting/covariance.ts'

export type OffsetFit = {
  rows: readonly Float64Array[]
  /** Of each row; only looked at where there are `cameras`. */
  camera: Int32Array
  /** 0: no offsets. */
  cameras: number
  isKind: Uint8Array
  /** Of each row by the present weights; kept up to date. */
  score: Float64Array
  /** Logarithm of the summed exponents of the other kinds' scores. */
  others: Float64Array
  prior: { mean: Float64Array; spread: Float64Array }
  cameraSpread: number
  /** Changed in place. */
  weights: Float64Array
  offsets: Float64Array
  steps: number
  settled: number
}

/** Rows whose answer is as good as certain bend the likelihood too little to count. */
const LEAST_WEIGHT = 1e-3
const HALVINGS = 4
/** How the likelihood bends is estimated from about so many rows; how steep it is, from all. */
const BENT = 400

/** How far the last step moved the weights. */
export function fitOffsets(fit: OffsetFit): number {
  let moved = 0
  let loss = lossOf(fit)
  for (let step = 0; step < fit.steps; step++) {
    const to = newtonStep(fit)
    moved = Math.max(...to.weights.map(Math.abs), 0)
    let share = 1
    apply(fit, to, share)
    for (let halving = 0; halving < HALVINGS && lossOf(fit) > loss + 1e-9; halving++) {
      apply(fit, to, -share / 2)
      share /= 2
    }
    loss = lossOf(fit)
    if (moved < fit.settled) break
  }
  return moved
}

type Step = { weights: Float64Array; offsets: Float64Array }

function newtonStep({ rows, camera, cameras, isKind, score, others, prior, ...fit }: OffsetFit): Step {
  const width = fit.weights.length
  const weights = prior.mean.map((mean, i) => (mean - fit.weights[i]!) / prior.spread[i]! ** 2)
  const hessian = new Float64Array(packedLength(width))
  const perCamera = 1 / fit.cameraSpread ** 2
  const offsets = fit.offsets.map((offset) => -offset * perCamera)
  const bends = new Float64Array(cameras).fill(perCamera)
  const shared = Array.from({ length: cameras }, () => new Float64Array(width))
  const every = Math.max(1, Math.floor(rows.length / BENT))
  const bent: Float64Array[] = []
  const by: number[] = []
  for (const [r, row] of rows.entries()) {
    const chance = 1 / (1 + Math.exp(others[r]! - score[r]!))
    const error = isKind[r]! - chance
    for (let i = 0; i < width; i++) weights[i]! += error * row[i]!
    if (cameras > 0) offsets[camera[r]!]! += error
    if (r % every !== 0) continue
    const bend = every * chance * (1 - chance)
    if (bend < LEAST_WEIGHT) continue
    bent.push(row)
    by.push(bend)
    if (cameras === 0) continue
    bends[camera[r]!]! += bend
    const sum = shared[camera[r]!]!
    for (let i = 0; i < width; i++) sum[i]! += bend * row[i]!
  }
  if (bent.length > 0) addOuterProducts(hessian, bent, by)
  if (cameras > 0)
    addOuterProducts(
      hessian,
      shared,
      bends.map((bend) => -1 / bend),
    )
  for (let i = 0; i < width; i++) hessian[packedRow(i) + i]! += 1 / prior.spread[i]! ** 2
  for (let c = 0; c < cameras; c++)
    for (let i = 0; i < width; i++) weights[i]! -= (shared[c]![i]! * offsets[c]!) / bends[c]!
  solve(cholesky(hessian, width), [weights])
  for (let c = 0; c < cameras; c++) {
    for (let i = 0; i < width; i++) offsets[c]! -= shared[c]![i]! * weights[i]!
    offsets[c]! /= bends[c]!
  }
  return { weights, offsets }
}

function apply({ rows, camera, cameras, score, weights, offsets }: OffsetFit, step: Step, share: number): void {
  for (let i = 0; i < weights.length; i++) weights[i]! += share * step.weights[i]!
  for (let c = 0; c < cameras; c++) offsets[c]! += share * step.offsets[c]!
  for (const [r, row] of rows.entries()) {
    let change = cameras > 0 ? step.offsets[camera[r]!]! : 0
    for (let i = 0; i < row.length; i++) change += step.weights[i]! * row[i]!
    score[r]! += share * change
  }
}

/** Minus the logarithm of likelihood times prior. */
function lossOf({ isKind, score, others, prior, weights, offsets, cameraSpread, cameras }: OffsetFit): number {
  let loss = 0
  for (let i = 0; i < weights.length; i++) loss += 0.5 * ((weights[i]! - prior.mean[i]!) / prior.spread[i]!) ** 2
  for (let c = 0; c < cameras; c++) loss += 0.5 * (offsets[c]! / cameraSpread) ** 2
  for (let r = 0; r < score.length; r++) {
    const lead = score[r]! - others[r]!
    loss +=
      lead > 0
        ? Math.log1p(Math.exp(-lead)) + (isKind[r] ? 0 : lead)
        : Math.log1p(Math.exp(lead)) - (isKind[r] ? lead : 0)
  }
  return loss
}
