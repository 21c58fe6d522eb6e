// Selections: sets of animals that an address can name, however many they are. A row keeps the ids, or what a filter
// and a bar of a chart found; lists ask for it by its id. Old selections are removed.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { idArray } from '../sql.ts'
import { hundredths, type InsightFilter, matching } from './counts.ts'

export type Selection = { id: number; name: string; count: number }

/** The most animals in a selection; the newest are taken. */
export const MOST_SELECTED = 100_000
/** So many of the newest selections are kept. */
const KEPT = 500

/** One bar of a chart, in addition to the filter. Fractions are 0..1; `to` is excluded unless it is 1. */
export type Bucket = {
  hour?: number
  month?: number
  confidence?: { from: number; to: number }
  probability?: { from: number; to: number }
  latitude?: number
  longitude?: number
}

export async function selectDetections(db: Db, name: string, detectionIds: number[]): Promise<Selection> {
  return await insert(
    db,
    name,
    sql`select id as id from detection where id = any(${idArray(detectionIds)}) order by id desc limit ${MOST_SELECTED}`,
  )
}

/** Keeps the order, which lists then follow. */
export async function selectInOrder(db: Db, name: string, detectionIds: number[]): Promise<Selection> {
  const ids = idArray(detectionIds)
  return await insert(
    db,
    name,
    sql`select id, place from unnest(${ids}) with ordinality as given (id, place)`,
    sql`place`,
  )
}

export async function selectBucket(db: Db, name: string, filter: InsightFilter, bucket: Bucket): Promise<Selection> {
  const { hour, month, confidence, probability, latitude, longitude } = bucket
  const media = [hour, month, latitude].some((value) => value !== undefined)
  const within = (value: SQL, range: { from: number; to: number } | undefined) =>
    range === undefined
      ? sql``
      : sql`and ${value}::float8 + 1e-6 >= ${range.from} ${range.to >= 1 ? sql`` : sql`and ${value}::float8 + 1e-6 < ${range.to}`}`
  return await insert(
    db,
    name,
    sql`select d.id as id ${matching(filter, { media, suggestion: probability !== undefined })}
      ${hour === undefined ? sql`` : sql`and date_part('hour', m.captured_at) = ${hour}`}
      ${month === undefined ? sql`` : sql`and date_part('month', m.captured_at) = ${month}`}
      ${latitude === undefined ? sql`` : sql`and ${hundredths(sql`m.latitude`)} = ${Math.round(latitude * 100)}`}
      ${longitude === undefined ? sql`` : sql`and ${hundredths(sql`m.longitude`)} = ${Math.round(longitude * 100)}`}
      ${within(sql`d.confidence`, confidence)} ${within(sql`s.probability`, probability)}
      order by d.id desc limit ${MOST_SELECTED}`,
  )
}

async function insert(db: Db, name: string, chosen: SQL, order = sql`id`): Promise<Selection> {
  const { rows } = await db.execute<{ id: number; count: number }>(sql`
    insert into selection (name, detection_ids)
    select ${name}, coalesce(array_agg(id order by ${order}), '{}') from (${chosen}) as chosen
    returning id, cardinality(detection_ids) as count`)
  const [row] = rows
  if (!row) throw new Error('Expected an inserted selection to be returned')
  await db.execute(sql`delete from selection where id <= ${row.id - KEPT}`)
  return { id: row.id, name, count: row.count }
}

/** Throws NotFound. */
export async function getSelection(db: Db, id: number): Promise<Selection> {
  const { rows } = await db.execute<{ name: string; count: number }>(
    sql`select name, cardinality(detection_ids) as count from selection where id = ${id}`,
  )
  const [row] = rows
  if (!row) throw new NotFound('selection', id)
  return { id, ...row }
}
