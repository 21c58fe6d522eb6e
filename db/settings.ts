// Small facts of the installation: JSON values by key.

import { eq, sql } from 'drizzle-orm'
import type { Db } from './connection/connect.ts'
import { setting } from './schema.ts'

/** Undefined where it was never set. The caller checks its shape. */
export async function getSetting(db: Db, key: string): Promise<unknown> {
  const [row] = await db.select({ value: setting.value }).from(setting).where(eq(setting.key, key))
  return row?.value
}

export async function setSetting(db: Db, key: string, value: unknown): Promise<void> {
  await db.insert(setting).values({ key, value }).onConflictDoUpdate({ target: setting.key, set: { value } })
}

/**
 * Adds the fields of an object that the setting lacks; those that it has stay. One statement, so of several processes that start
 * at once the first decides. Returns what is stored then.
 */
export async function addToSetting(db: Db, key: string, value: Record<string, unknown>): Promise<unknown> {
  const [row] = await db
    .insert(setting)
    .values({ key, value })
    .onConflictDoUpdate({ target: setting.key, set: { value: sql`excluded.value || ${setting.value}` } })
    .returning({ value: setting.value })
  return row?.value
}
