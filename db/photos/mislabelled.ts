// How many labels are probably wrong: what the overview says of the queue `wrongLabel`.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { queueCondition } from './queue-conditions.ts'

/** Labels at once: about 20 ms. */
const SLICE = 500

/** The detections of the queue `wrongLabel`, in slices, so that other questions are answered in between. */
export async function countMislabelled(db: Db, most: number, slice = SLICE): Promise<number> {
  let found = 0
  for (let after = 0; found < most; ) {
    const { rows } = await db.execute<{ found: number; seen: number; last: number | null }>(sql`
      select count(*) filter (where d.hidden_at is null and ${queueCondition('wrongLabel')})::int as found,
        count(*)::int as seen, max(d.id) as last
      from (select * from suggestion where suspect and detection_id > ${after} order by detection_id limit ${slice}) s
      join detection d on d.id = s.detection_id`)
    const [row] = rows
    if (!row) throw new Error('Expected a row of counts')
    found += row.found
    if (row.seen < slice || row.last === null) break
    after = row.last
  }
  return Math.min(found, most)
}
