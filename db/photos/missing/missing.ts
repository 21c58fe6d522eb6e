// What photos lack and a person can say: when they were taken, and where the camera of a deployment stood.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../connection/connect.ts'
import { idArray } from '../../sql.ts'

/** Coordinates in the photos of a deployment that has none; the median. */
export type PhotoPlace = {
  photos: number
  latitude: number
  longitude: number
  south: number
  north: number
  west: number
  east: number
}
/** `deploymentId` null: photos outside any deployment. `first` and `last`: of the undated, by file name. */
export type Missing = {
  deploymentId: number | null
  undated: number
  first: number | null
  last: number | null
  place: PhotoPlace | null
}

/** IMG_9 comes before IMG_10, as the camera counted. */
const BY_NAME = sql`length(m.filename), m.filename collate "C", m.id`
const LACKS_TIME = sql`m.captured_at is null and m.status <> 'failed'`

const ofImport = (importId: number | null): SQL => (importId === null ? sql`true` : sql`m.import_id = ${importId}`)

/** One row for each deployment whose photos lack something, among those of an import or among all. */
export async function readMissing(db: Db, importId: number | null): Promise<Missing[]> {
  const { rows: undated } = await db.execute<Omit<Missing, 'place'>>(sql`
    select m.deployment_id as "deploymentId", count(*)::int as undated,
      (array_agg(m.id order by ${BY_NAME}))[1] as first, (array_agg(m.id order by ${BY_NAME}))[count(*)] as last
    from media m where ${LACKS_TIME} and ${ofImport(importId)} group by 1`)
  // 0, 0 is what a receiver without a fix writes.
  const { rows: placed } = await db.execute<PhotoPlace & { deploymentId: number }>(sql`
    select m.deployment_id as "deploymentId", count(*)::int as photos,
      percentile_cont(0.5) within group (order by m.latitude) as latitude,
      percentile_cont(0.5) within group (order by m.longitude) as longitude,
      min(m.latitude) as south, max(m.latitude) as north, min(m.longitude) as west, max(m.longitude) as east
    from deployment p join media m on m.deployment_id = p.id
    where p.latitude is null and m.latitude is not null and m.longitude is not null
      and not (m.latitude = 0 and m.longitude = 0) and ${ofImport(importId)} group by 1`)
  const places = new Map(placed.map(({ deploymentId, ...place }) => [deploymentId, place]))
  const dated = placed.filter(({ deploymentId }) => !undated.some((one) => one.deploymentId === deploymentId))
  return [
    ...undated.map((one) => ({ ...one, place: places.get(one.deploymentId ?? -1) ?? null })),
    ...dated.map(({ deploymentId, ...place }) => ({ deploymentId, undated: 0, first: null, last: null, place })),
  ]
}

/** Ids of the photos without a time, in the order of their file names, locked until the transaction ends. */
export async function lockUndated(tx: Db, deploymentId: number | null, importId: number | null): Promise<number[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    select m.id from media m
    where m.deployment_id is not distinct from ${deploymentId}::bigint and ${LACKS_TIME} and ${ofImport(importId)}
    order by ${BY_NAME} for update`)
  return rows.map(({ id }) => id)
}

/** Names of the files, by id. */
export async function filenamesOf(db: Db, mediaIds: number[]): Promise<Map<number, string>> {
  const { rows } = await db.execute<{ id: number; filename: string }>(
    sql`select id, filename from media where id = any(${idArray(mediaIds)})`,
  )
  return new Map(rows.map(({ id, filename }) => [id, filename]))
}
