// How readily the tree says "something new here". In: held-out answers about known animals and about animals whose taxon
// was left out. Out: a prior per rank, such that novelty at each rank is said as often as it would be true.

import type { HeldOut } from './held-out.ts'
import { type Calibration, posterior } from './posterior.ts'
import { type ByRankLevel, ROOT_LEVEL } from './statistics.ts'

/** Share of animals assumed to be in no known taxon: what novelty should average over all that is asked. */
export const ASSUMED_NEW = 0.03
/** Answers a rank's prior needs before it leaves its starting value altogether. */
const PRIOR_ANSWERS = 20
const ROUNDS = 10
/** Answers about known animals looked at: they only set an average. */
const MOST_KNOWN = 800

/** Iterative scaling: each rank's prior times (how often novelty there was true / how often it was said), until they agree. */
export function fitNovelty(all: readonly HeldOut[], leftOut: readonly HeldOut[], start: Calibration): ByRankLevel {
  const step = Math.ceil(all.length / MOST_KNOWN)
  const known = all.filter((_, i) => i % step === 0)
  const truth = new Map<number, number>()
  for (const answer of leftOut) {
    const level = levelOf(answer)
    truth.set(level, (truth.get(level) ?? 0) + 1)
  }
  let priors: ByRankLevel = { ...start.noveltyPrior }
  for (let round = 0; round < ROUNDS; round++) {
    const calibration = { ...start, noveltyPrior: priors }
    const said = new Map<number, number>()
    addSaid(said, known, calibration, (1 - ASSUMED_NEW) / known.length)
    addSaid(said, leftOut, calibration, ASSUMED_NEW / leftOut.length)
    const next = { ...priors }
    for (const [level, count] of truth) {
      const wanted = (ASSUMED_NEW * count) / leftOut.length
      const trust = count / (count + PRIOR_ANSWERS)
      const factor = (wanted / Math.max(1e-9, said.get(level) ?? 0)) ** trust
      next[level] = Math.min(0.2, Math.max(1e-6, (priors[level] ?? 0.01) * Math.min(3, Math.max(1 / 3, factor))))
    }
    priors = next
  }
  return priors
}

/** Rank level of the taxon under which a left-out animal is new. */
function levelOf({ scores, path }: HeldOut): number {
  return path.length === 0 ? ROOT_LEVEL : scores.nodes[path.at(-1)!]!.rankLevel
}

function addSaid(
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
