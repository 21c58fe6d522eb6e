// How often a password was tried in vain, counted for all processes together.

import { inArray, lt, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { signInTry } from '../schema.ts'

const WINDOW = sql`interval '15 minutes'`

/** Counts a try under this key, and returns how many there were in its quarter of an hour. */
export async function countTry(db: Db, key: string): Promise<number> {
  const isOver = sql`${signInTry.since} < now() - ${WINDOW}`
  const [row] = await db
    .insert(signInTry)
    .values({ key })
    .onConflictDoUpdate({
      target: signInTry.key,
      set: {
        count: sql`case when ${isOver} then 1 else ${signInTry.count} + 1 end`,
        since: sql`case when ${isOver} then now() else ${signInTry.since} end`,
      },
    })
    .returning({ count: signInTry.count })
  return row!.count
}

export async function forgetTries(db: Db, keys: string[]): Promise<void> {
  await db.delete(signInTry).where(inArray(signInTry.key, keys))
}

/** Those that count no longer. */
export async function sweepTries(db: Db): Promise<void> {
  await db.delete(signInTry).where(lt(signInTry.since, sql`now() - ${WINDOW}`))
}
