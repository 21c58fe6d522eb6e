import { Conflict } from '../../errors.ts'
import { RANK_LEVELS } from '../../schema.ts'
import type { TaxonomyDraft } from '../draft.ts'
import type { Retargeting } from '../retargeting.ts'
import type { TaxonState } from '../states.ts'

/** What commands work on. They throw NotFound or Conflict, and leave it to the caller to roll back the transaction. */
export type Work = {
  draft: TaxonomyDraft
  retargeting: Retargeting
  /** The database holds no statements: those that a command names are not missed. */
  taxaOnly: boolean
}

/** Throws Conflict unless the parent is of a higher rank than the child. */
export function checkRank(parent: TaxonState, child: TaxonState): void {
  if (RANK_LEVELS[parent.rank] > RANK_LEVELS[child.rank]) return
  throw new Conflict(
    `Expected ${parent.name} to be of a higher rank than ${child.rank}, which ${child.name} below it is, but it would be a ${parent.rank}`,
  )
}
