// From log densities to probabilities, pooled with the neighbours' vote and the regression: one per taught taxon, and
// one for something new in it. Fractions of 1; a taxon's children, own examples and novelty sum to the taxon.

import { type Neighbour, nearestOf, vote } from './neighbours/neighbours.ts'
import { type Calibration, outcomeProbabilities, type Posterior } from './outcomes.ts'
import { atLevel, type ByRankLevel } from './statistics.ts'
import type { Scores } from './tree.ts'

/** The vote of a taxon that no neighbour shows: never 0, so that the vote forbids nothing. */
const SMALLEST_VOTE = 0.02

/**
 * A near copy has at least this similarity, and at most this share of the distance of the nearest exemplar of another
 * taxon. Where few taxa are taught, none of another may be near, and the metric may not tell what it was not taught:
 * grey photos of the night resemble each other there. So the embeddings themselves must have at least this cosine, as
 * 604 of the library's 622 near copies have (2026-11-27).
 */
const COPY_SIMILARITY = 0.9
const COPY_RATIO = 0.6
const COPY_COSINE = 0.8

/**
 * `examples`: of the whole tree; `regression`: as `alignedTo` gives it; `copies`: whether a near copy may decide almost
 * alone, as it may not where `isFalseCopy`.
 */
export function posterior(
  scores: Scores,
  calibration: Calibration,
  examples: number,
  neighbours: readonly Neighbour[],
  regression: Float64Array | null = null,
  copies = true,
): Posterior {
  const result = outcomeProbabilities(scores, calibration, examples)
  if (regression) poolRegression(result, regression, calibration.fusion.regression)
  poolNeighbours(result, scores, calibration, neighbours, copies)
  sumSubtrees(result, scores)
  sharpen(result, scores, calibration)
  return result
}

/** By index in `scores.nodes`; NaN where the regression says nothing. Null without a regression. */
export function alignedTo({ nodes, known }: Scores, said: ReadonlyMap<number, number> | null): Float64Array | null {
  if (!said) return null
  return Float64Array.from(nodes, ({ id }, i) =>
    i > 0 && known[i]! > Number.NEGATIVE_INFINITY ? (said.get(id) ?? Number.NaN) : Number.NaN,
  )
}

/** Log-linear pool with the regression, among the species that it knows; these keep their total probability. */
function poolRegression({ known }: Posterior, regression: Float64Array, share: number): void {
  if (share === 0) return
  let before = 0
  let largest = Number.NEGATIVE_INFINITY
  const pooled = known.map((value, i) => {
    if (Number.isNaN(regression[i]!) || value === 0) return Number.NEGATIVE_INFINITY
    before += value
    const log = (1 - share) * Math.log(value) + share * regression[i]!
    if (log > largest) largest = log
    return log
  })
  let after = 0
  for (let i = 0; i < pooled.length; i++) {
    pooled[i] = Math.exp(pooled[i]! - largest)
    if (pooled[i]! > 0) after += pooled[i]!
  }
  if (!(after > 0)) return
  for (let i = 0; i < known.length; i++) {
    if (!Number.isNaN(regression[i]!) && known[i]! > 0) known[i] = (pooled[i]! * before) / after
  }
}

/**
 * Log-linear pool with the neighbours' vote, among the known; novelty keeps its share. A near copy decides almost
 * alone.
 */
function poolNeighbours(
  result: Posterior,
  scores: Scores,
  { fusion }: Calibration,
  neighbours: readonly Neighbour[],
  copies: boolean,
): void {
  const nearest = nearestOf(neighbours)
  if (!nearest) return
  const { known, novel } = result
  if (fusion.weight > 0) {
    const votes = vote(neighbours, fusion.sharpness)
    let before = 0
    let after = 0
    for (let i = 0; i < known.length; i++) {
      before += known[i]!
      known[i]! *= ((votes.get(scores.nodes[i]!.id) ?? 0) + SMALLEST_VOTE) ** fusion.weight
      after += known[i]!
    }
    if (after > 0) for (let i = 0; i < known.length; i++) known[i]! *= before / after
  }
  const copy = copies ? copyProbability(nearest, neighbours) : 0
  const at = copy > 0 ? scores.nodes.findIndex((node, i) => i > 0 && node.id === nearest.taxonId) : -1
  if (at < 0) return
  for (let i = 0; i < known.length; i++) {
    known[i]! *= 1 - copy
    novel[i]! *= 1 - copy
  }
  known[at]! += copy
}

