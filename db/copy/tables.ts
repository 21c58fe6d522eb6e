// The tables as the database has them, whatever its version: columns and keys from the catalog. Tables come after those
// that they refer to, so that rows can be written in this order.

import { readMigrationFiles } from 'drizzle-orm/migrator'
import type pg from 'pg'
import { migrationsFolder } from '../connection/migrate.ts'

export type Column = {
  name: string
  /** As SQL writes it, such as `bigint` or `vector`. */
  type: string
  /** Arrays travel as text. */
  array: boolean
}
export type Table = {
  name: string
  /** In the table's order, without generated ones. */
  columns: Column[]
  /** The primary key, whole numbers before texts, which are compared in byte order whatever the collation. */
  key: Column[]
  /** Foreign keys by which rows refer to rows of the same table. */
  selfReferences: string[]
  /** The identity column; null where there is none. */
  identity: string | null
}

type Row = {
  name: string
  columns: (Column & { generated: boolean; identity: boolean; key: number | null })[]
  references: { constraint: string; to: string }[]
}

/** Every table that some migration made and that still exists. */
export async function tablesOf(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Row>(
    `select c.relname as name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'array', t.typcategory = 'A', 'generated', a.attgenerated <> '', 'identity', a.attidentity <> '',
          'key', array_position(i.indkey::int2[], a.attnum)) order by a.attnum)
        from pg_attribute a join pg_type t on t.oid = a.atttypid
          left join pg_index i on i.indrelid = c.oid and i.indisprimary
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select coalesce(json_agg(json_build_object('constraint', f.conname, 'to', o.relname)), '[]')
        from pg_constraint f join pg_class o on o.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f') as references
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and c.relname = any($1)
    order by c.relname collate "C"`,
    [namesInMigrations()],
  )
  return inOrder(rows).map(toTable)
}

function namesInMigrations(): string[] {
  const statements = readMigrationFiles({ migrationsFolder }).flatMap(({ sql }) => sql)
  const made = statements.flatMap((text) => [
    ...text.matchAll(/(?:CREATE TABLE(?: IF NOT EXISTS)?|RENAME TO) "(\w+)"/gi),
  ])
  return [...new Set(made.map(([, name]) => name ?? ''))]
}

function toTable({ name, columns, references }: Row): Table {
  const plain = ({ name, type, array }: Column): Column => ({ name, type, array })
  const inKey = columns.filter(({ key }) => key !== null).sort((a, b) => (a.key ?? 0) - (b.key ?? 0))
  if (inKey.length === 0) throw new Error(`Expected table ${name} to have a primary key`)
  return {
    name,
    columns: columns.filter(({ generated }) => !generated).map(plain),
    key: [...inKey.filter(({ type }) => type !== 'text'), ...inKey.filter(({ type }) => type === 'text')].map(plain),
    selfReferences: references.filter(({ to }) => to === name).map(({ constraint }) => constraint),
    identity: columns.find(({ identity }) => identity)?.name ?? null,
  }
}

/** Tables after those that they refer to. */
function inOrder(rows: Row[]): Row[] {
  const ordered: Row[] = []
  for (let left = rows; left.length > 0; ) {
    const waiting = new Set(left.map(({ name }) => name))
    const free = left.filter(({ name, references }) => !references.some(({ to }) => to !== name && waiting.has(to)))
    if (free.length === 0) throw new Error(`Expected no cycle of references among ${[...waiting].join(', ')}`)
    ordered.push(...free)
    left = left.filter((row) => !free.includes(row))
  }
  return ordered
}
