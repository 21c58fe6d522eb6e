// The photos and people behind taxa.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'

/** How many photos have an animal that teaches one of these. */
export async function photoCount(db: Db, taxonIds: number[]): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(distinct media_id)::int as count from detection where taught_taxon_id = any(${idArray(taxonIds)})`)
  return rows[0]?.count ?? 0
}

/**
 * How many examples of these taxa each person identified, most first. Where several people did, the last one counts.
 */
export async function teachersOf(db: Db, taxonIds: number[]): Promise<{ person: string; examples: number }[]> {
  const { rows } = await db.execute<{ person: string; examples: number }>(sql`
    select person, count(*)::int as examples from (
      select distinct on (d.id) d.id, i.person
      from detection d join identification i on i.detection_id = d.id
      where d.taught_taxon_id = any(${idArray(taxonIds)}) and i.withdrawn_at is null and not i.proposal
      order by d.id, i.id desc) as last
    group by person order by examples desc, person`)
  return rows
}
