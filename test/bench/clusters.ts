// Synthetic species for benches: a regular taxonomy, prototypes drawn from the tree's own model, and statistics with
// the same variances.

import type { Statistics } from '../../classifiers/statistics.ts'
import type { TaxonNode } from '../../classifiers/taxonomy.ts'
import { statisticsOf } from '../support/statistics.ts'

/** Variances between species that fall as on photographs: about those that the bundled embedder shows on 53 species. */
export function synthetic(dimensions: number): Statistics {
  return statisticsOf({ between: Float64Array.from({ length: dimensions }, (_, i) => 35 / (i + 1) ** 1.2) })
}

/** Four species to a genus, ten genera to a family, ten families to an order, ten orders to a class. */
export function taxonomyOf(count: number): { taxa: TaxonNode[]; leaves: number[] } {
  const taxa: TaxonNode[] = []
  const leaves: number[] = []
  let above: number[] = []
  for (const [rankLevel, species] of [
    [50, 4000],
    [40, 400],
    [30, 40],
    [20, 4],
    [10, 1],
  ] as const) {
    const ids: number[] = []
    const many = Math.ceil(count / species)
    for (let i = 0; i < many; i++) {
      const id = taxa.length + 1
      taxa.push({ id, parentId: above.length === 0 ? null : above[Math.floor((i * above.length) / many)]!, rankLevel })
      ids.push(id)
    }
    above = ids
    if (rankLevel === 10) leaves.push(...ids)
  }
  return { taxa, leaves }
}

/** Prototypes drawn from the top down, each around its parent's. */
export function draw(taxa: readonly TaxonNode[], s: Statistics, normal: () => number): Map<number, Float32Array> {
  const prototypes = new Map<number, Float32Array>()
  const byId = new Map(taxa.map((taxon) => [taxon.id, taxon]))
  for (const { id, parentId, rankLevel } of taxa) {
    const parent = parentId === null ? null : prototypes.get(parentId)!
    const above = parentId === null ? 0 : s.cumulativeShare[byId.get(parentId)!.rankLevel]!
    const share = s.cumulativeShare[rankLevel]! - above
    prototypes.set(
      id,
      Float32Array.from(s.between, (b, i) => (parent?.[i] ?? 0) + normal() * Math.sqrt(share * b)),
    )
  }
  return prototypes
}
