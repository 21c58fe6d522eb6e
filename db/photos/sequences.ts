// Photos of one deployment at most 60 s apart are one sequence, in whatever order they arrive. A new photo may join two
// sequences, which changes the group key of their detections.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'
import { writeLessons } from '../trees/lessons.ts'

const SEQUENCE_GAP_SECONDS = 60

/**
 * The key that photos share when they count as one: of the media's group, else of its sequence, else of itself. The SQL
 * reads a row named `m`.
 */
export const groupKeyOf = (m: { id: number; groupName: string | null; sequenceId: number | null }) =>
  m.groupName !== null ? `g:${m.groupName}` : m.sequenceId !== null ? `s:${m.sequenceId}` : `m:${m.id}`
const groupKeySql = sql`coalesce('g:' || m.group_name, 's:' || m.sequence_id, 'm:' || m.id)`

/**
 * To be called in the transaction that added the photo, with its deployment locked. Returns the photo's sequence: the
 * smallest media id in it, so that the order of arrival does not matter. `capturedAt` is a time without a zone.
 */
export async function joinSequence(
  tx: Db,
  photo: { id: number; deploymentId: number; capturedAt: string },
): Promise<number> {
  const gap = sql`make_interval(secs => ${SEQUENCE_GAP_SECONDS}::int)`
  const near = (order: 'before' | 'after') => sql`(
    select sequence_id from media
    where deployment_id = ${photo.deploymentId} and id <> ${photo.id} and sequence_id is not null and
      ${
        order === 'before'
          ? sql`captured_at between ${photo.capturedAt}::timestamp - ${gap} and ${photo.capturedAt}::timestamp order by captured_at desc`
          : sql`captured_at between ${photo.capturedAt}::timestamp and ${photo.capturedAt}::timestamp + ${gap} order by captured_at`
      }, id limit 1)`
  const { rows } = await tx.execute<{ before: number | null; after: number | null }>(
    sql`select ${near('before')} as before, ${near('after')} as after`,
  )
  const neighbours = [rows[0]?.before, rows[0]?.after].flatMap((id) => id ?? [])
  const sequenceId = Math.min(photo.id, ...neighbours)
  const joined = [...new Set(neighbours)].filter((id) => id !== sequenceId)
  await tx.execute(
    sql`update media set sequence_id = ${sequenceId} where id = ${photo.id} or sequence_id = any(${idArray(joined)})`,
  )
  if (joined.length > 0) await refreshGroupKeys(tx, sequenceId)
  return sequenceId
}

/** Gives the detections of a sequence the group keys that its photos have now, and those that teach a lesson. */
const refreshGroupKeys = (tx: Db, sequenceId: number) => refreshKeysWhere(tx, sql`m.sequence_id = ${sequenceId}`)

/** The same for the detections of these photos, whose group or sequence was changed. */
export const refreshGroupKeysOf = (tx: Db, mediaIds: number[]) =>
  refreshKeysWhere(tx, sql`m.id = any(${idArray(mediaIds)})`)

async function refreshKeysWhere(tx: Db, which: SQL): Promise<void> {
  const { rows } = await tx.execute<{ id: number; taught: boolean }>(sql`
    update detection set group_key = ${groupKeySql}
    from media m where m.id = detection.media_id and ${which} and detection.group_key <> ${groupKeySql}
    returning detection.id, detection.taught_taxon_id is not null as taught`)
  const taught = rows.filter((row) => row.taught).map((row) => row.id)
  await writeLessons(tx, 'detection', taught)
}

/** Makes the sequences of whole deployments again, as if their photos had arrived now. */
export async function rejoinSequences(tx: Db, deploymentIds: number[]): Promise<void> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    with opened as (
      select id, deployment_id, captured_at, coalesce(captured_at - lag(captured_at) over own
        > make_interval(secs => ${SEQUENCE_GAP_SECONDS}::int), true)::int as opens
      from media where deployment_id = any(${idArray(deploymentIds)}) and captured_at is not null
      window own as (partition by deployment_id order by captured_at, id)),
    numbered as (
      select id, deployment_id, sum(opens) over (partition by deployment_id order by captured_at, id) as number
      from opened),
    joined as (select id, min(id) over (partition by deployment_id, number) as sequence_id from numbered)
    update media set sequence_id = joined.sequence_id from joined
    where media.id = joined.id and media.sequence_id is distinct from joined.sequence_id returning media.id`)
  await refreshGroupKeysOf(
    tx,
    rows.map(({ id }) => id),
  )
}
