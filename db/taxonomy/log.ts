// The log of the taxonomy's edits: who did what, when and why, and what was undone since.

import { and, asc, desc, eq, gt, lt, lte, max, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { taxonomyEdit } from '../schema.ts'
import { idArray } from '../sql.ts'
import type { Command } from './commands/command.ts'
import { readStates, type TaxonState } from './states.ts'

export type Edit = {
  id: number
  person: string
  at: Date
  why: string | null
  command: Command
  undoes: number | null
  /** Taxa whose row or names it changed: the first ones, and how many there are. */
  taxa: number[]
  taxaCount: number
  /** The edit that undid it and was not undone itself. */
  undoneBy: number | null
}

/** For each of these the edit that undid it, unless that edit was undone too. */
export async function undoneBy(db: Db, editIds: number[]): Promise<Map<number, number>> {
  const { rows } = await db.execute<{ id: number; undoes: number }>(sql`
    with recursive later as (
      select id, undoes from taxonomy_edit where undoes = any(${idArray(editIds)})
      union select e.id, e.undoes from taxonomy_edit e join later on e.undoes = later.id)
    select id, undoes from later order by id`)
  const takers = new Map<number, number[]>()
  for (const row of rows) {
    const known = takers.get(row.undoes)
    if (known) known.push(row.id)
    else takers.set(row.undoes, [row.id])
  }
  const stands = (id: number): boolean => !(takers.get(id) ?? []).some(stands)
  return new Map(
    editIds.flatMap((id) => {
      const taker = (takers.get(id) ?? []).find(stands)
      return taker === undefined ? [] : [[id, taker]]
    }),
  )
}

/** Newest first. Commands of many contain only the first ones. `taxonId`: only edits that changed this taxon. */
export async function listEdits(
  db: Db,
  wanted: { taxonId?: number | undefined; before?: number | null; limit: number },
): Promise<{ items: Edit[]; nextCursor: number | null }> {
  const rows = await db
    .select(briefColumns)
    .from(taxonomyEdit)
    .where(
      and(
        wanted.taxonId === undefined ? undefined : sql`${taxonomyEdit.taxa} @> array[${wanted.taxonId}::bigint]`,
        wanted.before ? lt(taxonomyEdit.id, wanted.before) : undefined,
      ),
    )
    .orderBy(desc(taxonomyEdit.id))
    .limit(wanted.limit + 1)
  const page = rows.slice(0, wanted.limit)
  return {
    items: await withUndone(db, page),
    nextCursor: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
}

/** One edit as `listEdits` gives it. Throws NotFound. */
export async function getEdit(db: Db, id: number): Promise<Edit> {
  const rows = await db.select(briefColumns).from(taxonomyEdit).where(eq(taxonomyEdit.id, id))
  const [edit] = await withUndone(db, rows)
  if (!edit) throw new NotFound('edit', id)
  return edit
}

/** Every command in the order in which it was performed, up to and including the edit `upTo`. */
export async function* commands(db: Db, upTo?: number): AsyncGenerator<{ id: number; command: Command }> {
  for (let after = 0; ; ) {
    const page = await db
      .select({ id: taxonomyEdit.id, command: taxonomyEdit.command })
      .from(taxonomyEdit)
      .where(and(gt(taxonomyEdit.id, after), upTo === undefined ? undefined : lte(taxonomyEdit.id, upTo)))
      .orderBy(asc(taxonomyEdit.id))
      .limit(100)
    // Only edits.ts writes the log.
    for (const { id, command } of page) yield { id, command: command as Command }
    const last = page.at(-1)
    if (!last) return
    after = last.id
  }
}

/** The taxonomy and its last edit, as of one moment. */
export async function taxonomyNow(db: Db): Promise<{ states: TaxonState[]; editId: number }> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`set transaction isolation level repeatable read`)
    const [last] = await tx.select({ id: max(taxonomyEdit.id) }).from(taxonomyEdit)
    return { states: await readStates(tx, null), editId: last?.id ?? 0 }
  })
}

/** How many commands or taxa a log entry shows. */
const SHOWN = 20
const first = (of: 'commands' | 'taxa') =>
  sql`coalesce(jsonb_path_query_array(${taxonomyEdit.command}, ${sql.raw(`'$.${of}[0 to ${SHOWN - 1}]'`)}), '[]')`

const briefColumns = {
  id: taxonomyEdit.id,
  person: taxonomyEdit.person,
  at: taxonomyEdit.at,
  why: taxonomyEdit.why,
  command: sql<unknown>`case ${taxonomyEdit.command} ->> 'kind'
    when 'batch' then jsonb_set(${taxonomyEdit.command}, '{commands}', ${first('commands')})
    when 'restore' then jsonb_set(${taxonomyEdit.command}, '{taxa}', ${first('taxa')}) || '{"statements": [], "labels": []}'
    else ${taxonomyEdit.command} end`,
  undoes: taxonomyEdit.undoes,
  taxa: sql<number[]>`${taxonomyEdit.taxa}[1:${sql.raw(String(SHOWN))}]`,
  taxaCount: sql<number>`cardinality(${taxonomyEdit.taxa})`,
}
type Row = Omit<Edit, 'command' | 'undoneBy'> & { command: unknown }

async function withUndone(db: Db, rows: Row[]): Promise<Edit[]> {
  if (rows.length === 0) return []
  const undone = await undoneBy(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({
    ...row,
    // Only edits.ts writes the log.
    command: row.command as Command,
    undoneBy: undone.get(row.id) ?? null,
  }))
}
