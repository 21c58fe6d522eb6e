// The lock between edits of the taxonomy and work that must not run at the same time.

import { sql } from 'drizzle-orm'
import type { Db } from './connection/connect.ts'

/** Allows one edit at a time. Take it before any other lock in a transaction that makes taxa. */
export async function lockTaxonomy(tx: Db): Promise<void> {
  await tx.execute(sql`lock table taxonomy_edit in share row exclusive mode`)
}

/** Keeps edits out until the transaction ends. Many transactions may hold it at once. */
export async function holdTaxonomy(tx: Db): Promise<void> {
  await tx.execute(sql`lock table taxonomy_edit in row exclusive mode`)
}
