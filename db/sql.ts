// Parts of SQL that queries of several rooms share.

import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

export type ArrayType = 'bigint' | 'boolean' | 'integer' | 'real' | 'text'

/** One array parameter of that type; drizzle spreads a plain array into a parameter for each value. */
export const arrayParameter = (values: readonly unknown[], type: ArrayType): SQL =>
  sql`${sql.param(values)}::${sql.raw(type)}[]`

export const idArray = (ids: readonly number[]): SQL => arrayParameter(ids, 'bigint')

/** Of photos `m`: taken by a camera at the station of that name. */
export const atStation = (name: string): SQL =>
  sql`m.deployment_id = any(array(select id from deployment where coalesce(station, name) = ${name}))`

/**
 * A text as people compare it: without regard to capitals, to accents typed or pasted in another form, to full-width
 * letters, kinds of dashes and blanks, to ß written as ss, and to the dot of a Turkish i.
 */
export const comparable = (text: SQLWrapper | string): SQL =>
  sql`folded(translate(replace(replace(normalize(${text}::text, NFKC), 'ß', 'ss'), 'ẞ', 'ss'), '‐‒–—−ıİ', '-----ii'))`

/** The one of some names that a person means by a text: that very name, else the only one that compares equal. */
export function nameMeant<T extends { name: string }>(rows: readonly T[], text: string): T | null {
  return rows.find(({ name }) => name === text) ?? (rows.length === 1 ? (rows[0] ?? null) : null)
}
