// Small facts of the installation: JSON values by key.

import { eq, sql } from 'drizzle-orm'
import { AGREEMENTS, type Agreement } from './agreement.ts'
import type { Db } from './connection/connect.ts'
import { setting } from './schema.ts'

const TIME_ZONE_KEY = 'timeZone'

/** The zone in which the cameras' clocks are read, an IANA name; null where nobody chose one. */
export async function getTimeZone(db: Db): Promise<string | null> {
  const zone = await getSetting(db, TIME_ZONE_KEY)
  return typeof zone === 'string' ? zone : null
}

export async function setTimeZone(db: Db, zone: string | null): Promise<void> {
  if (zone === null) await db.delete(setting).where(eq(setting.key, TIME_ZONE_KEY))
  else await setSetting(db, TIME_ZONE_KEY, zone)
}

const AGREEMENT_KEY = 'agreement'

export async function getAgreement(db: Db): Promise<Agreement> {
  const rule = await getSetting(db, AGREEMENT_KEY)
  return AGREEMENTS.find((one) => one === rule) ?? 'one'
}

/** The caller settles all statements again. */
export async function setAgreement(tx: Db, rule: Agreement): Promise<void> {
  await setSetting(tx, AGREEMENT_KEY, rule)
}

/** Undefined where it was never set. The caller checks its shape. */
export async function getSetting(db: Db, key: string): Promise<unknown> {
  const [row] = await db.select({ value: setting.value }).from(setting).where(eq(setting.key, key))
  return row?.value
}

export async function setSetting(db: Db, key: string, value: unknown): Promise<void> {
  await db.insert(setting).values({ key, value }).onConflictDoUpdate({ target: setting.key, set: { value } })
}

/**
 * Adds the fields of an object that the setting lacks; those that it has stay. One statement, so of several processes
 * that start at once the first decides. Returns what is stored then.
 */
export async function addToSetting(db: Db, key: string, value: Record<string, unknown>): Promise<unknown> {
  const [row] = await db
    .insert(setting)
    .values({ key, value })
    .onConflictDoUpdate({ target: setting.key, set: { value: sql`excluded.value || ${setting.value}` } })
    .returning({ value: setting.value })
  return row?.value
}
