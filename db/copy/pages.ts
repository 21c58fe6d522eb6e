// Rows of any table as bytes, a page at a time, which `writePage` puts exactly into the same table of another database:
// every value travels in Postgres' binary form, a column as one array. The same rows give the same bytes on every
// server, so checksums of pages compare databases.
//
// A page: length of the header (uint32), the header as JSON {columns, rows}, then per column its length (uint32) and
// the array.

import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Column, Table } from './tables.ts'

export type Page = {
  rows: number
  bytes: Buffer
  /** The last row's key, after which the next page begins. */
  last: string[]
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
/** Arrays travel as text: those in an array of arrays would have to be of one length. */
const travelType = ({ type, array }: Column) => (array ? 'text' : type)
const orderOf = (column: Column, of = '') =>
  `${of}${quoted(column.name)}${column.type === 'text' ? ' collate "C"' : ''}`

/** Where the binary form of an array names the type of its elements, by a number that differs between databases. */
const ELEMENT_TYPE_AT = 8

/**
 * At most `limit` rows after the key `after` (null: from the start), in order of the key. Null where there are none.
 */
export async function readPage(
  client: pg.ClientBase,
  table: Table,
  after: string[] | null,
  limit: number,
): Promise<Page | null> {
  const keys = table.key
  const beyond = after
    ? `where (${keys.map((k) => orderOf(k)).join(', ')}) > (${keys.map((k, i) => `$${i + 1}::text::${k.type}`).join(', ')})`
    : ''
  const arrays = table.columns.map((c, i) => {
    const value = c.array ? `p.${quoted(c.name)}::text` : `p.${quoted(c.name)}`
    return `array_send(array_agg(${value})) as c${i}`
  })
  const lasts = keys.map((k, i) => `(array_agg(p.${quoted(k.name)}::text))[count(*)::int] as k${i}`)
  const { rows } = await client.query<Record<string, unknown> & { rows: number }>(
    `select count(*)::int as rows, ${[...arrays, ...lasts].join(', ')} from (
      select * from ${quoted(table.name)} ${beyond}
      order by ${keys.map((k) => orderOf(k)).join(', ')} limit ${limit}) as p`,
    after ?? [],
  )
  const [page] = rows
  if (!page || page.rows === 0) return null
  const columns = table.columns.map((column, i) => {
    const array = page[`c${i}`]
    if (!Buffer.isBuffer(array)) throw new Error(`Expected bytes of ${table.name}.${column.name}`)
    array.writeUInt32BE(0, ELEMENT_TYPE_AT)
    return array
  })
  const header = { columns: table.columns.map((c) => ({ name: c.name, type: c.type })), rows: page.rows }
  return {
    rows: page.rows,
    bytes: joinParts([Buffer.from(JSON.stringify(header)), ...columns]),
    last: keys.map((_, i) => String(page[`k${i}`])),
  }
}

/** The key of the last row, null where there is none. Reading after it continues where writing ended. */
export async function lastKey(client: pg.ClientBase, { name, key }: Table): Promise<string[] | null> {
  const { rows } = await client.query<Record<string, string>>(
    `select ${key.map((k, i) => `${quoted(k.name)}::text as k${i}`).join(', ')} from ${quoted(name)}
    order by ${key.map((k) => `${orderOf(k)} desc`).join(', ')} limit 1`,
  )
  const [last] = rows
  return last ? key.map((_, i) => last[`k${i}`] ?? '') : null
}

/** About the size of a page: large enough to be quick, small enough for any memory. */
const PAGE_BYTES = 1e6
const FIRST_ROWS = 200
const MOST_ROWS = 20_000

/** Every page of a table after `after`. */
export async function* pagesOf(
  client: pg.ClientBase,
  table: Table,
  after: string[] | null = null,
): AsyncGenerator<Page> {
  for (let limit = FIRST_ROWS; ; ) {
    const page = await readPage(client, table, after, limit)
    if (!page) return
    yield page
    if (page.rows < limit) return
    after = page.last
    const fitting = Math.round((limit * PAGE_BYTES) / page.bytes.length)
    limit = Math.max(1, Math.min(MOST_ROWS, limit * 4, fitting))
  }
}

/** Writes a page into a table that has its columns. @returns how many rows */
export async function writePage(client: pg.ClientBase, table: Table, bytes: Buffer): Promise<number> {
  // A copy, because the element types are written into it.
  const [header, ...arrays] = splitParts(Buffer.from(bytes))
  const { columns: names, rows } = parseHeader(header)
  const columns = names.map((name) => {
    const column = table.columns.find((one) => one.name === name)
    if (!column) throw new Error(`Expected table ${table.name} to have a column ${name}`)
    return column
  })
  const types = await elementTypes(client, columns)
  arrays.forEach((array, i) => {
    array.writeUInt32BE(types[i]!, ELEMENT_TYPE_AT)
  })
  const values = columns.map((c, i) => (c.array ? `u.c${i}::${c.type}` : `u.c${i}`))
  await client.query(
    `insert into ${quoted(table.name)} (${columns.map(({ name }) => quoted(name)).join(', ')}) overriding system value
    select ${values.join(', ')}
    from unnest(${columns.map((c, i) => `$${i + 1}::${travelType(c)}[]`).join(', ')})
      as u(${columns.map((_, i) => `c${i}`).join(', ')})`,
    arrays,
  )
  return rows
}

async function elementTypes(client: pg.ClientBase, columns: Column[]): Promise<number[]> {
  const { rows } = await client.query<{ oid: number }>(
    'select name::regtype::oid as oid from unnest($1::text[]) with ordinality as t (name, i) order by i',
    [columns.map(travelType)],
  )
  return rows.map(({ oid }) => oid)
}

export const checksum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

function joinParts(parts: Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  )
}

function splitParts(bytes: Buffer): [Buffer, ...Buffer[]] {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    parts.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  const [first, ...rest] = parts
  if (!first) throw new Error('Expected a page with a header')
  return [first, ...rest]
}

function parseHeader(bytes: Buffer): { columns: string[]; rows: number } {
  const header: { columns: { name: string }[]; rows: number } = JSON.parse(bytes.toString())
  return { columns: header.columns.map(({ name }) => name), rows: header.rows }
}
