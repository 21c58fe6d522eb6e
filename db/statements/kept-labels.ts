// Labels that a person looked at and called right, although another taxon is more probable. They are not doubted again
// while the label stays.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { arrayParameter, idArray } from '../sql.ts'

/** `taxonId`: the label that was kept; null: none was. */
export type WasKept = { detectionId: number; taxonId: number | null; person: string | null }

/** What animals teach now is right. Returns what was kept before, of those for which that changes something. */
export async function keepLabels(tx: Db, detectionIds: readonly number[], person: string): Promise<WasKept[]> {
  const { rows } = await tx.execute<WasKept & { taught: number }>(sql`
    select d.id as "detectionId", d.taught_taxon_id as taught, k.taxon_id as "taxonId", k.person
    from detection d left join kept_label k on k.detection_id = d.id
    where d.id = any(${idArray(detectionIds)}) and d.taught_taxon_id is not null
      and d.taught_taxon_id is distinct from k.taxon_id
    order by d.id for update of d`)
  await setKept(
    tx,
    rows.map(({ detectionId, taught }) => ({ detectionId, taxonId: taught, person })),
  )
  return rows.map(({ detectionId, taxonId, person }) => ({ detectionId, taxonId, person }))
}

export async function setKept(tx: Db, kept: readonly WasKept[]): Promise<void> {
  const ids = kept.map(({ detectionId }) => detectionId)
  await tx.execute(sql`delete from kept_label where detection_id = any(${idArray(ids)})`)
  const column = (of: (one: WasKept) => unknown, type: 'bigint' | 'text') => arrayParameter(kept.map(of), type)
  await tx.execute(sql`
    insert into kept_label (detection_id, taxon_id, person)
    select i.id, i.taxon_id, i.person
    from unnest(${column((one) => one.detectionId, 'bigint')}, ${column((one) => one.taxonId, 'bigint')},
      ${column((one) => one.person, 'text')}) as i (id, taxon_id, person)
    join detection d on d.id = i.id
    where i.taxon_id is not null`)
}
