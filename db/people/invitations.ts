// Links that make one person, or give one a new password, once and within seven days.

import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { invitation, type Role, setting } from '../schema.ts'
import { setSetting } from '../settings.ts'

export type Invitation = typeof invitation.$inferSelect

const DAYS = 7
const isOpen = and(isNull(invitation.usedAt), isNull(invitation.revokedAt), gt(invitation.expiresAt, sql`now()`))

export async function addInvitation(
  db: Db,
  facts: { tokenHash: string; role: Role; personId: number | null; invitedBy: string },
): Promise<Invitation> {
  const expiresAt = sql`now() + make_interval(days => ${DAYS})`
  const [made] = await db
    .insert(invitation)
    .values({ ...facts, expiresAt })
    .returning()
  return made!
}

export async function listInvitations(db: Db): Promise<Invitation[]> {
  return await db.select().from(invitation).where(isOpen).orderBy(desc(invitation.id))
}

/** Throws NotFound. */
export async function revokeInvitation(db: Db, id: number): Promise<Invitation> {
  const [row] = await db
    .update(invitation)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(invitation.id, id), isOpen))
    .returning()
  if (!row) throw new NotFound('invitation', id)
  return row
}

/** Marks it as used, in the transaction that makes the person; null where it cannot be used. */
export async function useInvitation(tx: Db, tokenHash: string): Promise<Invitation | null> {
  const [row] = await tx
    .update(invitation)
    .set({ usedAt: sql`now()` })
    .where(and(eq(invitation.tokenHash, tokenHash), isOpen))
    .returning()
  return row ?? null
}

/**
 * The hash of the link that makes the first admin. It is a setting, not a row, so that an installation that was only
 * started still counts as empty, and a backup can be restored into it.
 */
const FIRST = 'first admin'

export async function setFirstLink(db: Db, tokenHash: string): Promise<void> {
  await setSetting(db, FIRST, tokenHash)
}

/** True for the first who shows it: of two at the same moment one waits for the other, and comes too late. */
export async function takeFirstLink(tx: Db, tokenHash: string): Promise<boolean> {
  const taken = await tx
    .delete(setting)
    .where(and(eq(setting.key, FIRST), sql`${setting.value} = ${JSON.stringify(tokenHash)}::jsonb`))
    .returning({ key: setting.key })
  return taken.length > 0
}
