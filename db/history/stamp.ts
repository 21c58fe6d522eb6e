// A text that changes with everything that people say and with every photo that is indexed, for results that are kept
// until then.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'

export async function changeStamp(db: Db): Promise<string> {
  const { rows } = await db.execute<{ stamp: string }>(sql`
    select concat_ws(':', (select max(id) from action), (select max(id) from lesson), (select max(id) from media),
      (select count(*) from media where status = 'queued')) as stamp`)
  return rows[0]?.stamp ?? ''
}
