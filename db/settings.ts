// Small facts of the installation: JSON values by key.

import { eq } from 'drizzle-orm'
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
