// The family of a suggestion: how far off it is where its species is wrong.

import { RANK_LEVELS } from '../../db/schema.ts'
import type { Suggestions } from '../suggest.ts'
import type { LiveAnswers } from './answering.ts'

/** Its family, or the next taxon above where it lies in none, or else its highest; null for an unknown taxon. */
export function familyOf(taxonomy: LiveAnswers['taxonomy'], taxonId: number): number | null {
  const taxon = taxonomy.taxon(taxonId)
  if (!taxon) return null
  const path = [...taxon.path, taxon]
  return (path.findLast(({ rank }) => RANK_LEVELS[rank] >= RANK_LEVELS.family) ?? path[0]!).id
}

/** How probable it is that the family of the best suggestion is right; null where nothing is suggested. */
export function familyProbability(
  { path, suggestions }: Pick<Suggestions, 'path' | 'suggestions'>,
  taxonomy: LiveAnswers['taxonomy'],
): number | null {
  const best = suggestions[0]
  const family = best && familyOf(taxonomy, best.taxonId)
  if (!best || family == null) return null
  // The path tells it with what is new in the family; without a step there, the suggestions are added.
  const step = path.find(({ taxonId }) => taxonId === family)
  const within = suggestions.filter(({ taxonId }) => taxonomy.isWithin(taxonId, family))
  return Math.min(1, step?.probability ?? within.reduce((sum, { probability }) => sum + probability, 0))
}
