// What people said was in each photo, as the results of a survey count it, and the cameras behind it.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { type InsightFilter, matching } from './counts.ts'

/** One taxon in one photo: only what people, or labels that came with photos, say; never a suggestion. */
export type SightingRow = {
  mediaId: number
  deploymentId: number | null
  taxonId: number
  /** The camera's clock, "2024-05-01T06:13:22"; null where it says nothing. */
  capturedAt: string | null
  /** Animals of that taxon in the photo. */
  individuals: number
}

const clock = sql.raw(`to_char(m.captured_at, 'YYYY-MM-DD"T"HH24:MI:SS')`)

/** Animals in dispute count for nothing until people agree. */
export async function listSightings(db: Db, filter: InsightFilter): Promise<SightingRow[]> {
  const { rows } = await db.execute<SightingRow>(sql`
    select d.media_id as "mediaId", m.deployment_id as "deploymentId", d.taught_taxon_id as "taxonId",
      ${clock} as "capturedAt", count(*)::int as individuals
    ${matching(filter, { media: true })} and d.taught_taxon_id is not null and not d.conflict
    group by 1, 2, 3, 4 order by 1, 3`)
  return rows
}

/** Animals under the filter that nobody has identified. */
export async function countUnreviewed(db: Db, filter: InsightFilter): Promise<number> {
  const { rows } = await db.execute<{ animals: number }>(
    sql`select count(*)::int as animals ${matching(filter)} and d.open`,
  )
  return rows[0]?.animals ?? 0
}

export type SurveyedDeployment = {
  id: number
  name: string
  photos: number
  undated: number
  /** Of its dated photos, by the camera's clock. */
  first: string | null
  last: string | null
}

/** Every camera with photos, by name. */
export async function surveyedDeployments(db: Db): Promise<SurveyedDeployment[]> {
  const { rows } = await db.execute<SurveyedDeployment>(sql`
    select p.id, p.name, count(*)::int as photos, (count(*) - count(m.captured_at))::int as undated,
      to_char(min(m.captured_at), 'YYYY-MM-DD"T"HH24:MI:SS') as first,
      to_char(max(m.captured_at), 'YYYY-MM-DD"T"HH24:MI:SS') as last
    from deployment p join media m on m.deployment_id = p.id group by p.id, p.name order by p.name`)
  return rows
}

export type ClockReading = { mediaId: number; deploymentId: number; filename: string; capturedAt: string | null }

/** When each photo of every camera was taken, as its clock says. */
export async function clockReadings(db: Db): Promise<ClockReading[]> {
  const { rows } = await db.execute<ClockReading>(sql`
    select m.id as "mediaId", m.deployment_id as "deploymentId", m.filename, ${clock} as "capturedAt"
    from media m where m.deployment_id is not null`)
  return rows
}
