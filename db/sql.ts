// Parts of SQL that queries of several rooms share.

import { type SQL, sql } from 'drizzle-orm'

export type ArrayType = 'bigint' | 'boolean' | 'integer' | 'real' | 'text'

/** One array parameter of that type; drizzle spreads a plain array into a parameter for each value. */
export const arrayParameter = (values: readonly unknown[], type: ArrayType): SQL =>
  sql`${sql.param(values)}::${sql.raw(type)}[]`

export const idArray = (ids: readonly number[]): SQL => arrayParameter(ids, 'bigint')

/** Of photos `m`: taken by a camera at the station of that name. */
export const atStation = (name: string): SQL =>
  sql`m.deployment_id = any(array(select id from deployment where coalesce(station, name) = ${name}))`
