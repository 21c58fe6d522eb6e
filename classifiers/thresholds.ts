// The probability that a stop must reach to be right as often as asked.

import type { Thresholds } from './statistics.ts'

/** The share of right stops that is asked for where nobody says otherwise. */
export const DEFAULT_ACCURACY = 0.8

/** With fewer held-out answers or species the asked accuracy itself is the threshold. */
const FEWEST_ANSWERS = 200
const FEWEST_SPECIES = 5

export const NO_THRESHOLDS: Thresholds = {
  theta: new Float64Array(0),
  accuracy: new Float64Array(0),
  answers: 0,
  species: 0,
}

/**
 * For asked accuracies of this much or more, no stop is more probably wrong than right, however often such stops are
 * right.
 */
const LEAST = 0.5

/** How fast the threshold rises to the asked accuracy with strangeness, as a share of the asked rate of errors. */
const STEEPNESS = 0.6

/**
 * The smallest theta at which a share of `accuracy` of held-out stops were right; beyond what they reached, more
 * cautious.
 */
export function thresholdFor(
  thresholds: Thresholds,
  accuracy: number,
): { theta: number; rule: 'calibrated' | 'cautious' } {
  if (thresholds.answers < FEWEST_ANSWERS || thresholds.species < FEWEST_SPECIES)
    return { theta: accuracy, rule: 'cautious' }
  const at = thresholds.accuracy.findIndex((reached) => reached >= accuracy)
  if (at < 0) return { theta: Math.max(accuracy, thresholds.theta.at(-1) ?? 1), rule: 'calibrated' }
  return { theta: Math.max(Math.min(LEAST, accuracy), thresholds.theta[at]!), rule: 'calibrated' }
}

/**
 * Where the photo is plainly near something taught nothing changes; a strange one stops only where the asked accuracy
 * is reached.
 */
export function raisedThreshold(theta: number, accuracy: number, strange: number): number {
  if (theta >= accuracy) return theta
  const part = accuracy < 1 ? Math.min(1, (STEEPNESS * strange) / (1 - accuracy)) : 1
  return theta + (accuracy - theta) * part
}
