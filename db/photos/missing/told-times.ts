// Times of photos that no clock wrote down, as a person told them: the time of one photo, and how far apart they are.

import { sql } from 'drizzle-orm'
import type { Db } from '../../connection/connect.ts'
import { Conflict } from '../../errors.ts'
import { idArray } from '../../sql.ts'
import { changeDeployments, type PhotoMove } from '../deployment-changes.ts'
import { refreshGroupKeysOf, rejoinSequences } from '../sequences.ts'

/** `at`: "2024-05-01 06:13:22", the time of the photo at index `anchor` of `mediaIds`. */
export type ToldTimes = { mediaIds: number[]; anchor: number; at: string; secondsApart: number }
/** `moves`: photos that belong to another deployment of the place by the time that was told. */
export type ToldTimesChange = ToldTimes & { moves: PhotoMove[] }

/** To the second. Ordinals of SQL begin with 1. */
const timeOf = ({ anchor, at, secondsApart }: ToldTimes) => sql`date_trunc('second', ${at}::timestamp
  + make_interval(secs => (told.ordinal - ${anchor + 1}::bigint) * ${secondsApart}::float8 + 0.5))`

/** Throws Conflict where a photo has a time by now, or is gone. */
export async function tellTimes(tx: Db, times: ToldTimes): Promise<void> {
  const { rows } = await tx.execute<{ deploymentId: number | null }>(sql`
    update media set captured_at = ${timeOf(times)}, captured_told = true
    from unnest(${idArray(times.mediaIds)}) with ordinality as told(id, ordinal)
    where media.id = told.id and media.captured_at is null returning media.deployment_id as "deploymentId"`)
  if (rows.length < times.mediaIds.length) throw changed()
  await rejoinSequences(tx, deploymentsOf(rows))
}

/** Throws Conflict where a photo has another time by now, or is gone. */
async function takeBackTimes(tx: Db, times: ToldTimes): Promise<void> {
  const { rows } = await tx.execute<{ deploymentId: number | null }>(sql`
    update media set captured_at = null, captured_told = false, sequence_id = null
    from unnest(${idArray(times.mediaIds)}) with ordinality as told(id, ordinal)
    where media.id = told.id and media.captured_told and media.captured_at = ${timeOf(times)}
    returning media.deployment_id as "deploymentId"`)
  if (rows.length < times.mediaIds.length) throw changed()
  await refreshGroupKeysOf(tx, times.mediaIds)
  await rejoinSequences(tx, deploymentsOf(rows))
}

export async function turnToldTimes(tx: Db, times: ToldTimesChange, way: 'undo' | 'redo'): Promise<void> {
  const moved = { turns: [], moves: times.moves }
  if (way === 'redo') {
    await tellTimes(tx, times)
    await changeDeployments(tx, moved, way)
  } else {
    await changeDeployments(tx, moved, way)
    await takeBackTimes(tx, times)
  }
}

/** The first and the last time: "2024-05-01 06:13:22". */
export async function spanOf(tx: Db, mediaIds: number[]): Promise<{ first: string; last: string }> {
  const { rows } = await tx.execute<{ first: string; last: string }>(sql`
    select to_char(min(captured_at), 'YYYY-MM-DD HH24:MI:SS') as first,
      to_char(max(captured_at), 'YYYY-MM-DD HH24:MI:SS') as last from media where id = any(${idArray(mediaIds)})`)
  return rows[0]!
}

const deploymentsOf = (rows: { deploymentId: number | null }[]) => [
  ...new Set(rows.flatMap(({ deploymentId }) => deploymentId ?? [])),
]

const changed = () =>
  new Conflict('Expected the times of the photos as the action left them, but they were changed or removed since')
