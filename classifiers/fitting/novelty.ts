// Fits novelty on held-out answers about known animals and about animals whose taxon was left out: the temperature that
// separates them best, and a prior per rank that makes novelty at each rank as probable as it is frequent.

import { type Calibration, outcomePriors, outcomeProbabilities, sigmoid } from '../outcomes.ts'
import { posterior } from '../posterior.ts'
import { type ByRankLevel, ROOT_LEVEL } from '../statistics.ts'
import { auroc } from './auroc.ts'
import { geometricMean, mean } from './averages.ts'
import type { HeldOut } from './held-out.ts'

/** Share of animals assumed to be in no known taxon: the average that the probability of novelty should have. */
export const ASSUMED_NEW = 0.03
/** A rank with so many answers takes half of each step, on a log scale. */
const PRIOR_ANSWERS = 20
const ROUNDS = 10
/** At most so many answers about known animals: they only set an average. */
const MOST_KNOWN = 800

/**
 * Shares of the common temperature, tried for novelty: the common one suits the pooled answer and hides what the tree
 * alone sees. With the small embedder left-out species were told from known ones with an AUROC of 0.798 at the common
 * temperature and of 0.819 at the one found here (0.35 of it; 2026-11-26). The similarity of the nearest exemplar as
 * further evidence made it worse.
 */
const TEMPERATURE_SHARES = [1, 0.7, 0.5, 0.35, 0.25]
/** Tried next: a low temperature separates best but is overconfident. */
const SHARPNESSES = [1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12]
const LARGEST_BIAS = 20

/**
 * The temperature of highest AUROC, then the sharpness of highest likelihood, with the bias that keeps the average.
 * `share`: the weight of the answers against `start`.
 */
export function fitNovelty(
  all: readonly HeldOut[],
  leftOut: readonly HeldOut[],
  start: Calibration,
  share: number,
): Calibration {
  const step = Math.ceil(all.length / MOST_KNOWN)
  const known = all.filter((_, i) => i % step === 0)
  const plain = { ...start, noveltySharpness: 1, noveltyBias: 0 }
  const oddsOf = (answers: readonly HeldOut[], calibration: Calibration): Odds[] =>
    answers.map((answer) => odds(answer, calibration))
  const part = argmax(TEMPERATURE_SHARES, (tried) => {
    const calibration = withPriors(known, leftOut, { ...plain, noveltyTemperature: tried * start.temperature })
    return auroc(oddsOf(leftOut, calibration).map(sumOf), oddsOf(known, calibration).map(sumOf))
  })
  const noveltyTemperature = geometricMean(start.noveltyTemperature, part * start.temperature, share)
  const calibration = withPriors(known, leftOut, { ...plain, noveltyTemperature })
  const [ofKnown, ofNew] = [oddsOf(known, calibration), oddsOf(leftOut, calibration)]
  const sharpness = argmax(SHARPNESSES, (tried) => likelihood(ofKnown, ofNew, tried, biasFor(ofKnown, ofNew, tried)))
  const noveltySharpness = geometricMean(start.noveltySharpness, sharpness, share)
  const noveltyBias = (1 - share) * start.noveltyBias + share * biasFor(ofKnown, ofNew, noveltySharpness)
  return { ...calibration, noveltySharpness, noveltyBias }
}

/** Log odds of novelty: from the scores, and from there being few examples, to which sharpness does not apply. */
type Odds = { evidence: number; fewer: number }

function odds({ scores, examples }: HeldOut, calibration: Calibration): Odds {
  const { known, novel } = outcomeProbabilities(scores, calibration, examples)
  const { fewer } = outcomePriors(scores.outcomes, calibration, examples)
  const log = (values: Float64Array): number => Math.log(values.reduce((total, value) => total + value, 1e-300))
  return { evidence: log(novel) - log(known) - fewer, fewer }
}

const sumOf = ({ evidence, fewer }: Odds): number => evidence + fewer

/** The choice with the highest value; of equals the first. */
function argmax(choices: readonly number[], value: (choice: number) => number): number {
  const values = choices.map(value)
  return choices[values.indexOf(Math.max(...values))]!
}

/** Mean log likelihood of what was true, known or new. */
function likelihood(ofKnown: readonly Odds[], ofNew: readonly Odds[], sharpness: number, bias: number): number {
  const log = (logOdds: number): number => Math.log(sigmoid(logOdds) + 1e-12)
  return (
    (1 - ASSUMED_NEW) * mean(ofKnown.map(({ evidence, fewer }) => log(-sharpness * evidence - fewer - bias))) +
    ASSUMED_NEW * mean(ofNew.map(({ evidence, fewer }) => log(sharpness * evidence + fewer + bias)))
  )
}

/** The bias that makes the average probability of novelty ASSUMED_NEW, by bisection. */
function biasFor(ofKnown: readonly Odds[], ofNew: readonly Odds[], sharpness: number): number {
  let [low, high] = [-LARGEST_BIAS, LARGEST_BIAS]
  for (let i = 0; i < 30; i++) {
    const bias = (low + high) / 2
    const said = (list: readonly Odds[]): number =>
      mean(list.map(({ evidence, fewer }) => sigmoid(sharpness * evidence + fewer + bias)))
    if ((1 - ASSUMED_NEW) * said(ofKnown) + ASSUMED_NEW * said(ofNew) > ASSUMED_NEW) high = bias
    else low = bias
  }
  return (low + high) / 2
}

/** Iterative scaling: multiplies each rank's prior by how often novelty there was true over how probable it was. */
function withPriors(known: readonly HeldOut[], leftOut: readonly HeldOut[], start: Calibration): Calibration {
  const truth = new Map<number, number>()
  for (const answer of leftOut) {
    const level = levelOf(answer)
    truth.set(level, (truth.get(level) ?? 0) + 1)
  }
  let priors: ByRankLevel = { ...start.noveltyPrior }
  for (let round = 0; round < ROUNDS; round++) {
    const calibration = { ...start, noveltyPrior: priors }
    const said = new Map<number, number>()
    addNovelty(said, known, calibration, (1 - ASSUMED_NEW) / known.length)
    addNovelty(said, leftOut, calibration, ASSUMED_NEW / leftOut.length)
    const next = { ...priors }
    for (const [level, count] of truth) {
      const wanted = (ASSUMED_NEW * count) / leftOut.length
      const trust = count / (count + PRIOR_ANSWERS)
      const factor = (wanted / Math.max(1e-9, said.get(level) ?? 0)) ** trust
      next[level] = Math.min(0.2, Math.max(1e-6, (priors[level] ?? 0.01) * Math.min(3, Math.max(1 / 3, factor))))
    }
    priors = next
  }
  return { ...start, noveltyPrior: priors }
}

/** Rank level of the taxon under which a left-out animal is new. */
function levelOf({ scores, path }: HeldOut): number {
  return path.length === 0 ? ROOT_LEVEL : scores.nodes[path.at(-1)!]!.rankLevel
}

function addNovelty(
  said: Map<number, number>,
  answers: readonly HeldOut[],
  calibration: Calibration,
  weight: number,
): void {
  for (const { scores, examples, neighbours, regression } of answers) {
    const { novel } = posterior(scores, calibration, examples, neighbours, regression)
    scores.nodes.forEach(({ rankLevel }, i) => {
      if (novel[i]! > 0) said.set(rankLevel, (said.get(rankLevel) ?? 0) + weight * novel[i]!)
    })
  }
}
