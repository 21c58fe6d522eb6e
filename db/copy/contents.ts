// What copying a whole database reads and sets: whether the tables hold anything, where their id sequences stand, and
// whether they hold the same as another database.

import type pg from 'pg'
import { checksum, type Page, readPage } from './pages.ts'
import type { Table } from './tables.ts'

/** Tables that a first start fills by itself. A copy replaces their rows. */
const STARTED = ['setting', 'model', 'tree_version', 'metric_vector', 'sign_in_try']

/** The first table that holds somebody's work; null where nothing would be lost. */
export async function firstFilled(client: pg.ClientBase, tables: Table[]): Promise<string | null> {
  for (const { name } of tables.filter((table) => !STARTED.includes(table.name))) {
    const { rows } = await client.query<{ filled: boolean }>(`select exists (select from "${name}") as filled`)
    if (rows[0]?.filled) return name
  }
  return null
}

/** Removes what a first start wrote. */
export async function removeStarted(client: pg.ClientBase, tables: Table[]): Promise<void> {
  const present = tables.filter(({ name }) => STARTED.includes(name)).reverse()
  for (const { name } of present) await client.query(`delete from "${name}"`)
}

/**
 * Lets `work` write rows that refer to later rows of their own table: the references are checked at its end. To be
 * called inside a transaction.
 */
export async function withSelfReferences(
  client: pg.ClientBase,
  tables: Table[],
  work: () => Promise<void>,
): Promise<void> {
  const alter = async (how: string) => {
    for (const { name, selfReferences } of tables)
      for (const constraint of selfReferences)
        await client.query(`alter table "${name}" alter constraint "${constraint}" ${how}`)
  }
  await alter('deferrable initially deferred')
  await work()
  await client.query('set constraints all immediate')
  await alter('not deferrable')
}

/**
 * The last id that each table's sequence gave out, by the table's name. Sequences that were never used are left out.
 */
export type Numbering = Record<string, number>

export async function readNumbering(client: pg.ClientBase, tables: Table[]): Promise<Numbering> {
  const numbering: Numbering = {}
  for (const { name, identity } of tables) {
    if (identity === null) continue
    const { rows } = await client.query<{ sequence: string }>('select pg_get_serial_sequence($1, $2) as sequence', [
      `public."${name}"`,
      identity,
    ])
    const state = await client.query<{ last: number; called: boolean }>(
      `select last_value as last, is_called as called from ${rows[0]?.sequence}`,
    )
    if (state.rows[0]?.called) numbering[name] = state.rows[0].last
  }
  return numbering
}

/**
 * Sets the sequences so that new rows get ids above the given ones and above all that exist. The id of a removed row is
 * never used again.
 */
export async function writeNumbering(client: pg.ClientBase, tables: Table[], numbering: Numbering): Promise<void> {
  for (const { name, identity } of tables) {
    if (identity === null) continue
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), greatest(max("${identity}"), $3::bigint, 1),
        greatest(max("${identity}"), $3::bigint) is not null) from "${name}"`,
      [`public."${name}"`, identity, numbering[name] ?? null],
    )
  }
}

/** What is remembered of a page, to compare another database with it. */
export type PageFacts = { rows: number; sha256: string }
export const factsOf = ({ rows, bytes }: Page): PageFacts => ({ rows, sha256: checksum(bytes) })

/** Whether the table holds exactly these pages, bit for bit, and nothing after them. */
export async function holdsPages(client: pg.ClientBase, table: Table, pages: PageFacts[]): Promise<boolean> {
  let after: string[] | null = null
  for (const { rows, sha256 } of pages) {
    const page: Page | null = await readPage(client, table, after, rows)
    if (page === null || checksum(page.bytes) !== sha256) return false
    after = page.last
  }
  return (await readPage(client, table, after, 1)) === null
}
