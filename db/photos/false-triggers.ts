// Photos without an animal, judged by the detector's confidence: how many photos a threshold would set aside, which
// detections would be lost, and the photos themselves. Only photos that nobody has identified or marked count.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'

export type FalseTriggerFilter = { importId?: number; deploymentId?: number }

/**
 * Each photo with the confidence of its surest detection, 0 where nothing was found. A photo with a box from people is
 * left out, because that box is not a guess.
 */
function candidates({ importId, deploymentId }: FalseTriggerFilter): SQL {
  return sql`candidate as (
    select m.id, coalesce(max(d.confidence), 0) as surest
    from media m
    left join detection d on d.media_id = m.id and d.hidden_at is null and d.mark is distinct from 'notAnimal'
    where m.status = 'indexed' and m.mark is null
      ${importId === undefined ? sql`` : sql`and m.import_id = ${importId}`}
      ${deploymentId === undefined ? sql`` : sql`and m.deployment_id = ${deploymentId}`}
    group by m.id
    having not coalesce(bool_or(d.taught_taxon_id is not null or d.conflict or d.mark is not null
      or d.source in ('imported', 'person')), false))`
}

/** Compared as float4, as they are stored: 0.3 is not less than 0.3. */
const below = (threshold: number) => sql`surest < ${threshold}::real`

/** How many photos there are in all, and how many each threshold would set aside. */
export async function countBelow(
  db: Db,
  filter: FalseTriggerFilter,
  thresholds: number[],
): Promise<{ total: number; photos: number[] }> {
  const counts = thresholds.map((threshold) => sql`count(*) filter (where ${below(threshold)})::int`)
  const { rows } = await db.execute<{ total: number; photos: number[] }>(sql`
    with ${candidates(filter)}
    select count(*)::int as total, array[${sql.join(counts, sql`, `)}] as photos from candidate`)
  return rows[0] ?? { total: 0, photos: thresholds.map(() => 0) }
}

/** Ids of detections in photos that would be set aside, the surest first. */
export async function lostBelow(
  db: Db,
  filter: FalseTriggerFilter,
  threshold: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    with ${candidates(filter)}
    select d.id from candidate join detection d on d.media_id = candidate.id
    where ${below(threshold)} and d.confidence is not null and d.hidden_at is null and d.mark is null
    order by d.confidence desc, d.id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Ids of the photos that would be set aside, ascending. */
export async function photosBelow(db: Db, filter: FalseTriggerFilter, threshold: number): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    with ${candidates(filter)} select id from candidate where ${below(threshold)} order by id`)
  return rows.map(({ id }) => id)
}
