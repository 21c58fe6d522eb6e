// What the page proposes for an animal. The heading, the path and the main button all follow it, so they always agree:
// the deepest name that is sure, or else to mark the photo as empty, or to skip it. A name that is not sure is never
// proposed; a person can still choose it.

import type { Detection } from '../../../api/contract/detection.ts'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { isNothing, isSure, isUnlikeTaught } from './words.ts'

type Answered = Pick<AnsweredDetection, 'path' | 'stop' | 'nearness'>

export type Proposal =
  /** `probability` is null where people said the name and the tree was not asked. */
  { does: 'confirm'; taxon: Taxon; probability: number | null } | { does: 'empty' } | { does: 'skip' }

/**
 * The deepest step of the path that is sure: at or above the rank where the answer stops, and at least probable. Null
 * if there is none, or if the animal is more likely unlike everything taught.
 */
export function sureStep({ path, stop, nearness }: Answered): AnsweredDetection['path'][number] | null {
  if (stop === null || isUnlikeTaught({ nearness }) || isNothing({ nearness })) return null
  const end = path.findIndex((step) => step.taxon.id === stop.taxon.id)
  return path.slice(0, end + 1).findLast((step) => isSure(step.probability)) ?? null
}

type Shown = Pick<Detection, 'kind' | 'source' | 'taxon' | 'conflict' | 'mark' | 'setAside'>

/** What Enter does for this animal while nothing is chosen. */
export function proposalOf(shown: Shown, answer: Answered | undefined): Proposal {
  if (shown.setAside || shown.mark !== null || shown.kind !== 'animal') return { does: 'skip' }
  if (shown.taxon !== null && !shown.conflict) return { does: 'confirm', taxon: shown.taxon, probability: null }
  const sure = answer === undefined ? null : sureStep(answer)
  // Nobody drew a box here, so a name for the whole photo is too much for one key.
  if (shown.source === 'wholePhoto') return { does: answer === undefined || sure !== null ? 'skip' : 'empty' }
  return sure === null ? { does: 'skip' } : { does: 'confirm', taxon: sure.taxon, probability: sure.probability }
}

/** Whether a taxon is the other one or below it. */
export const isWithin = (taxon: Pick<Taxon, 'id' | 'path'>, above: Pick<Taxon, 'id'>): boolean =>
  taxon.id === above.id || taxon.path.some((step) => step.id === above.id)

/** Whether the animal's own stored suggestion is sure that it is of this taxon. */
export const isSureOf = ({ suggestion }: Pick<Detection, 'suggestion'>, taxon: Pick<Taxon, 'id'>): boolean =>
  suggestion !== null &&
  suggestion.stop !== null &&
  (isWithin(suggestion.stop, taxon) ||
    (suggestion.taxon !== null && isWithin(suggestion.taxon, taxon) && isSure(suggestion.probability)))
