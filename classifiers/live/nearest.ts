// The nearest exemplars of a query: from memory where a scan of everything taught takes a few milliseconds, from the
// database beyond that. Both give the same exemplars (test/classifiers/memory-nearest.test.ts).

import type { Db } from '../../db/connection/connect.ts'
import { type Near, type NearFilter, nearestExemplars, nearestPerTaxon } from '../../db/trees/nearest.ts'
import type { Neighbour } from '../neighbours/neighbours.ts'
import type { LiveTree } from './live-tree.ts'
import { measureAll, nearestOf } from './memory-nearest.ts'

/** What narrows similar photos besides the taxon: camera, capture time, whether a person has confirmed them. */
export type PhotoFilter = Omit<NearFilter, 'taxonIds'>

/** `query` in the tree's metric. Exemplars of one burst, or one detection, can be left out. */
export function openNearest(
  db: Db,
  live: LiveTree,
  query: Float32Array,
  leftOut: { groupKey?: string | null; detectionId?: number | null },
) {
  const { groupKey = null, detectionId = null } = leftOut
  const { exemplarRows, taxa } = live
  const measured = exemplarRows && measureAll(exemplarRows, query, { groupKey, detectionId })
  const known = {
    version: live.version,
    query,
    examples: live.examples,
    excludeGroupKey: groupKey,
    excludeDetectionIds: detectionId === null ? [] : [detectionId],
  }
  return {
    /** The `k` nearest, those at or below `within` only where that is given. */
    async overall(k: number, within: number | null = null, filter: PhotoFilter = {}): Promise<Near[]> {
      const taxonIds = within === null ? null : taxa.subtree(within)
      const isUnfiltered = Object.values(filter).every((value) => value === undefined || value === false)
      if (measured && isUnfiltered) return nearestOf(measured, k, taxonIds && new Set(taxonIds))
      const ofTaxa = taxonIds ? { taxonIds, matching: live.tree.exampleCount(within) } : {}
      return await nearestExemplars(db, { ...known, ...ofTaxa, ...filter, k })
    },
    /** The `k` nearest at or below each of some taxa. */
    async perTaxon(taxonIds: number[], k: number): Promise<Map<number, Near[]>> {
      const asked = taxonIds.map((taxonId) => ({ taxonId, within: taxa.subtree(taxonId) }))
      if (!measured) return await nearestPerTaxon(db, { ...known, taxa: asked, perTaxon: k })
      return new Map(asked.map(({ taxonId, within }) => [taxonId, nearestOf(measured, k, new Set(within))]))
    },
  }
}

export function toNeighbour({ taxonId, similarity, groupKey }: Near): Neighbour {
  return { taxonId, similarity, group: groupKey }
}
