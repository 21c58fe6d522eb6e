// Sessions of browsers and keys of programs, found by the sha256 of their token. One that is revoked, has expired, or
// belongs to somebody who was shut out, is not found.

import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { apiKey, person, type Role, session } from '../schema.ts'

const SESSION_DAYS = 30
/** A session's end moves on, and a key's last use is written, no more often than this. */
const TOUCH = sql`interval '1 hour'`
const inDays = (days: number) => sql`now() + make_interval(days => ${days})`

export type SignedIn = { id: number; personId: number; name: string; role: Role }
export type Session = typeof session.$inferSelect
export type ApiKey = typeof apiKey.$inferSelect

/** The token's row still works: it was not revoked, has not expired, and its person was not shut out. */
const stillWorks = (table: typeof session | typeof apiKey, tokenHash: string) =>
  and(
    eq(table.tokenHash, tokenHash),
    isNull(table.revokedAt),
    or(isNull(table.expiresAt), gt(table.expiresAt, sql`now()`)),
    isNull(person.disabledAt),
  )

export async function addSession(
  db: Db,
  facts: { personId: number; tokenHash: string; address: string; agent: string },
): Promise<number> {
  const [made] = await db
    .insert(session)
    .values({ ...facts, expiresAt: inDays(SESSION_DAYS) })
    .returning({ id: session.id })
  return made!.id
}

/** The session's end moves on while it is used. */
export async function findSession(db: Db, tokenHash: string): Promise<SignedIn | null> {
  const [found] = await db
    .select({
      id: session.id,
      personId: person.id,
      name: person.name,
      role: person.role,
      old: sql<boolean>`${session.seenAt} < now() - ${TOUCH}`,
    })
    .from(session)
    .innerJoin(person, eq(person.id, session.personId))
    .where(stillWorks(session, tokenHash))
  if (!found) return null
  const { old, ...signedIn } = found
  if (old)
    await db
      .update(session)
      .set({ seenAt: sql`now()`, expiresAt: inDays(SESSION_DAYS) })
      .where(and(eq(session.id, found.id), isNull(session.revokedAt)))
  return signedIn
}

/** Those that still work, latest first. */
export async function listSessions(db: Db, personId: number): Promise<Session[]> {
  return await db
    .select()
    .from(session)
    .where(and(eq(session.personId, personId), isNull(session.revokedAt), gt(session.expiresAt, sql`now()`)))
    .orderBy(desc(session.id))
}

/** Of that person. Throws NotFound. */
export async function revokeSession(db: Db, id: number, personId: number): Promise<void> {
  const rows = await db
    .update(session)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(session.id, id), eq(session.personId, personId), isNull(session.revokedAt)))
    .returning({ id: session.id })
  if (rows.length === 0) throw new NotFound('session', id)
}

/** All of that person but one. */
export async function revokeSessions(db: Db, personId: number, except: number | null = null): Promise<void> {
  await db
    .update(session)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(session.personId, personId),
        isNull(session.revokedAt),
        except === null ? undefined : sql`${session.id} <> ${except}`,
      ),
    )
}

export async function addKey(
  db: Db,
  facts: Pick<ApiKey, 'personId' | 'name' | 'prefix' | 'tokenHash' | 'scopes' | 'deploymentIds' | 'expiresAt'>,
): Promise<ApiKey> {
  const [made] = await db.insert(apiKey).values(facts).returning()
  return made!
}

export async function findKey(
  db: Db,
  tokenHash: string,
): Promise<(SignedIn & Pick<ApiKey, 'prefix' | 'scopes' | 'deploymentIds'>) | null> {
  const [found] = await db
    .select({
      id: apiKey.id,
      personId: person.id,
      name: person.name,
      role: person.role,
      prefix: apiKey.prefix,
      scopes: apiKey.scopes,
      deploymentIds: apiKey.deploymentIds,
      old: sql<boolean>`coalesce(${apiKey.usedAt} < now() - ${TOUCH}, true)`,
    })
    .from(apiKey)
    .innerJoin(person, eq(person.id, apiKey.personId))
    .where(stillWorks(apiKey, tokenHash))
  if (!found) return null
  const { old, ...signedIn } = found
  if (old) await db.update(apiKey).set({ usedAt: sql`now()` }).where(eq(apiKey.id, found.id))
  return signedIn
}

/** Keys that were not revoked, with whose they are, latest first; of one person or of all. */
export async function listKeys(db: Db, personId: number | null): Promise<(ApiKey & { person: string })[]> {
  const rows = await db
    .select({ key: apiKey, person: person.name })
    .from(apiKey)
    .innerJoin(person, eq(person.id, apiKey.personId))
    .where(and(isNull(apiKey.revokedAt), personId === null ? undefined : eq(apiKey.personId, personId)))
    .orderBy(desc(apiKey.id))
  return rows.map((row) => ({ ...row.key, person: row.person }))
}

/** `personId`: only a key of that person. Throws NotFound. */
export async function revokeKey(db: Db, id: number, personId: number | null): Promise<ApiKey> {
  const [row] = await db
    .update(apiKey)
    .set({ revokedAt: sql`now()` })
    .where(
      and(eq(apiKey.id, id), isNull(apiKey.revokedAt), personId === null ? undefined : eq(apiKey.personId, personId)),
    )
    .returning()
  if (!row) throw new NotFound('key', id)
  return row
}
