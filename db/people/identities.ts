// People of another service who sign in here as one of ours.

import { and, eq } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import { identity, person } from '../schema.ts'
import type { Person } from './people.ts'

/** Null for a stranger. Whoever was shut out is found too. */
export async function findByIdentity(db: Db, issuer: string, subject: string): Promise<Person | null> {
  const [row] = await db
    .select({ person })
    .from(identity)
    .innerJoin(person, eq(person.id, identity.personId))
    .where(and(eq(identity.issuer, issuer), eq(identity.subject, subject)))
  return row?.person ?? null
}

/** Throws Conflict where it belongs to somebody already. */
export async function addIdentity(tx: Db, facts: { issuer: string; subject: string; personId: number }): Promise<void> {
  const made = await tx.insert(identity).values(facts).onConflictDoNothing().returning({ personId: identity.personId })
  if (made.length === 0) throw new Conflict('Expected an account that nobody signs in with yet, but somebody does')
}
