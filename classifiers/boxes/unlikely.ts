// Which boxes are so improbably animals that lists leave them out until somebody asks for them.

import { BOX_KINDS, type BoxFacts, type BoxJudge, type BoxKind } from './judge.ts'

export type Unlikely = { animal: number; likely: Exclude<BoxKind, 'animal'> }

/**
 * A box of less than this probability of an animal is left out: `npm run eval -- CSV --detector --judge` says how many
 * animals and others that hides.
 */
export const UNLIKELY = 0.1
/** With fewer marks, and fewer of them of something else than an animal, nothing is left out. */
const LEAST_MARKS = 20
const LEAST_OTHERS = 5

export const knowsEnough = (marks: readonly { kind: BoxKind }[]): boolean =>
  marks.length >= LEAST_MARKS && marks.filter(({ kind }) => kind !== 'animal').length >= LEAST_OTHERS

/** Null where it may be an animal. */
export function unlikely(judge: BoxJudge, box: BoxFacts): Unlikely | null {
  const [animal, ...others] = judge.probabilities(box)
  if (animal! >= UNLIKELY) return null
  const likely = BOX_KINDS[1 + others.indexOf(Math.max(...others))]
  return likely === undefined || likely === 'animal' ? null : { animal: animal!, likely }
}
