// Who did what to people, keys and the installation. Rows are only added; a trigger refuses anything else.

import { desc, lt } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { audit } from '../schema.ts'

export type AuditEntry = typeof audit.$inferSelect
/** `how`: by which session, key or link. `address`: where the request came from. */
export type NewAuditEntry = Pick<AuditEntry, 'person' | 'how' | 'what' | 'address'>

export async function addAudit(db: Db, entry: NewAuditEntry): Promise<void> {
  await db.insert(audit).values(entry)
}

/** Newest first. `cursor`: the last id of the page before. */
export async function listAudit(db: Db, { cursor, limit }: { cursor?: number; limit: number }): Promise<AuditEntry[]> {
  return await db
    .select()
    .from(audit)
    .where(cursor === undefined ? undefined : lt(audit.id, cursor))
    .orderBy(desc(audit.id))
    .limit(limit)
}
