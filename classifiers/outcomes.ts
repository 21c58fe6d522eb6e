// From the log densities of the tree's outcomes to their probabilities and priors, before anything is pooled.

import { atLevel, type Statistics } from './statistics.ts'
import type { Scores } from './tree.ts'

export type Posterior = {
  /** Probability of the taxon with everything below it; 1 at the root. */
  total: Float64Array
  /** Probability of an animal like the taxon's own examples. */
  known: Float64Array
  /** Probability of an animal of this taxon in none of its taught children. */
  novel: Float64Array
}

/** The part of the statistics that turns densities into probabilities. */
export type Calibration = Pick<
  Statistics,
  | 'temperature'
  | 'noveltyTemperature'
  | 'noveltySharpness'
  | 'noveltyBias'
  | 'noveltyPrior'
  | 'sharpnessByRank'
  | 'fusion'
>

/** The prior of all known taxa together is at least this. */
const LEAST_KNOWN = 0.1

/**
 * A taxon with n examples has the prior n / (n + this): a single photo says little about how frequent a species is. On
 * the library's training folds (2026-11-22) 3, 6, 12, 24 and 40 gave species top-1 within 0.002 of each other, and 3
 * the least loss. Larger values hide new species for longer.
 */
const FEW_EXAMPLES = 4

/**
 * Two softmaxes of log density / temperature + log prior. Over all outcomes, at the temperature of novelty: whether the
 * animal is new, and where. Over known outcomes alone, at the common temperature, which suits the pooled answer: which
 * one it is.
 */
export function outcomeProbabilities(scores: Scores, calibration: Calibration, examples: number): Posterior {
  const size = scores.nodes.length
  const priors = outcomePriors(scores.outcomes, calibration, examples)
  const ratio = calibration.noveltyTemperature / calibration.temperature
  const known = new Float64Array(size)
  const novel = new Float64Array(size)
  const asked = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    const n = scores.weight[i]!
    const prior = priors.known + Math.log(n / (n + FEW_EXAMPLES))
    const score = scores.known[i]! / calibration.noveltyTemperature
    asked[i] = score + prior
    known[i] = score * ratio + prior
    novel[i] =
      scores.novel[i]! > Number.NEGATIVE_INFINITY
        ? scores.novel[i]! / calibration.noveltyTemperature + priors.novel.get(scores.nodes[i]!.rankLevel)!
        : Number.NEGATIVE_INFINITY
  }
  const [knownSum, novelSum] = [normalise(known), normalise(novel)]
  const odds = novelSum - (ratio === 1 ? knownSum : logSum(asked))
  const share = sigmoid(calibration.noveltySharpness * (odds - priors.fewer) + priors.fewer + calibration.noveltyBias)
  for (let i = 0; i < size; i++) {
    known[i]! *= 1 - share
    novel[i]! *= share
  }
  return { total: new Float64Array(size), known, novel }
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds))
}

function logit(probability: number): number {
  return Math.log(probability / (1 - probability))
}

/** Log of the sum of exponentials; minus infinity for none. */
function logSum(logs: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const log of logs) if (log > largest) largest = log
  if (largest === Number.NEGATIVE_INFINITY) return largest
  let sum = 0
  for (const log of logs) sum += Math.exp(log - largest)
  return largest + Math.log(sum)
}

/** Turns logs into shares of their sum, in place (all 0 for none), and returns the log of the sum. */
function normalise(logs: Float64Array): number {
  const sum = logSum(logs)
  for (let i = 0; i < logs.length; i++) logs[i] = logs[i]! > Number.NEGATIVE_INFINITY ? Math.exp(logs[i]! - sum) : 0
  return sum
}

/**
 * Log priors of one known outcome, and of novelty in one inner taxon by its rank level. Known taxa share theirs evenly,
 * and so do inner taxa of one rank. Novelty gets 1 / (1 + examples) more in all, because with few examples much is new;
 * `fewer` is what this adds to its log odds.
 */
export function outcomePriors(
  outcomes: Scores['outcomes'],
  calibration: Pick<Calibration, 'noveltyPrior'>,
  examples: number,
): { known: number; novel: Map<number, number>; fewer: number } {
  let inner = 0
  for (const count of outcomes.inner.values()) inner += count
  const unseen = 1 / (1 + examples)
  let [left, leftOfMany] = [1, 1]
  const novel = new Map<number, number>()
  for (const [rankLevel, count] of [...outcomes.inner].sort((a, b) => b[0] - a[0])) {
    const priorOfMany = atLevel(calibration.noveltyPrior, rankLevel)
    const prior = (1 - unseen) * priorOfMany + (unseen * count) / inner
    novel.set(rankLevel, Math.log(prior / count))
    left -= prior
    leftOfMany -= priorOfMany
  }
  left = Math.max(LEAST_KNOWN, left)
  return {
    known: Math.log(left / Math.max(1, outcomes.known)),
    novel,
    // Where no rank has a prior, novelty rests on there being few examples alone, so there is nothing to add to.
    fewer: leftOfMany === 1 ? 0 : logit(1 - left) - logit(1 - Math.max(LEAST_KNOWN, leftOfMany)),
  }
}
