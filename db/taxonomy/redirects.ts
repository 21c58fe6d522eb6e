// Where the ids of merged taxa lead.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import type { Rank } from '../schema.ts'
import { idArray } from '../sql.ts'

/**
 * The taxon itself, or the one that it became part of, for writing something that names it: until the transaction ends,
 * that taxon is neither removed nor merged. Throws NotFound.
 */
export async function presentTaxonId(tx: Db, id: number): Promise<number> {
  for (let at = id; ; ) {
    const { rows } = await tx.execute<{ mergedIntoId: number | null }>(
      sql`select merged_into_id as "mergedIntoId" from taxon where id = ${at} for key share`,
    )
    const row = rows[0]
    if (!row) throw new NotFound('taxon', id)
    if (row.mergedIntoId === null) return at
    at = row.mergedIntoId
  }
}

/** For each of these that was merged, the taxon that it became part of. */
export async function redirectsOf(db: Db, taxonIds: number[]): Promise<Map<number, number>> {
  const { rows } = await db.execute<{ start: number; id: number }>(sql`
    with recursive way as (
      select id as start, merged_into_id as id from taxon where id = any(${idArray(taxonIds)}) and merged_into_id is not null
      union all select way.start, t.merged_into_id from taxon t join way on t.id = way.id where t.merged_into_id is not null)
    select way.start, way.id from way join taxon t on t.id = way.id where t.merged_into_id is null`)
  return new Map(rows.map((row) => [row.start, row.id]))
}

/** Taxa that became part of this one, directly or through others. */
export async function mergedInto(db: Db, id: number): Promise<{ id: number; name: string; rank: Rank }[]> {
  const { rows } = await db.execute<{ id: number; name: string; rank: Rank }>(sql`
    with recursive part as (
      select id, name, rank from taxon where merged_into_id = ${id}
      union select t.id, t.name, t.rank from taxon t join part on t.merged_into_id = part.id)
    select id, name, rank from part order by id limit 100`)
  return rows
}
