// What a burst is and what of it can be confirmed together. In: the animals that count as one with the one under review. Out: those that
// are meant, and those that look like something else.

import type { Detection } from '../../api/contract/detection.ts'
import type { Taxon } from '../../api/contract/taxon.ts'

const isWithin = (taxon: Pick<Taxon, 'id' | 'path'>, above: Pick<Taxon, 'id'>) =>
  taxon.id === above.id || taxon.path.some((step) => step.id === above.id)

/** Whether one name may stand for both: the same, or one above the other. */
const agree = (a: Taxon, b: Taxon) => isWithin(a, b) || isWithin(b, a)

/** What it is identified as, else what the tree took it for, when that is something else than the given taxon. */
export function otherThan(detection: Detection, taxon: Taxon | null): Taxon | null {
  const looksLike = detection.taxon ?? detection.suggestion?.stop ?? null
  return taxon !== null && looksLike !== null && !agree(looksLike, taxon) ? looksLike : null
}

/** Several animals of one photo are no burst: they may well be different ones. */
export const isBurst = (all: readonly Detection[]): boolean => new Set(all.map((d) => d.mediaId)).size > 1

/** This one, and the others of the burst that nobody has decided yet; none where there is no burst. */
export const burstToConfirm = (all: readonly Detection[], id: string): Detection[] =>
  (isBurst(all) ? all : []).filter(
    (d) => d.id === id || (d.kind === 'animal' && d.taxon === null && d.mark === null && !d.setAside),
  )
