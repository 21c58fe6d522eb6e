// Photos that may show no animal: those in which nobody has identified or marked anything.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'

export type FalseTriggerFilter = {
  importId?: number
  deploymentId?: number
  /** Whether photos in which nothing was found belong to them. */
  withoutBox: boolean
}

/**
 * A photo with a box from people is left out, because that box is not a guess. `page`: only so many, of larger ids.
 */
export function candidates(
  { importId, deploymentId, withoutBox }: FalseTriggerFilter,
  page?: { after: number; limit: number },
): SQL {
  return sql`candidate as (
    select m.id
    from media m
    left join detection d on d.media_id = m.id and d.hidden_at is null
      and not coalesce(d.mark = 'notAnimal', false)
    where m.status = 'indexed' and m.mark is null
      ${importId === undefined ? sql`` : sql`and m.import_id = ${importId}`}
      ${deploymentId === undefined ? sql`` : sql`and m.deployment_id = ${deploymentId}`}
      ${page === undefined ? sql`` : sql`and m.id > ${page.after}`}
    group by m.id
    having not coalesce(bool_or(d.taught_taxon_id is not null or d.conflict or d.mark is not null
      or d.source in ('imported', 'person')), false)
      ${withoutBox ? sql`` : sql`and not coalesce(bool_or(d.source = 'wholePhoto'), false)`}
    ${page === undefined ? sql`` : sql`order by m.id limit ${page.limit}`})`
}

/** Those of these photos of which nobody has said anything yet, ascending. */
export async function openAmong(tx: Db, filter: FalseTriggerFilter, mediaIds: number[]): Promise<number[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    with ${candidates(filter)} select id from candidate where id = any(${idArray(mediaIds)}) order by id`)
  return rows.map(({ id }) => id)
}
