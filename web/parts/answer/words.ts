// Puts an answer's probabilities into words, so that people can judge it without reading numbers.

import type { Detection } from '../../../api/contract/detection.ts'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { rankBelow } from '../taxon/ranks.ts'

/** Limits between the adverbs. They are conventions of this page, not measurements. */
const SURE = 0.95
const PROBABLE = 0.7
const POSSIBLE = 0.3
/** A heading names nothing that is more likely wrong than right. */
const MORE_LIKELY_THAN_NOT = 0.5
const NOVELTY_WORTH_SAYING = 0.15
const WORTH_NAMING = 0.02

export type Saying = { adverb: 'surely' | 'probably' | 'perhaps'; taxon: Taxon }

/**
 * At most three steps, each deeper and less sure than the one before: "surely Aves, probably Setophaga, perhaps
 * Setophaga citrina".
 */
export function sayings(path: AnsweredDetection['path']): Saying[] {
  const deepest = (adverb: Saying['adverb'], least: number, most: number): Saying[] => {
    const step = path.findLast((s) => s.probability >= least && s.probability < most)
    return step === undefined ? [] : [{ adverb, taxon: step.taxon }]
  }
  return [
    ...deepest('surely', SURE, Number.POSITIVE_INFINITY),
    ...deepest('probably', PROBABLE, SURE),
    ...deepest('perhaps', POSSIBLE, PROBABLE),
  ]
}

/** Whether a probability is high enough for a name to be proposed. */
export const isSure = (probability: number): boolean => probability >= PROBABLE

/** A name with a tiny probability misleads more than it helps. It stays among the suggestions but is not proposed. */
export const isWorthNaming = (probability: number): boolean => probability >= WORTH_NAMING

/** The suggested taxon, or null if it is not worth showing. */
export function guessOf({ suggestion }: Pick<Detection, 'suggestion'>): Taxon | null {
  return suggestion !== null && isWorthNaming(suggestion.probability) ? suggestion.taxon : null
}

/** The adverb for one probability; "perhaps" has no lower limit. */
export const adverbOf = (probability: number): Saying['adverb'] =>
  probability >= SURE ? 'surely' : probability >= PROBABLE ? 'probably' : 'perhaps'

export type NoveltySaying = { strength: 'May be' | 'Probably'; what: string; within: Taxon | null; probability: number }

/** For example "May be a species not yet in Setophaga", or null if that is too unlikely to mention. */
export function noveltySaying(novelty: AnsweredDetection['novelty']): NoveltySaying | null {
  if (novelty === null || novelty.probability < NOVELTY_WORTH_SAYING) return null
  const rank = novelty.under === null ? 'class' : rankBelow(novelty.under.rank)
  return {
    strength: novelty.probability >= 0.5 ? 'Probably' : 'May be',
    what: `${/^[aeio]/.test(rank) ? 'an' : 'a'} ${rank}`,
    within: novelty.under,
    probability: novelty.probability,
  }
}

/** The one statement that heads an answer, with its one probability; `taxon` is null for what is not a name. */
export type Heading = {
  adverb: Saying['adverb'] | null
  words: string
  taxon: Taxon | null
  probability: number | null
}

/** `sure` is the step that the page proposes, or null. */
export function headingOf(
  { path, nearness, source }: Pick<AnsweredDetection, 'path' | 'nearness' | 'source'>,
  sure: AnsweredDetection['path'][number] | null,
): Heading {
  const without = (words: string, probability: number): Heading => ({
    adverb: adverbOf(probability),
    words,
    taxon: null,
    probability,
  })
  if (nearness !== null && isNothing({ nearness })) return without('no animal', nearness.nothing)
  if (source === 'wholePhoto' && sure === null)
    return { adverb: null, words: 'No animal was found', taxon: null, probability: null }
  if (nearness !== null && isUnlikeTaught({ nearness })) return without('unlike everything taught', nearness.strange)
  const step = sure ?? path.findLast(({ probability }) => probability >= MORE_LIKELY_THAN_NOT)
  if (step !== undefined)
    return { adverb: adverbOf(step.probability), words: '', taxon: step.taxon, probability: step.probability }
  const words = path.length > 0 ? 'Nothing fits' : 'The tree has not learned any taxon yet'
  return { adverb: null, words, taxon: null, probability: null }
}

/** Whether the animal is more likely unlike everything taught than like some of it. */
export const isUnlikeTaught = ({ nearness }: { nearness: { strange: number } | null }): boolean =>
  nearness !== null && nearness.strange > 0.5

/** Whether there is probably no animal, by what was marked so. */
export const isNothing = ({ nearness }: { nearness: { nothing: number } | null }): boolean =>
  nearness !== null && nearness.nothing > 0.5

export type Certainty = 'sure' | 'unsure' | 'weak'

/** Which of three colours shows a probability. */
export const certaintyOf = (probability: number): Certainty =>
  probability >= PROBABLE ? 'sure' : probability >= POSSIBLE ? 'unsure' : 'weak'
