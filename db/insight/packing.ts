// Rows of a query as one text.

import { type SQL, sql } from 'drizzle-orm'
import { FIELD, ROW } from './packed.ts'

/** To be selected; null where there is no row. */
export const packed = (fields: SQL[]) =>
  sql`string_agg(concat_ws(${FIELD}::text, ${sql.join(fields, sql`, `)}), ${ROW}::text) as text`
