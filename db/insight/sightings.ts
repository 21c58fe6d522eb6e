// What people said was in each photo, as the results of a survey count it. A season has hundreds of thousands of rows,
// so they travel as one text each: the process that answers HTTP hands it on without looking into it.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'
import { counted, type InsightFilter, matching } from './counts.ts'
import { packed } from './packing.ts'

/** Seconds of the clock's reading since 1970, as if it were UTC; empty where there is no time. */
const seconds = sql.raw(`coalesce(date_part('epoch', m.captured_at)::bigint::text, '')`)

/**
 * One animal per row: media id, deployment id (0: none), taxon id, seconds, what a person counted. Only what people (or
 * labels that came with photos) say counts, never a suggestion; animals in dispute count for nothing until people
 * agree.
 */
export async function packSightings(db: Db, filter: InsightFilter): Promise<string> {
  const fields = [
    sql`d.media_id`,
    sql`coalesce(m.deployment_id, 0)`,
    sql`d.taught_taxon_id`,
    seconds,
    sql`coalesce(o.count::text, '')`,
  ]
  const [row] = await counted<{ text: string | null }>(
    db,
    sql`select ${packed(fields)}
      ${matching(filter, { media: true, join: sql`left join observation o on o.detection_id = d.id` })}
        and d.taught_taxon_id is not null and not d.conflict`,
  )
  return row?.text ?? ''
}

/** When each photo of every camera was taken, as its clock says: media id, deployment id, seconds, filename. */
export async function packClocks(db: Db): Promise<string> {
  const fields = [sql`m.id`, sql`m.deployment_id`, seconds, sql`m.filename`]
  const [row] = await counted<{ text: string | null }>(
    db,
    sql`select ${packed(fields)} from media m where m.deployment_id is not null`,
  )
  return row?.text ?? ''
}

export type UnreviewedRow = {
  deploymentId: number | null
  /** What is suggested; null: nothing. */
  taxonId: number | null
  animals: number
}

/** Animals under the filter of which nobody has said what they are. */
export async function countUnreviewed(db: Db, filter: InsightFilter): Promise<UnreviewedRow[]> {
  return await counted<UnreviewedRow>(
    db,
    sql`select m.deployment_id as "deploymentId", s.taxon_id as "taxonId", count(*)::int as animals
      ${matching(filter, { media: true, suggestion: true })} and d.open group by 1, 2`,
  )
}

/** Grows whenever something changed that results are made of. */
export async function resultsVersion(db: Db): Promise<string> {
  const last = (table: string) => sql`coalesce((select max(id) from ${sql.identifier(table)}), 0)`
  const tables = ['action', 'lesson', 'media', 'detection', 'deployment'].map(last)
  const { rows } = await db.execute<{ version: string }>(
    sql`select concat_ws('.', ${sql.join(tables, sql`, `)}) as version`,
  )
  return rows[0]?.version ?? ''
}

/** The animals that the results count under the filter, of these deployments where any are given; the oldest `most`. */
export async function animalsBehind(
  db: Db,
  filter: InsightFilter,
  { deploymentIds, most }: { deploymentIds: number[] | null; most: number },
): Promise<number[]> {
  const where = deploymentIds === null ? sql`` : sql`and m.deployment_id = any(${idArray(deploymentIds)})`
  const { rows } = await db.execute<{ id: number }>(sql`
    select d.id ${matching(filter, { media: true })} and d.taught_taxon_id is not null and not d.conflict ${where}
    order by m.captured_at, d.id limit ${most}`)
  return rows.map(({ id }) => id)
}
