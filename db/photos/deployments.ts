// Cameras, each at one place for a while: what people said about them, and which one a photo belongs to.

import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { deployment, type ProblemPeriod } from '../schema.ts'
import { comparable, idArray, nameMeant } from '../sql.ts'

export type Deployment = { id: number; name: string }

/** What people say about a deployment. Times are "2024-05-01 06:13:22", by the clock of the place. */
export type DeploymentState = {
  name: string
  station: string | null
  latitude: number | null
  longitude: number | null
  startAt: string | null
  endAt: string | null
  camera: string | null
  clockOffsetSeconds: number
  problems: ProblemPeriod[]
  tags: string[]
  notes: string
}

export const NEW_DEPLOYMENT: Omit<DeploymentState, 'name'> = {
  station: null,
  latitude: null,
  longitude: null,
  startAt: null,
  endAt: null,
  camera: null,
  clockOffsetSeconds: 0,
  problems: [],
  tags: [],
  notes: '',
}

export type DeploymentRow = DeploymentState & { id: number; revision: number }

const columns = {
  id: deployment.id,
  name: deployment.name,
  station: deployment.station,
  latitude: deployment.latitude,
  longitude: deployment.longitude,
  startAt: deployment.startAt,
  endAt: deployment.endAt,
  camera: deployment.camera,
  clockOffsetSeconds: deployment.clockOffsetSeconds,
  problems: deployment.problems,
  tags: deployment.tags,
  notes: deployment.notes,
  revision: deployment.revision,
}

/** The name of the place at which a deployment stood. */
export const stationOf = ({ name, station }: Pick<DeploymentState, 'name' | 'station'>): string => station ?? name

export const stateOf = ({ id: _id, revision: _revision, ...state }: DeploymentRow): DeploymentState => state

/** By name. */
export async function readDeployments(db: Db, ids?: number[]): Promise<DeploymentRow[]> {
  return await db
    .select(columns)
    .from(deployment)
    .where(ids && inArray(deployment.id, ids))
    .orderBy(asc(deployment.name))
}

/** Locked until the transaction ends. Throws NotFound. */
export async function lockDeployment(tx: Db, id: number): Promise<DeploymentRow> {
  const [row] = await tx.select(columns).from(deployment).where(eq(deployment.id, id)).for('update')
  if (!row) throw new NotFound('deployment', id)
  return row
}

export type DeploymentPhotos = {
  deploymentId: number
  photos: number
  undated: number
  /** Of its dated photos; null where it has none. */
  first: string | null
  last: string | null
}

/** What lies in each deployment that has photos, by its id. */
export async function countDeploymentPhotos(db: Db, ids?: number[]): Promise<Map<number, DeploymentPhotos>> {
  const { rows } = await db.execute<DeploymentPhotos>(sql`
    select deployment_id as "deploymentId", count(*)::int as photos,
      (count(*) - count(captured_at))::int as undated,
      to_char(min(captured_at), 'YYYY-MM-DD HH24:MI:SS') as first,
      to_char(max(captured_at), 'YYYY-MM-DD HH24:MI:SS') as last
    from media where ${ids ? sql`deployment_id = any(${idArray(ids)})` : sql`deployment_id is not null`} group by 1`)
  return new Map(rows.map((row) => [row.deploymentId, row]))
}

/** Where a photo belongs, and what its camera's clock lacks. `made`: nobody knew the deployment before. */
export type Placed = { id: number; name: string; clockOffsetSeconds: number; made: boolean }

/**
 * The deployment of a photo of which the name of a deployment, of a place or of a camera is known, and perhaps the time
 * by the camera's clock. Among the dated deployments of a place or a camera, the time decides; where it decides
 * nothing, the deployment of that very name is taken, and made where it is missing. `lock`: until the transaction ends
 * nobody else adds photos to it.
 */
export async function placePhoto(
  db: Db,
  name: string,
  capturedAt: string | null,
  options: { lock?: boolean } = {},
): Promise<Placed> {
  const { rows } = await db.execute<Placed & { own: boolean; dated: boolean; fits: boolean }>(sql`
    select id, name, clock_offset_seconds as "clockOffsetSeconds", false as made, name = ${name} as own,
      start_at is not null or end_at is not null as dated,
      coalesce(start_at is not null and ${capturedAt}::timestamp + make_interval(secs => clock_offset_seconds)
        between start_at and coalesce(end_at, 'infinity'), false) as fits
    from deployment where name = ${name} or station = ${name} or camera = ${name}`)
  const own = rows.find((row) => row.own)
  const fitting = rows.filter(({ fits }) => fits)
  const [found] = own?.dated || fitting.length !== 1 ? (own ? [own] : []) : fitting
  const placed = found ?? (await makeDeployment(db, name))
  if (options.lock) await db.execute(sql`select from deployment where id = ${placed.id} for no key update`)
  const { id, clockOffsetSeconds, made } = placed
  return { id, name: placed.name, clockOffsetSeconds, made }
}

async function makeDeployment(db: Db, name: string): Promise<Placed> {
  const [added] = await db.insert(deployment).values({ name }).onConflictDoNothing().returning({ id: deployment.id })
  const known = added ?? (await db.select({ id: deployment.id }).from(deployment).where(eq(deployment.name, name)))[0]
  if (known === undefined) throw new Error(`Expected deployment ${name} to exist after it was made`)
  return { id: known.id, name, clockOffsetSeconds: 0, made: added !== undefined }
}

/** Removes a deployment that was made in this transaction and turned out to be needed by nobody. */
export async function takeBackDeployment(tx: Db, id: number): Promise<void> {
  await tx.delete(deployment).where(eq(deployment.id, id))
}

/** Null where there is none of that name. */
export async function findDeployment(db: Db, name: string): Promise<number | null> {
  const [row] = await db.select({ id: deployment.id }).from(deployment).where(eq(deployment.name, name))
  return row?.id ?? null
}

/** The deployment that somebody means by a name, in whichever form it is typed; null where there is none. */
export async function deploymentMeant(db: Db, name: string): Promise<Deployment | null> {
  const rows = await db
    .select({ id: deployment.id, name: deployment.name })
    .from(deployment)
    .where(sql`${comparable(deployment.name)} = ${comparable(name)}`)
  return nameMeant(rows, name)
}

/** The name of the station that somebody means, in whichever form it is typed; null where there is none. */
export async function stationMeant(db: Db, name: string): Promise<string | null> {
  const station = sql`coalesce(station, name)`
  const { rows } = await db.execute<{ name: string }>(
    sql`select distinct ${station} as name from deployment where ${comparable(station)} = ${comparable(name)}`,
  )
  return nameMeant(rows, name)?.name ?? null
}

export async function getDeployments(db: Db, ids: number[]): Promise<Map<number, Deployment>> {
  const rows = await db
    .select({ id: deployment.id, name: deployment.name })
    .from(deployment)
    .where(inArray(deployment.id, ids))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Names of the stations, in order. */
export async function listStations(db: Db): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(
    sql`select distinct coalesce(station, name) as name from deployment order by 1`,
  )
  return rows.map(({ name }) => name)
}

export async function listDeployments(db: Db): Promise<Deployment[]> {
  return await db.select({ id: deployment.id, name: deployment.name }).from(deployment).orderBy(asc(deployment.name))
}
