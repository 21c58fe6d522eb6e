// What is left to do, counted only as far as a person reads it, so that a large installation answers as quickly.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'

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
