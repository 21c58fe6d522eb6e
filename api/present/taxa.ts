// Taxa as the API shows them: ids as strings, with the path from the top.

import type { Learning } from '../../classifiers/live/learning.ts'
import type { PlacedTaxon } from '../../classifiers/live/live-tree.ts'
import { NotFound } from '../../db/errors.ts'
import type { Taxon } from '../contract/taxon.ts'

export function presentTaxon({ id, name, rank, commonName, path }: PlacedTaxon): Taxon {
  return {
    id: String(id),
    name,
    rank,
    commonName,
    path: path.map((above) => ({ id: String(above.id), name: above.name, rank: above.rank })),
  }
}

export type TaxonDeps = { learning: Pick<Learning, 'taxonomy' | 'sync'> }

/** Looks taxa up. Learns first where one is unknown: another process may just have made it. */
export async function taxonLookup({ learning }: TaxonDeps, ids: Iterable<number | null>) {
  const wanted = [...ids].filter((id) => id !== null)
  if (wanted.some((id) => learning.taxonomy.taxon(id) === null)) await learning.sync()
  const find = (id: number | null): Taxon | null => {
    const taxon = id === null ? null : learning.taxonomy.taxon(id)
    return taxon && presentTaxon(taxon)
  }
  /** For ids that a foreign key guarantees; the taxon can be missing only between two reads. */
  const get = (id: number): Taxon =>
    find(id) ?? { id: String(id), name: 'a deleted taxon', rank: 'species', commonName: null, path: [] }
  return { find, get }
}

/** Throws NotFound for a taxon that does not exist, because an empty list would not say why it is empty. */
export async function requireTaxon({ learning }: TaxonDeps, id: number): Promise<void> {
  if (learning.taxonomy.taxon(id) !== null) return
  await learning.sync()
  if (learning.taxonomy.taxon(id) === null) throw new NotFound('taxon', id)
}

/** The name of a taxon, to use in a sentence. */
export const nameOf = ({ learning }: { learning: Pick<Learning, 'taxonomy'> }, taxonId: number): string =>
  learning.taxonomy.taxon(taxonId)?.name ?? `taxon ${taxonId}`
