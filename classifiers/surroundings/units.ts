// The taxa with measured examples of their own, as the pool weighs them.

import { atLevel, type NearnessByRank } from '../statistics.ts'
import type { Taxonomy } from '../taxonomy.ts'
import type { Placed, Unit } from './pool.ts'

/** `measured`: examples of each taxon itself. */
export function unitsOf(
  measured: ReadonlyMap<number, readonly Placed[]>,
  taxonomy: Taxonomy,
  byRank: NearnessByRank,
): Unit[] {
  const units = new Map<number, Unit>()
  for (const taxonId of measured.keys())
    units.set(taxonId, { weights: atLevel(byRank, taxonomy.need(taxonId).rankLevel), taxonIds: [], groups: 0 })
  for (const [taxonId, photos] of measured) {
    const groups = countGroups(photos)
    for (const { id } of taxonomy.path(taxonId)) {
      const unit = units.get(id)
      if (!unit) continue
      unit.taxonIds.push(taxonId)
      unit.groups += groups
    }
  }
  return [...units.values()]
}

export const countGroups = (photos: readonly Placed[]): number => new Set(photos.map(({ group }) => group)).size
