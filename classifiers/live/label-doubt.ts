// What speaks against an animal's label. In: the answer for it as if its burst had never been learned, and its label. Out: how
// probable the label is, how much more another taxon is, and whether a person should look again.

import type { AnsweredDetection, Taxon } from '../../api/contract/schemas.ts'

export type Doubt = { ownProbability: number | null; disagreement: number; suspect: boolean }

/** A label less probable than the one beside another more probable than the other is suspect. */
const LOW = 0.2
const HIGH = 0.5
/** A taxon with fewer examples outside the burst is not known well enough to miss it. */
const KNOWN_WELL = 3

type Said = Pick<AnsweredDetection, 'path' | 'suggestions'>

/** `otherExamples`: exemplars at or below the label outside the burst. */
export function doubtOf(said: Said, label: Taxon, otherExamples: number): Doubt {
  const step = said.path.find(({ taxon }) => taxon.id === label.id)
  let below = 0
  let rival = 0
  for (const { taxon, probability } of said.suggestions) {
    const isBelow = taxon.id === label.id || taxon.path.some(({ id }) => id === label.id)
    if (isBelow) below += probability
    else if (!label.path.some(({ id }) => id === taxon.id)) rival = Math.max(rival, probability)
  }
  const own = Math.min(1, step?.probability ?? below)
  return {
    ownProbability: own,
    disagreement: Math.max(0, rival - own),
    suspect: own < LOW && rival > HIGH && otherExamples >= KNOWN_WELL,
  }
}

/** Where nobody has said anything: how far the tree and the similar photos are apart about the best taxon. */
export function disputeOf({ suggestions }: Pick<AnsweredDetection, 'suggestions'>): Doubt {
  const best = suggestions[0]?.evidence
  const apart = best && best.neighbours !== null ? Math.abs(best.tree - best.neighbours) : 0
  return { ownProbability: null, disagreement: apart, suspect: false }
}
