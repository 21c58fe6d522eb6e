// Species lists: what lives where, and changing that, forwards and back.

import { asc, eq, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { speciesList } from '../schema.ts'
import { EVERYTHING, writeLessons } from '../trees/lessons.ts'
import { uniquely } from '../uniquely.ts'

export type ListState = { name: string; taxonIds: number[]; deploymentIds: number[] }
export type SpeciesListRow = ListState & { id: number; revision: number }
/** Null: it does not exist then. */
export type ListTurn = { id: number; before: ListState | null; after: ListState | null }

const columns = {
  id: speciesList.id,
  name: speciesList.name,
  taxonIds: speciesList.taxonIds,
  deploymentIds: speciesList.deploymentIds,
  revision: speciesList.revision,
}

/** By name. */
export async function readLists(db: Db): Promise<SpeciesListRow[]> {
  return await db.select(columns).from(speciesList).orderBy(asc(speciesList.name), asc(speciesList.id))
}

/** Locks the list. Throws NotFound. */
export async function lockList(tx: Db, id: number): Promise<SpeciesListRow> {
  const [row] = await tx.select(columns).from(speciesList).where(eq(speciesList.id, id)).for('update')
  if (!row) throw new NotFound('species list', id)
  return row
}

/** Throws Conflict where the name is taken. */
export async function insertList(tx: Db, state: ListState): Promise<number> {
  const [row] = await uniquely(tx, taken(state.name), (inner) =>
    inner.insert(speciesList).values(state).returning({ id: speciesList.id }),
  )
  await answersChanged(tx)
  return row!.id
}

/** Throws Conflict where the list is no longer as the change left it, or its name is taken. */
export async function changeList(tx: Db, { id, before, after }: ListTurn, way: 'undo' | 'redo'): Promise<void> {
  const [from, to] = way === 'undo' ? [after, before] : [before, after]
  if (from === null && to !== null)
    await uniquely(tx, taken(to.name), (inner) =>
      inner
        .insert(speciesList)
        .overridingSystemValue()
        .values({ ...to, id }),
    )
  else if (from !== null) {
    const row = await lockList(tx, id)
    if (!isSame(row, from))
      throw new Conflict(`Expected ${from.name} as it was, but it was changed since. Look at it again`)
    if (to === null) await tx.delete(speciesList).where(eq(speciesList.id, id))
    else
      await uniquely(tx, taken(to.name), (inner) =>
        inner
          .update(speciesList)
          .set({ ...to, revision: sql`${speciesList.revision} + 1` })
          .where(eq(speciesList.id, id)),
      )
  }
  await answersChanged(tx)
}

/** Answers change everywhere, though nothing was taught. */
const answersChanged = (tx: Db) => writeLessons(tx, 'detection', [EVERYTHING])

const isSame = (a: ListState, b: ListState) =>
  a.name === b.name && `${a.taxonIds}` === `${b.taxonIds}` && `${a.deploymentIds}` === `${b.deploymentIds}`

const taken = (name: string) => `list has, but there is one named ${name}`
