// Animals whose place on the curve through the tree's metric is near a place: few enough to be compared one by one.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'

/** So many candidates near an animal, itself left out; none where it has no summary yet. */
export async function nearOnCurve(db: Db, detectionId: number, many: number): Promise<number[]> {
  const [here] = await likenessesOf(db, [detectionId])
  if (here === undefined) return []
  return (await nearLikeness(db, here, many + 1)).filter((id) => id !== detectionId).slice(0, many)
}

/** The places of these animals, of those that have one. */
export async function likenessesOf(db: Db, detectionIds: number[]): Promise<number[]> {
  const { rows } = await db.execute<{ likeness: number }>(sql`
    select likeness from suggestion where detection_id = any(${idArray(detectionIds)}) and likeness is not null
    order by likeness`)
  return rows.map(({ likeness }) => likeness)
}

/** So many animals near a place. */
export async function nearLikeness(db: Db, likeness: number, many: number): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select s.detection_id as id from suggestion s join detection d on d.id = s.detection_id
    where d.kind = 'animal' and d.hidden_at is null and not d.set_aside
    order by abs(s.likeness - ${likeness}::bigint) limit ${many}`)
  return rows.map(({ id }) => id)
}
