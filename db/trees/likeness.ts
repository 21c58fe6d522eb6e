// Animals whose place on the curve through the tree's metric is near another's: few enough to be compared one by one.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'

/** So many candidates, the animal itself left out; none where it has no summary yet. */
export async function nearOnCurve(db: Db, detectionId: number, many: number): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select s.detection_id as id from suggestion s join detection d on d.id = s.detection_id,
      (select likeness from suggestion where detection_id = ${detectionId}) as here
    where s.detection_id <> ${detectionId} and d.kind = 'animal' and d.hidden_at is null and not d.set_aside
    order by abs(s.likeness - here.likeness) limit ${many}`)
  return rows.map(({ id }) => id)
}
