// The ranks in order, top first, and what stands below one.

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

/** Names of genera and below are set in italics. */
export const isItalic = (rank: Rank): boolean => ranks.indexOf(rank) >= ranks.indexOf('genus')
