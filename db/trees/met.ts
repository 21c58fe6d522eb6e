// Where and when the examples of the tree were taken.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { deployment } from '../schema.ts'
import { getSetting, setSetting } from '../settings.ts'
import { idArray } from '../sql.ts'
import { EVERYTHING, writeLessons } from './lessons.ts'

export type MetRow = {
  detectionId: number
  taxonId: number
  groupKey: string
  station: string
  /** 1 to 12, by the camera's clock. */
  month: number | null
  /** The latest person named it together with many others. */
  inBulk: boolean
}

/** Of what teaches and belongs to a deployment. `detectionIds`: only of these. */
export async function metRows(db: Db, detectionIds?: readonly number[]): Promise<MetRow[]> {
  const { rows } = await db.execute<MetRow>(sql`
    select d.id as "detectionId", d.taught_taxon_id as "taxonId", d.group_key as "groupKey",
      coalesce(p.station, p.name) as station, extract(month from m.captured_at)::int as month,
      coalesce(i.basis ->> 'kind' = 'bulk', false) as "inBulk"
    from detection d join media m on m.id = d.media_id join deployment p on p.id = m.deployment_id
    left join identification i on i.id = d.latest_statement_id
    where d.taught_taxon_id is not null and d.hidden_at is null
      ${detectionIds ? sql`and d.id = any(${idArray([...detectionIds])})` : sql``}`)
  return rows
}

/** The station of each deployment. */
export async function stationsOfDeployments(db: Db): Promise<Map<number, string>> {
  const rows = await db
    .select({ id: deployment.id, station: sql<string>`coalesce(${deployment.station}, ${deployment.name})` })
    .from(deployment)
  return new Map(rows.map(({ id, station }) => [id, station]))
}

const KEY = 'heedPlaces'

/** Whether suggestions heed what was met at the station. */
export async function heedsPlaces(db: Db): Promise<boolean> {
  return (await getSetting(db, KEY)) !== false
}

export async function setHeedsPlaces(tx: Db, heeded: boolean): Promise<void> {
  await setSetting(tx, KEY, heeded)
  await writeLessons(tx, 'detection', [EVERYTHING])
}
