// What people saw of animals besides their taxon: how many, sex, life stage, behaviour, which individual.

import { isDeepStrictEqual } from 'node:util'
import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import type { OwnField } from '../own-fields.ts'
import { detection, type LifeStage, type OwnValues, observation, type Sex } from '../schema.ts'
import { comparable, idArray } from '../sql.ts'

export type Observation = {
  /** How many of its taxon the person counts in the photo. */
  count: number | null
  sex: Sex | null
  lifeStage: LifeStage | null
  behaviour: string | null
  individual: string | null
  /** Of the project's own fields; left out where none has a value. */
  own?: OwnValues
}

export const NOTHING_OBSERVED: Observation = {
  count: null,
  sex: null,
  lifeStage: null,
  behaviour: null,
  individual: null,
}

/** Null: nothing was said. */
export type Observed = { detectionId: number; before: Observation | null; after: Observation | null }

/** Locks the animals that exist, and answers what is known of each; null where nothing was said. */
export async function lockObservations(tx: Db, detectionIds: number[]): Promise<Map<number, Observation | null>> {
  const animals = await tx
    .select({ id: detection.id })
    .from(detection)
    .where(sql`${detection.id} = any(${idArray(detectionIds)}) and ${detection.hiddenAt} is null`)
    .orderBy(detection.id)
    .for('update')
  const rows = await tx
    .select()
    .from(observation)
    .where(sql`${observation.detectionId} = any(${idArray(detectionIds)})`)
  const said = new Map(rows.map(({ detectionId, ...row }) => [detectionId, withoutNoOwn(row)]))
  return new Map(animals.map(({ id }) => [id, said.get(id) ?? null]))
}

/** Throws Conflict where something else was said since, or an animal is gone. */
export async function writeObservations(tx: Db, changes: readonly Observed[], way: 'undo' | 'redo'): Promise<void> {
  const known = await lockObservations(
    tx,
    changes.map(({ detectionId }) => detectionId),
  )
  for (const { detectionId, before, after } of changes) {
    const [from, to] = way === 'undo' ? [after, before] : [before, after]
    const now = known.get(detectionId)
    if (now === undefined || !isSame(now, from))
      throw new Conflict('Expected the observation as the action left it, but it was changed or removed since')
    await tx.delete(observation).where(sql`${observation.detectionId} = ${detectionId}`)
    if (to !== null) await tx.insert(observation).values({ detectionId, ...to })
  }
}

/** `own` is left out where no field has a value. */
export function withoutNoOwn({
  own,
  ...rest
}: Omit<Observation, 'own'> & { own?: OwnValues | null | undefined }): Observation {
  return own == null || Object.keys(own).length === 0 ? rest : { ...rest, own }
}

export function isSame(a: Observation | null, b: Observation | null): boolean {
  if (a === null || b === null) return a === b
  const keys = Object.keys(NOTHING_OBSERVED) as (keyof Observation)[] // its own keys
  const same = keys.every((key) => a[key] === b[key])
  return same && isDeepStrictEqual(a.own ?? {}, b.own ?? {})
}

/** Narrows lists of detections. */
export type ObservationNarrowing = {
  sex?: Sex
  lifeStage?: LifeStage
  behaviour?: string
  individual?: string
  /** Whether somebody counted. */
  counted?: boolean
  own?: OwnWanted[]
}

/** A text is compared as people compare it (`comparable`); a number may be a range. */
export type OwnWanted = { field: OwnField; value: string | { least: number; most: number } }

/** Of detections `d`. */
export function observationConditions(wanted: ObservationNarrowing): SQL[] {
  const { sex, lifeStage, behaviour, individual, counted, own: fields = [] } = wanted
  const own = (what: SQL) => sql`exists (select from observation o where o.detection_id = d.id and ${what})`
  return [
    ...(sex === undefined ? [] : [own(sql`o.sex = ${sex}`)]),
    ...(lifeStage === undefined ? [] : [own(sql`o.life_stage = ${lifeStage}`)]),
    ...(behaviour === undefined ? [] : [own(sql`${comparable(sql`o.behaviour`)} = ${comparable(behaviour)}`)]),
    ...(individual === undefined ? [] : [own(sql`${comparable(sql`o.individual`)} = ${comparable(individual)}`)]),
    ...fields.map(({ field, value }) =>
      typeof value === 'string'
        ? own(sql`${comparable(sql`(o.own ->> ${field.id})`)} = ${comparable(value)}`)
        : own(sql`jsonb_typeof(o.own -> ${field.id}) = 'number'
            and (o.own ->> ${field.id})::float8 between ${value.least}::float8 and ${value.most}::float8`),
    ),
    ...(counted === undefined ? [] : [sql`${own(sql`o.count is not null`)} = ${counted}`]),
  ]
}

/** Whether one of these animals has a value in an own field; null: any animal. */
export async function hasOwnValues(db: Db, detectionIds: number[] | null): Promise<boolean> {
  const among = detectionIds === null ? sql`` : sql` and detection_id = any(${idArray(detectionIds)})`
  const { rows } = await db.execute<{ has: boolean }>(
    sql`select exists (select from observation where own is not null${among}) as has`,
  )
  return rows[0]?.has ?? false
}