/**
 * The probability that the nearest exemplar shows the same animal again, because it is far nearer than any of another
 * taxon. Of the library's held-out answers 69 had a ratio of distances below 0.65, and all 69 were right (2026-11-22).
 */
function copyProbability(nearest: Neighbour, neighbours: readonly Neighbour[]): number {
  if (nearest.similarity < COPY_SIMILARITY) return 0
  let other = 0
  for (const { taxonId, similarity } of neighbours) if (taxonId !== nearest.taxonId) other = Math.max(other, similarity)
  const ratio = Math.sqrt((1 - nearest.similarity) / Math.max(1e-12, 1 - other))
  return ratio > COPY_RATIO ? 0 : 0.99 - (0.49 * ratio) / COPY_RATIO
}

/** Whether the tree's metric finds a near copy that the embeddings do not. `cosines`: largest, by taxon. */
export function isFalseCopy(neighbours: readonly Neighbour[], cosines: ReadonlyMap<number, number>): boolean {
  const nearest = nearestOf(neighbours)
  if (!nearest || (cosines.get(nearest.taxonId) ?? 0) >= COPY_COSINE) return false
  return copyProbability(nearest, neighbours) > 0
}

function sumSubtrees({ total, known, novel }: Posterior, { parents }: Scores): void {
  total.fill(0)
  for (let i = total.length - 1; i >= 0; i--) {
    total[i]! += known[i]! + novel[i]!
    if (i > 0) total[parents[i]!]! += total[i]!
  }
}

/**
 * Raises p(child | parent) to the power fitted for the parent's rank, renormalises among what is known in the parent,
 * and multiplies down. Novelty keeps its share of each parent: its prior is fitted separately.
 */
function sharpen({ total, known, novel }: Posterior, { nodes, parents }: Scores, calibration: Calibration): void {
  const size = total.length
  // The usual case while temperatures are fitted, thousands of times.
  if (Object.values(calibration.sharpnessByRank).every((value) => value === 1)) return
  const powers = byLevel(calibration.sharpnessByRank)
  const power = new Float64Array(size)
  const sum = new Float64Array(size)
  const share = (part: number, whole: number, i: number): number =>
    part > 0 && whole > 0 ? (power[i] === 1 ? part / whole : (part / whole) ** power[i]!) : 0
  for (let i = 0; i < size; i++) {
    power[i] = powers(nodes[i]!.rankLevel)
    sum[i]! += share(known[i]!, total[i]!, i)
    if (i > 0) sum[parents[i]!]! += share(total[i]!, total[parents[i]!]!, parents[i]!)
  }
  const old = total.slice()
  for (let i = 0; i < size; i++) {
    if (i > 0) {
      const above = parents[i]!
      const left = total[above]! - novel[above]!
      total[i] = sum[above]! > 0 ? (left * share(old[i]!, old[above]!, above)) / sum[above]! : 0
    }
    const scale = old[i]! > 0 ? total[i]! / old[i]! : 0
    const direct = share(known[i]!, old[i]!, i)
    novel[i]! *= scale
    known[i] = sum[i]! > 0 ? ((total[i]! - novel[i]!) * direct) / sum[i]! : 0
  }
}

/**
 * Caps every taxon at its limit, from the root down, in place. What a child loses becomes novelty of its parent; the
 * own examples of an inner taxon keep their share of it. Children, own examples and novelty still sum to their parent.
 */
export function cap({ total, known, novel }: Posterior, { parents }: Scores, limit: Float64Array): void {
  const scale = new Float64Array(total.length)
  scale[0] = 1
  for (let i = 0; i < total.length; i++) {
    const before = total[i]!
    if (i > 0) {
      const above = parents[i]!
      const share = before * scale[above]!
      const kept = Math.min(share, limit[i]!)
      novel[above]! += share - kept
      scale[i] = before > 0 ? kept / before : 0
      total[i] = kept
    }
    known[i]! *= scale[i]!
    novel[i]! *= scale[i]!
  }
}

/** `atLevel` that looks each level up once. */
function byLevel(table: ByRankLevel): (rankLevel: number) => number {
  const found = new Map<number, number>()
  return (rankLevel) => {
    let value = found.get(rankLevel)
    if (value === undefined) {
      value = atLevel(table, rankLevel)
      found.set(rankLevel, value)
    }
    return value
  }
}
