// What is left to do, counted only as far as a person reads it, so that a large installation answers as quickly.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { queueCondition } from '../photos/queue-conditions.ts'

export type Season = {
  /** Any photo was ever brought. */
  hasPhotos: boolean
  queued: number
  /** Photos that no deployment took. */
  withoutDeployment: number
  deployments: number
  /** Deployments without coordinates, and those of which nobody said when they stood there. */
  unplaced: number
  undated: number
  /** Photos marked as empty. */
  empty: number
  /** Animals that a person identified. */
  identified: number
}

/** Each number is counted up to `most`. */
export async function seasonOf(db: Db, most: number): Promise<Season> {
  const upTo = (rows: ReturnType<typeof sql>) =>
    sql`(select count(*)::int from (select 1 ${rows} limit ${most}) as one)`
  const { rows } = await db.execute<Season>(sql`
    select
      exists (select 1 from media) as "hasPhotos",
      ${upTo(sql`from media where status = 'queued'`)} as queued,
      ${upTo(sql`from media where deployment_id is null`)} as "withoutDeployment",
      (select count(*)::int from deployment) as deployments,
      (select count(*)::int from deployment where latitude is null) as unplaced,
      (select count(*)::int from deployment where start_at is null) as undated,
      ${upTo(sql`from detection where source = 'wholePhoto' and set_aside`)} as empty,
      ${upTo(sql`from detection where latest_statement_id is not null`)} as identified`)
  const [row] = rows
  if (!row) throw new Error('Expected a row of counts')
  return row
}

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
