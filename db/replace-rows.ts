// Tables that say something of detections and are computed as a whole.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from './connection/connect.ts'
import type { question, resultsQuestion, unlikelyBox } from './schema.ts'

/** Empties the table for new rows of the detections `ids`, an array of SQL. */
export async function replaceRows(
  tx: Db,
  table: typeof question | typeof resultsQuestion | typeof unlikelyBox,
  { lock, ids }: { lock: number; ids: SQL },
): Promise<void> {
  // Two processes may have computed at the same time: the later one wins.
  await tx.execute(sql`select pg_advisory_xact_lock(${lock})`)
  // Whoever removes a detection locks it before what refers to it, so this does too.
  await tx.execute(sql`
    select id from detection where id = any(${ids}) or id in (select ${table.detectionId} from ${table})
    order by id for key share`)
  await tx.delete(table)
}
