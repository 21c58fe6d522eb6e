// People who may sign in, and their passwords as hashes. Rows stay: history names people.

import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { credential, person, type Role } from '../schema.ts'

export type Person = typeof person.$inferSelect

export async function listPeople(db: Db): Promise<Person[]> {
  return await db.select().from(person).orderBy(asc(person.id))
}

export async function anyPerson(db: Db): Promise<boolean> {
  return (await db.select({ id: person.id }).from(person).limit(1)).length > 0
}

export async function anyExpert(db: Db): Promise<boolean> {
  return (await db.select({ id: person.id }).from(person).where(eq(person.expert, true)).limit(1)).length > 0
}

/** Throws NotFound. */
export async function getPerson(db: Db, id: number): Promise<Person> {
  const [row] = await db.select().from(person).where(eq(person.id, id))
  if (!row) throw new NotFound('person', id)
  return row
}

/** The person of that name, in any case, who may sign in, with the hash of the password. */
export async function findCredential(db: Db, name: string): Promise<{ person: Person; hash: string } | null> {
  const [row] = await db
    .select({ person, hash: credential.hash })
    .from(person)
    .innerJoin(credential, eq(credential.personId, person.id))
    .where(and(sql`lower(${person.name}) = lower(${name})`, isNull(person.disabledAt)))
  return row ?? null
}

/** Throws Conflict where the name is taken. `hash`: null for one without a password. */
export async function addPerson(
  db: Db,
  facts: { name: string; email: string | null; role: Role; hash: string | null },
): Promise<Person> {
  const { hash, ...columns } = facts
  const [made] = await db.insert(person).values(columns).onConflictDoNothing().returning()
  if (!made) throw new Conflict(`Expected a name that nobody has, but there is a person ${facts.name} already.`)
  if (hash !== null) await db.insert(credential).values({ personId: made.id, hash })
  return made
}

export async function setPassword(db: Db, personId: number, hash: string): Promise<void> {
  await db
    .insert(credential)
    .values({ personId, hash })
    .onConflictDoUpdate({ target: credential.personId, set: { hash, changedAt: sql`now()` } })
}

/** Throws NotFound, or Conflict where nobody would be left who may change people. To be called in a transaction. */
export async function changePerson(
  tx: Db,
  id: number,
  change: { role?: Role | undefined; disabled?: boolean | undefined; expert?: boolean | undefined },
): Promise<Person> {
  // Two admins who demote each other at the same moment wait for one another here.
  const admins = await tx
    .select({ id: person.id })
    .from(person)
    .where(and(eq(person.role, 'admin'), isNull(person.disabledAt)))
    .orderBy(asc(person.id))
    .for('update')
  const loses = change.disabled === true || (change.role !== undefined && change.role !== 'admin')
  if (loses && admins.every((admin) => admin.id === id) && admins.length > 0)
    throw new Conflict('Expected another admin, but this is the only one. Make somebody else an admin first.')
  const disabledAt = change.disabled === undefined ? undefined : change.disabled ? sql`now()` : null
  const [row] = await tx
    .update(person)
    .set({ role: change.role ?? sql`${person.role}`, expert: change.expert ?? sql`${person.expert}`, disabledAt })
    .where(eq(person.id, id))
    .returning()
  if (!row) throw new NotFound('person', id)
  return row
}
