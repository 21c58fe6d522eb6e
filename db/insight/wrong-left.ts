// What is needed to say how many suggestions would be wrong if they were all accepted now.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'

/** Waiting animals by the steps of the probabilities that their suggestion and its family are right. */
export type LeftRow = { species: number; family: number; animals: number }

/** `bins`: equal steps of a probability; `burst`: animals of the burst that a waiting animal is in, on average. */
export async function countLeft(db: Db, bins: number): Promise<{ rows: LeftRow[]; burst: number }> {
  const bin = (probability: ReturnType<typeof sql>) =>
    sql`least(${bins - 1}, floor(coalesce(${probability}, 0) * ${bins}))::int`
  const waiting = sql`from detection d left join suggestion s on s.detection_id = d.id
    where d.open and d.source <> 'wholePhoto'
      and not exists (select 1 from unlikely_box u where u.detection_id = d.id)`
  const { rows } = await db.execute<LeftRow>(sql`
    select ${bin(sql`s.probability`)} as species, ${bin(sql`coalesce(s.family_probability, s.probability)`)} as family,
      count(*)::int as animals
    ${waiting} group by 1, 2`)
  const bursts = await db.execute<{ burst: number | null }>(sql`
    select (sum(n * n) / sum(n))::float8 as burst from (select count(*) as n ${waiting} group by d.group_key) as bursts`)
  return { rows, burst: bursts.rows[0]?.burst ?? 1 }
}
