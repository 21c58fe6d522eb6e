// Changing deployments, forwards and back: their rows, the times of their photos where a clock was wrong, and which
// photos belong to which. What the cameras wrote (`media.captured_raw`) stays.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import { deployment } from '../schema.ts'
import { arrayParameter, idArray } from '../sql.ts'
import { EVERYTHING, writeLessons } from '../trees/lessons.ts'
import { uniquely } from '../uniquely.ts'
import { type DeploymentState, stationOf } from './deployments.ts'
import { refreshGroupKeysOf, rejoinSequences } from './sequences.ts'

/** Null: it does not exist then. */
export type DeploymentTurn = { id: number; before: DeploymentState | null; after: DeploymentState | null }
/** Photos that belong to another deployment than before; null: to none. */
export type PhotoMove = { from: number | null; to: number | null; mediaIds: number[] }
export type DeploymentsChange = { turns: DeploymentTurn[]; moves: PhotoMove[] }

type Way = 'undo' | 'redo'

/** Throws Conflict where a deployment is no longer as the change left it, or has photos that it would lose. */
export async function changeDeployments(tx: Db, { turns, moves }: DeploymentsChange, way: Way): Promise<void> {
  const undo = way === 'undo'
  const steps = turns.map(({ id, before, after }) =>
    undo ? { id, from: after, to: before } : { id, from: before, to: after },
  )
  for (const { id, from, to } of steps) if (from === null && to !== null) await insertDeployment(tx, to, id)
  for (const { id, from, to } of steps) if (from !== null && to !== null) await updateDeployment(tx, id, { from, to })
  const turned = undo ? moves.map(({ from, to, mediaIds }) => ({ from: to, to: from, mediaIds })) : moves
  for (const move of turned) await movePhotos(tx, move)
  for (const { id, from, to } of steps) if (from !== null && to === null) await removeDeployment(tx, id, from)
  await rejoinSequences(
    tx,
    moves.flatMap(({ from, to }) => [from ?? [], to ?? []].flat()),
  )
  // What was met where has changed.
  await writeLessons(tx, 'detection', [EVERYTHING])
}

/** Returns its id. Throws Conflict where the name is taken. `id`: the one that it had before it was removed. */
export async function insertDeployment(tx: Db, state: DeploymentState, id?: number): Promise<number> {
  return await uniquely(tx, taken(state.name), async (inner) => {
    if (id === undefined) {
      const [row] = await inner.insert(deployment).values(state).returning({ id: deployment.id })
      return row!.id
    }
    await inner
      .insert(deployment)
      .overridingSystemValue()
      .values({ ...state, id })
    return id
  })
}

/** Throws Conflict where it is not as `from` says. */
export async function updateDeployment(
  tx: Db,
  id: number,
  { from, to }: { from: DeploymentState; to: DeploymentState },
): Promise<void> {
  const set = { ...to, revision: sql`${deployment.revision} + 1` }
  const rows = await uniquely(tx, taken(to.name), (inner) =>
    inner
      .update(deployment)
      .set(set)
      .where(sql`${deployment.id} = ${id} and ${isAs(from)}`)
      .returning({ id: deployment.id }),
  )
  if (rows.length === 0) throw changed(from.name)
  const seconds = to.clockOffsetSeconds - from.clockOffsetSeconds
  // Sequences stay as they are: all photos of the deployment move by the same time.
  if (seconds !== 0) await shiftClocks(tx, sql`deployment_id = ${id}`, seconds)
}

/** Throws Conflict where it is not as `from` says, or photos were added to it. */
async function removeDeployment(tx: Db, id: number, from: DeploymentState): Promise<void> {
  const { rows: left } = await tx.execute(sql`select from media where deployment_id = ${id} limit 1`)
  if (left.length > 0) throw new Conflict(`Expected no photos in ${from.name}, but some were added since`)
  const rows = await tx
    .delete(deployment)
    .where(sql`${deployment.id} = ${id} and ${isAs(from)}`)
    .returning({ id: deployment.id })
  if (rows.length === 0) throw changed(from.name)
}

