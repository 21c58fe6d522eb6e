// Which animals are taken for some taxa. In: ids of taxa. Out: ids of detections, from the stored summaries.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'

/** Unidentified animals first, the surest of them first. */
export async function suggestedAs(db: Db, taxonIds: number[], limit: number): Promise<number[]> {
  if (taxonIds.length === 0 || limit <= 0) return []
  const { rows } = await db.execute<{ id: number }>(sql`
    select d.id from suggestion s join detection d on d.id = s.detection_id
    where s.taxon_id = any(${idArray(taxonIds)}) and d.kind = 'animal'
    order by (d.taught_taxon_id is null) desc, s.probability desc, d.id limit ${limit}`)
  return rows.map((row) => row.id)
}
