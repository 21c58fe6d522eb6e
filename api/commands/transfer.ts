// `npm run transfer` copies everything from one database into another, and compares them bit for bit. Interrupted at
// any moment, it continues where it stopped. Photos, crops and models stay in DATA_DIR, which the new installation goes
// on using.
//
// Each page of rows is one transaction. Pages go in the order of their keys, so the last key in the target says where
// to continue. A setting marks the target as unfinished until everything is compared; until then no service starts on
// it.

import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { type Database, openDatabase } from '../../db/connection/connect.ts'
import { lockDataFolder } from '../../db/connection/data-folder-lock.ts'
import {
  factsOf,
  firstFilled,
  holdsPages,
  readNumbering,
  removeStarted,
  withSelfReferences,
  writeNumbering,
} from '../../db/copy/contents.ts'
import { lastKey, pagesOf, writePage } from '../../db/copy/pages.ts'
import { type Table, tablesOf } from '../../db/copy/tables.ts'
import { UNFINISHED_TRANSFER } from '../../db/copy/transfer-mark.ts'
import { DatabaseError } from '../../db/errors.ts'
import type { Config } from '../config.ts'
import { UsageError } from './usage.ts'

export const TRANSFER_HELP = `npm run transfer -- FROM_URL TO_URL

Copies a database into an empty one, for example file:./data/database to postgres://user:password@host/clavis, and compares both
row by row. Stop the service first. After an interruption the same command continues where it stopped. Photos, crops and models
stay where they are: start the service with DATABASE_URL set to TO_URL and the same DATA_DIR.
`

export async function transferCommand(args: string[], _config: Config, signal: AbortSignal): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [from, to, ...more] = positionals
  if (from === undefined || to === undefined || more.length > 0) throw new UsageError(TRANSFER_HELP)
  if (from === to) throw new UsageError('Expected two different databases but received one twice.')
  const told = await transfer(from, to, { signal, say: (text) => console.log(text) })
  if (told === null) {
    console.error('Interrupted. Run the same command again to copy the rest.')
    return 130
  }
  console.log(
    `All ${told.rows} rows in ${told.tables} tables are there and equal. Start the service with DATABASE_URL=${hidden(to)}`,
  )
  return 0
}

/** The URL without the password. */
function hidden(url: string): string {
  if (!URL.canParse(url) || url.startsWith('file:')) return url
  const shown = new URL(url)
  if (shown.password !== '') shown.password = '…'
  return decodeURI(shown.href)
}

type TransferOptions = { signal: AbortSignal; say: (text: string) => void }

/** Null where it was interrupted. Throws UsageError or DatabaseError. */
export async function transfer(
  fromUrl: string,
  toUrl: string,
  { signal, say }: TransferOptions,
): Promise<{ tables: number; rows: number } | null> {
  const closers: (() => Promise<void>)[] = []
  try {
    const openSide = async (url: string): Promise<Database> => {
      // Two processes on one embedded database lose rows, so its folder is locked as a service locks it.
      if (url.startsWith('file:')) closers.push((await lockDataFolder(dirname(url.slice('file:'.length)))).release)
      const database = await openDatabase(url)
      closers.push(() => database.close())
      return database
    }
    const source = await openSide(fromUrl)
    const target = await openSide(toUrl)
    return await withClients(source, target, (from, to) => copy(from, to, { signal, say }))
  } finally {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
}

async function withClients<T>(
  source: Database,
  target: Database,
  work: (from: pg.PoolClient, to: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const from = await source.pool.connect()
  try {
    const to = await target.pool.connect()
    try {
      // Other processes may write to a Postgres server meanwhile, so everything is read as of one moment.
      await from.query('begin isolation level repeatable read, read only')
      return await work(from, to)
    } finally {
      to.release()
    }
  } finally {
    await from.query('rollback').catch(() => {})
    from.release()
  }
}

async function copy(from: pg.PoolClient, to: pg.PoolClient, { signal, say }: TransferOptions) {
  const tables = await tablesOf(from)
  // Settings come last, in the transaction that removes the mark.
  const last = tables.filter(({ name }) => name === 'setting')
  const first = tables.filter(({ name }) => name !== 'setting')
  if (!(await isUnfinished(to))) await begin(to, tables)
  for (const table of first) {
    if (signal.aborted) return null
    if (!(await copyTable(from, to, table, signal))) return null
    say(`${table.name}: ${await count(to, table)} rows`)
  }
  say('Comparing…')
  let rows = 0
  for (const table of first) rows += await compare(from, to, table)
  await to.query('begin')
  try {
    await to.query('delete from setting')
    for (const table of last) for await (const page of pagesOf(from, table)) await writePage(to, table, page.bytes)
    for (const table of last) rows += await compare(from, to, table)
    await writeNumbering(to, tables, await readNumbering(from, tables))
    await to.query('commit')
  } catch (error) {
    await to.query('rollback')
    throw error
  }
  return { tables: tables.length, rows }
}

async function isUnfinished(to: pg.ClientBase): Promise<boolean> {
  const { rowCount } = await to.query('select from setting where key = $1', [UNFINISHED_TRANSFER])
  return rowCount === 1
}

async function begin(to: pg.ClientBase, tables: Table[]): Promise<void> {
  const filled = await firstFilled(to, tables)
  if (filled !== null)
    throw new UsageError(`Expected an empty database to copy to but its table ${filled} has rows: choose another one.`)
  await to.query('begin')
  await removeStarted(to, tables)
  await to.query('insert into setting (key, value) values ($1, to_jsonb(now()))', [UNFINISHED_TRANSFER])
  await to.query('commit')
}

async function count(client: pg.ClientBase, { name }: Table): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*) from "${name}"`)
  return rows[0]?.count ?? 0
}

/** False where it was interrupted. */
async function copyTable(from: pg.ClientBase, to: pg.ClientBase, table: Table, signal: AbortSignal): Promise<boolean> {
  if (table.selfReferences.length > 0) {
    // Rows refer to later rows of the table, so all are copied in one transaction.
    if ((await count(to, table)) === (await count(from, table))) return true
    await to.query('begin')
    try {
      await to.query(`delete from "${table.name}"`)
      await withSelfReferences(to, [table], async () => {
        for await (const page of pagesOf(from, table)) await writePage(to, table, page.bytes)
      })
      await to.query('commit')
    } catch (error) {
      await to.query('rollback')
      throw error
    }
    return true
  }
  for await (const page of pagesOf(from, table, await lastKey(to, table))) {
    await writePage(to, table, page.bytes)
    if (signal.aborted) return false
  }
  return true
}

/** Returns how many rows there are. Throws DatabaseError where they differ. */
async function compare(from: pg.ClientBase, to: pg.ClientBase, table: Table): Promise<number> {
  const facts = []
  for await (const page of pagesOf(from, table)) facts.push(factsOf(page))
  if (!(await holdsPages(to, table, facts)))
    throw new DatabaseError(
      `The rows of ${table.name} differ between the two databases: one of them was changed since the transfer began. Empty the target and start again`,
    )
  return facts.reduce((sum, { rows }) => sum + rows, 0)
}