function isAs(state: DeploymentState): SQL {
  const same = (column: SQL, value: SQL) => sql`${column} is not distinct from ${value}`
  const { name, station, latitude, longitude, startAt, endAt, camera, clockOffsetSeconds, problems, tags, notes } =
    state
  return sql.join(
    [
      sql`name = ${name} and clock_offset_seconds = ${clockOffsetSeconds} and notes = ${notes}`,
      same(sql`station`, sql`${station}::text`),
      same(sql`camera`, sql`${camera}::text`),
      same(sql`latitude`, sql`${latitude}::float8`),
      same(sql`longitude`, sql`${longitude}::float8`),
      same(sql`start_at`, sql`${startAt}::timestamp`),
      same(sql`end_at`, sql`${endAt}::timestamp`),
      sql`problems = ${JSON.stringify(problems)}::jsonb and tags = ${arrayParameter(tags, 'text')}`,
    ],
    sql` and `,
  )
}

const taken = (name: string) => `deployment has, but there is one named ${name}`

const changed = (name: string) =>
  new Conflict(`Expected ${name} as it was, but it was changed or removed since. Look at it again`)

async function shiftClocks(tx: Db, which: SQL, seconds: number): Promise<void> {
  await tx.execute(sql`
    update media set captured_at = captured_at + make_interval(secs => ${seconds}::int)
    where ${which} and captured_at is not null and not captured_told`)
}

/** Moves those that still are where the change took them from. Photos that were removed since are passed over. */
async function movePhotos(tx: Db, { from, to, mediaIds }: PhotoMove): Promise<void> {
  const offsetOf = (id: number | null) =>
    sql`coalesce((select clock_offset_seconds from deployment where id = ${id}::bigint), 0)`
  const { rows } = await tx.execute<{ id: number }>(sql`
    update media set deployment_id = ${to}::bigint, sequence_id = null,
      captured_at = captured_at + case when captured_told then interval '0'
        else make_interval(secs => ${offsetOf(to)} - ${offsetOf(from)}) end
    where id = any(${idArray(mediaIds)}) and deployment_id is not distinct from ${from}::bigint returning id`)
  // In a deployment the sequences are made next; without one there are none.
  if (to === null)
    await refreshGroupKeysOf(
      tx,
      rows.map(({ id }) => id),
    )
}

/** All photos of a deployment, as a move of them. */
export async function moveAll(tx: Db, from: number, to: number | null): Promise<PhotoMove[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`select id from media where deployment_id = ${from} order by id`)
  return rows.length === 0 ? [] : [{ from, to, mediaIds: rows.map(({ id }) => id) }]
}

/**
 * Photos of these places that their time puts into another deployment of the place, exactly one. They lie in a
 * deployment without dates that only bears the name of the place, as an import of folders makes it, or outside the
 * dates of their own while the same camera was somewhere else then.
 */
export async function movesByTime(tx: Db, states: Pick<DeploymentState, 'name' | 'station'>[]): Promise<PhotoMove[]> {
  const stations = [...new Set(states.map(stationOf))]
  const { rows } = await tx.execute<PhotoMove>(sql`
    select "from", "to", array_agg(id order by id) as "mediaIds" from (
      select m.id, own.id as "from", min(other.id) as "to"
      from deployment own
      join deployment other on coalesce(other.station, other.name) = coalesce(own.station, own.name)
        and other.id <> own.id and other.start_at is not null
        and (own.start_at is null and own.end_at is null and own.name = coalesce(own.station, own.name)
          or own.camera = other.camera)
      join media m on m.deployment_id = own.id
        and m.captured_at + case when m.captured_told then interval '0'
            else make_interval(secs => other.clock_offset_seconds - own.clock_offset_seconds) end
          between other.start_at and coalesce(other.end_at, 'infinity')
        and (own.start_at is null and own.end_at is null or m.captured_at < own.start_at or m.captured_at > own.end_at)
      where coalesce(own.station, own.name) = any(${arrayParameter(stations, 'text')})
      group by m.id, own.id having count(*) = 1) as placed
    group by 1, 2 order by 1, 2`)
  return rows
}
