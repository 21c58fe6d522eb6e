// Identifications as the API shows them.

import type { Identification as IdentificationRow } from '../../db/statements/identifications.ts'
import type { Identification } from '../contract/identification.ts'
import { type TaxonDeps, taxonLookup } from './taxa.ts'

export async function presentIdentifications(deps: TaxonDeps, rows: IdentificationRow[]): Promise<Identification[]> {
  const taxa = await taxonLookup(
    deps,
    rows.map((row) => row.taxonId),
  )
  return rows.map((row) => ({
    id: String(row.id),
    detectionId: String(row.detectionId),
    taxon: taxa.get(row.taxonId),
    person: row.person,
    basis: row.basis,
    proposal: row.proposal,
    replacesId: row.replacesId === null ? null : String(row.replacesId),
    createdAt: row.createdAt.toISOString(),
    withdrawnAt: row.withdrawnAt?.toISOString() ?? null,
    withdrawnBy: row.withdrawnBy,
  }))
}
