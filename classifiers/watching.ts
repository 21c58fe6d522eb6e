// Whether stops are right as often as asked in this very installation. Every answer that a person then confirmed or
// corrected is evidence. Where the latest ones were wrong more often than asked, the threshold rises until the same
// answers would have been right often enough; it falls again as they are. Sliding-window conformal calibration, after
// Gibbs and Candès 2021 ("Adaptive conformal inference under distribution shift").
//
// A pure function of the answers in their order: a statement that is withdrawn leaves no trace.

import type { Thresholds } from './statistics.ts'
import { raisedThreshold, thresholdFor } from './thresholds.ts'

/** An answer before a person named the animal: its path, top first, and which steps turned out right. */
export type Watched = { path: readonly { probability: number; right: boolean }[]; strange: number }

export type Watch = {
  /** Added to the log odds of the threshold; never negative. */
  shift: number
  /** Of the latest answers, how many stopped, each at the threshold of its time, and how many of these were right. */
  stops: number
  right: number
}

export const UNWATCHED: Watch = { shift: 0, stops: 0, right: 0 }

/** The shifts that are tried. */
const STEP = 0.1
const STEPS = 40
/** An answer counts half as much as one so many answers later. */
const HALF_LIFE = 30
/** The figure that people are shown is of so many of the latest answers. */
const SHOWN = 200

/** `answers`: the oldest first; `accuracy`: the wanted share of right stops. */
export function watch(answers: readonly Watched[], accuracy: number, thresholds: Thresholds): Watch {
  const { theta } = thresholdFor(thresholds, accuracy)
  const decay = 2 ** (-1 / HALF_LIFE)
  /** Of each shift: by how much more stops were right than asked. */
  const spare = new Float64Array(STEPS + 1)
  const shown: boolean[] = []
  let at = 0
  answers.forEach(({ path, strange }, i) => {
    const raised = raisedThreshold(theta, accuracy, strange)
    const rightAt = (step: number) =>
      path.findLast(({ probability }) => probability >= shifted(raised, step * STEP))?.right
    const right = rightAt(at)
    if (right !== undefined && i >= answers.length - SHOWN) shown.push(right)
    for (let step = 0; step <= STEPS; step++) {
      const then = rightAt(step)
      spare[step] = spare[step]! * decay + (then === undefined ? 0 : (then ? 1 : 0) - accuracy)
    }
    const enough = spare.findIndex((value) => value >= 0)
    at = enough < 0 ? STEPS : enough
  })
  return { shift: at * STEP, stops: shown.length, right: shown.filter((right) => right).length }
}

/** A threshold with `shift` added to its log odds. */
export function shifted(threshold: number, shift: number): number {
  return shift === 0 || threshold >= 1 ? threshold : 1 / (1 + ((1 - threshold) / threshold) * Math.exp(-shift))
}
