// What is needed to say how many suggestions would be wrong if they were all accepted now. It is counted in slices, so
// that other questions are answered in between: the embedded database answers one after another.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'

/** Waiting animals by the steps of the probabilities that their suggestion and its family are right. */
export type LeftRow = { species: number; family: number; animals: number }

/** So many ids of detections, or a quarter as many groups, at once: about 20 ms. */
const SLICE = 20_000
const GROUPS_PER_ID = 1 / 4

const isLikely = sql`not exists (select 1 from unlikely_box u where u.detection_id = d.id)`

/** `bins`: equal steps of a probability; `burst`: animals of the burst that a waiting animal is in, on average. */
export async function countLeft(db: Db, bins: number, slice = SLICE): Promise<{ rows: LeftRow[]; burst: number }> {
  return {
    rows: await countByProbability(db, bins, slice),
    burst: await averageBurst(db, Math.ceil(slice * GROUPS_PER_ID)),
  }
}

async function countByProbability(db: Db, bins: number, slice: number): Promise<LeftRow[]> {
  const bin = (probability: ReturnType<typeof sql>) =>
    sql`least(${bins - 1}, floor(coalesce(${probability}, 0) * ${bins}))::int`
  const found = new Map<string, LeftRow>()
  const newest = await db.execute<{ id: number | null }>(sql`select max(id) as id from detection`)
  const end = newest.rows[0]?.id ?? 0
  for (let after = 0; after < end; after += slice) {
    // Both ranges are named, because the database would read all suggestions otherwise.
    const { rows } = await db.execute<LeftRow>(sql`
      select ${bin(sql`s.probability`)} as species, ${bin(sql`coalesce(s.family_probability, s.probability)`)} as family,
        count(*)::int as animals
      from detection d left join suggestion s
        on s.detection_id = d.id and s.detection_id > ${after} and s.detection_id <= ${after + slice}
      where d.open and d.source <> 'wholePhoto' and d.id > ${after} and d.id <= ${after + slice} and ${isLikely}
      group by 1, 2`)
    for (const { species, family, animals } of rows) {
      const known = found.get(`${species} ${family}`)
      if (known) known.animals += animals
      else found.set(`${species} ${family}`, { species, family, animals })
    }
  }
  return [...found.values()]
}

async function averageBurst(db: Db, slice: number): Promise<number> {
  let [animals, pairs] = [0, 0]
  for (let after = ''; ; ) {
    const { rows } = await db.execute<{ groups: number; last: string; animals: number; pairs: number }>(sql`
      select count(*)::int as groups, max(key) as last, coalesce(sum(n), 0)::float8 as animals,
        coalesce(sum(n * n), 0)::float8 as pairs
      from (select d.group_key as key, count(*) filter (where d.open and d.source <> 'wholePhoto' and ${isLikely}) as n
        from detection d where d.group_key > ${after} group by d.group_key order by d.group_key limit ${slice}) as bursts`)
    const [row] = rows
    if (!row) throw new Error('Expected a row of counts')
    animals += row.animals
    pairs += row.pairs
    if (row.groups < slice) return animals === 0 ? 1 : pairs / animals
    after = row.last
  }
}
