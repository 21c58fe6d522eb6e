// Which animals of a burst can be confirmed together with the one under review, and which look like something else.

import type { Detection, Observation } from '../../../api/contract/detection.ts'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { isSureOf, isWithin } from '../../parts/answer/proposal.ts'
import { isSure } from '../../parts/answer/words.ts'

/** Whether one name can stand for both: they are the same, or one contains the other. */
const agree = (a: Taxon, b: Taxon) => isWithin(a, b) || isWithin(b, a)

/** The identification, or else the taxon at which the suggestion stops, if it contradicts the given taxon. */
export function otherThan(detection: Detection, taxon: Taxon | null): Taxon | null {
  const looksLike = detection.taxon ?? detection.suggestion?.stop ?? null
  return taxon !== null && looksLike !== null && !agree(looksLike, taxon) ? looksLike : null
}

/** Several animals in one photo are not a burst, because they can be different animals. */
export const isBurst = (all: readonly Detection[]): boolean => new Set(all.map((d) => d.mediaId)).size > 1

/** This animal and the undecided others of its burst; empty if there is no burst. */
export const burstToConfirm = (all: readonly Detection[], id: string): Detection[] =>
  (isBurst(all) ? all : []).filter(
    (d) => d.id === id || (d.kind === 'animal' && d.taxon === null && d.mark === null && !d.setAside),
  )

/**
 * Those members of a burst whose own suggestion is not sure of the taxon. `said.probability` is that of the animal on
 * the screen (`id`), null if people said the taxon; a burst is confirmed with one key only if nobody is doubtful.
 */
export const doubtful = (
  members: readonly Detection[],
  said: { taxon: Taxon; probability: number | null },
  id: string,
): Detection[] =>
  members.filter((d) =>
    d.id === id ? said.probability !== null && !isSure(said.probability) : !isSureOf(d, said.taxon),
  )

/** The animals of a burst that can be observed together: not those that people call something else. */
export function burstToObserve(all: readonly Detection[], id: string): Detection[] {
  const taxon = all.find((d) => d.id === id)?.taxon ?? null
  return (isBurst(all) ? all : []).filter(
    (d) =>
      d.id === id ||
      (d.kind === 'animal' &&
        d.mark === null &&
        !d.setAside &&
        (d.taxon === null || taxon === null || agree(d.taxon, taxon))),
  )
}

/** What people said of all of them alike. */
export function saidTogether(members: readonly Detection[]): Partial<Observation> {
  const all = members.map(({ observation }): Partial<Observation> => observation ?? {})
  const { own = {}, ...rest } = all[0] ?? {}
  const isSame = (read: (of: Partial<Observation>) => unknown) => new Set(all.map(read)).size === 1
  // the keys are its own
  const kept = Object.entries(rest).filter(([key]) => isSame((of) => of[key as keyof Observation] ?? null))
  const keptOwn = Object.entries(own).filter(([id]) => isSame((of) => of.own?.[id]))
  return { ...Object.fromEntries(kept), own: Object.fromEntries(keptOwn) }
}
