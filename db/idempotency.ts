// Answers to requests that may be sent twice, kept for a day. The transaction that makes the change claims the key, so
// there is neither a change without its key nor a key without its change.

import { eq, lt, sql } from 'drizzle-orm'
import type { Db } from './connection/connect.ts'
import { Conflict } from './errors.ts'
import { idempotency } from './schema.ts'

/** `status` is null while the answer is unknown: the request is under way, or its process ended after the change. */
export type KeptAnswer = { requestHash: string; status: number | null; body: unknown }

const UNANSWERED = 0

/** Throws Conflict when the key is taken. A simultaneous claim first waits for the other transaction to end. */
export async function claimKey(tx: Db, key: string, requestHash: string): Promise<void> {
  await tx.delete(idempotency).where(lt(idempotency.createdAt, sql`now() - interval '1 day'`))
  const claimed = await tx
    .insert(idempotency)
    .values({ key, requestHash, status: UNANSWERED, body: {} })
    .onConflictDoNothing()
    .returning({ key: idempotency.key })
  if (claimed.length === 0)
    throw new Conflict('Expected a new Idempotency-Key, but a request with this one is under way')
}

export async function keepAnswer(db: Db, key: string, status: number, body: unknown): Promise<void> {
  await db.update(idempotency).set({ status, body }).where(eq(idempotency.key, key))
}

export async function findAnswer(db: Db, key: string): Promise<KeptAnswer | null> {
  const [row] = await db
    .select({ requestHash: idempotency.requestHash, status: idempotency.status, body: idempotency.body })
    .from(idempotency)
    .where(sql`${idempotency.key} = ${key} and ${idempotency.createdAt} > now() - interval '1 day'`)
  if (!row) return null
  return { ...row, status: row.status === UNANSWERED ? null : row.status }
}
