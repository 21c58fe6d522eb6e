// What speaks against an animal's label: how probable it is when its own burst is left out, how much more probable
// another taxon is, and whether a person should look again.

import type { Suggestions } from '../suggest.ts'
import type { Taxonomy } from '../taxonomy.ts'

export type LabelDoubt = { ownProbability: number | null; disagreement: number; suspect: boolean }

/** A label less probable than LOW is suspect where another taxon is more probable than HIGH. */
const LOW = 0.2
const HIGH = 0.5
/** With fewer examples outside the burst, the tree knows the label's taxon too little to doubt it. */
const KNOWN_WELL = 3

/** `said` without the label's own burst; `otherExamples`: exemplars at or below the label outside the burst. */
export function labelDoubt(
  said: Pick<Suggestions, 'path' | 'suggestions'>,
  label: number,
  taxonomy: Pick<Taxonomy, 'isWithin'>,
  otherExamples: number,
): LabelDoubt {
  const step = said.path.find(({ taxonId }) => taxonId === label)
  let below = 0
  let rival = 0
  for (const { taxonId, probability } of said.suggestions) {
    if (taxonomy.isWithin(taxonId, label)) below += probability
    else if (!taxonomy.isWithin(label, taxonId)) rival = Math.max(rival, probability)
  }
  const own = Math.min(1, step?.probability ?? below)
  return {
    ownProbability: own,
    disagreement: Math.max(0, rival - own),
    suspect: own < LOW && rival > HIGH && otherExamples >= KNOWN_WELL,
  }
}

/** For an animal without a label: how much the tree and the similar photos disagree about the best taxon. */
export function evidenceDispute({ suggestions }: Pick<Suggestions, 'suggestions'>): LabelDoubt {
  const best = suggestions[0]?.evidence
  const apart = best && best.neighbours !== null ? Math.abs(best.tree - best.neighbours) : 0
  return { ownProbability: null, disagreement: apart, suspect: false }
}
