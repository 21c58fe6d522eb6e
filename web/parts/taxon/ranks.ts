// The ranks in order, highest first, and the ranks below a given one.

import type { Taxon } from '../../../api/contract/taxon.ts'

export type Rank = Taxon['rank']

export const ranks: readonly Rank[] = [
  'kingdom',
  'phylum',
  'class',
  'order',
  'family',
  'genus',
  'species',
  'subspecies',
]

export const ranksBelow = (rank: Rank): readonly Rank[] => ranks.slice(ranks.indexOf(rank) + 1)
export const rankBelow = (rank: Rank): Rank => ranksBelow(rank)[0] ?? 'subspecies'

/** Names of genera and lower ranks are set in italics. */
export const isItalic = (rank: Rank): boolean => ranks.indexOf(rank) >= ranks.indexOf('genus')
