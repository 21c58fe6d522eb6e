// Fields that a project adds to what people observe: their definitions, and the values that animals have.

import { eq } from 'drizzle-orm'
import type { Db } from './connection/connect.ts'
import { setting } from './schema.ts'
import { setSetting } from './settings.ts'

export const FIELD_KINDS = ['text', 'number', 'choice'] as const
export type FieldKind = (typeof FIELD_KINDS)[number]

export type OwnField = {
  /** Never used again after the field was removed. */
  id: string
  name: string
  kind: FieldKind
  /** What can be chosen; empty for other kinds. */
  choices: string[]
}

export type OwnFields = {
  /** The number of the last id. */
  lastId: number
  revision: number
  items: OwnField[]
}

const KEY = 'ownFields'

/** `lock`: nobody else changes them until this transaction ends. */
export async function getOwnFields(db: Db, lock = false): Promise<OwnFields> {
  const asked = db.select({ value: setting.value }).from(setting).where(eq(setting.key, KEY))
  const [row] = await (lock ? asked.for('update') : asked)
  // Only setOwnFields writes it.
  return (row?.value as OwnFields | undefined) ?? { lastId: 0, revision: 0, items: [] }
}

export async function setOwnFields(tx: Db, fields: OwnFields): Promise<void> {
  await setSetting(tx, KEY, fields)
}
