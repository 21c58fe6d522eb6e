// The states of taxa, rows and names together, as edits read and write them. Only this file writes taxa: rows, names,
// revisions and lessons, in one statement for each kind of change, however many there are.

import { asc, eq, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, FOREIGN_KEY_VIOLATION, sqlState, UNIQUE_VIOLATION } from '../errors.ts'
import { type PlaceRule, RANK_LEVELS, type Rank, taxon, taxonName } from '../schema.ts'
import { idArray } from '../sql.ts'
import { writeLessons } from '../trees/lessons.ts'

export type TaxonName = {
  kind: 'common' | 'synonym'
  /** BCP 47; null where it is not known, and for synonyms. */
  language: string | null
  name: string
  /** The common name that is shown. */
  preferred: boolean
}

/** Everything that edits change. The revision is not part of it: that only counts changes. */
export type TaxonState = {
  id: number
  parentId: number | null
  name: string
  rank: Rank
  names: TaxonName[]
  active: boolean
  mergedIntoId: number | null
  externalIds: string[]
  needsPlacing: boolean
  placeRule: PlaceRule | null
}

/** Trimmed and without repetitions; common names first, exactly one of them preferred where there is any. */
export function tidyNames(names: readonly TaxonName[], scientific: string): TaxonName[] {
  const seen = new Set([`synonym  ${scientific.toLowerCase()}`])
  const tidy: TaxonName[] = []
  for (const kind of ['common', 'synonym'] as const) {
    for (const one of names) {
      const name = one.name.replace(/\s+/g, ' ').trim()
      const language = kind === 'common' ? one.language || null : null
      const key = `${kind} ${language ?? ''} ${name.toLowerCase()}`
      if (one.kind !== kind || name === '' || seen.has(key)) continue
      seen.add(key)
      tidy.push({ kind, language, name, preferred: kind === 'common' && one.preferred })
    }
  }
  const preferred = tidy.find((one) => one.preferred) ?? tidy.find((one) => one.kind === 'common')
  return tidy.map((one) => ({ ...one, preferred: one === preferred }))
}

export function sameState(a: TaxonState | null, b: TaxonState | null): boolean {
  return a === b || (a !== null && b !== null && changedFields(a, b).length === 0)
}

export function changedFields(a: TaxonState, b: TaxonState): (keyof TaxonState)[] {
  // Both are whole states, so these are the keys of the type.
  return (Object.keys(a) as (keyof TaxonState)[]).filter((key) => !sameValue(a[key], b[key]))
}

export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b)
}

/** JSON with sorted keys, because jsonb gives keys back in another order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

export const commonNameOf = (names: readonly TaxonName[]) => names.find((one) => one.preferred)?.name ?? null

const columns = {
  id: taxon.id,
  parentId: taxon.parentId,
  name: taxon.name,
  rank: taxon.rank,
  active: taxon.active,
  mergedIntoId: taxon.mergedIntoId,
  externalIds: taxon.externalIds,
  needsPlacing: taxon.needsPlacing,
  placeRule: taxon.placeRule,
}

/** The names of these taxa (null: of all taxa), in the order in which they were given. */
export async function namesOf(db: Db, taxonIds: number[] | null): Promise<Map<number, TaxonName[]>> {
  const rows = await db
    .select({
      taxonId: taxonName.taxonId,
      kind: taxonName.kind,
      language: taxonName.language,
      name: taxonName.name,
      preferred: taxonName.preferred,
    })
    .from(taxonName)
    .where(taxonIds === null ? undefined : sql`${taxonName.taxonId} = any(${idArray(taxonIds)})`)
    .orderBy(asc(taxonName.id))
  const found = new Map<number, TaxonName[]>()
  for (const { taxonId, ...name } of rows) {
    const names = found.get(taxonId)
    if (names) names.push(name)
    else found.set(taxonId, [name])
  }
  return found
}

/**
 * Those that exist, merged ones too. `taxonIds` null: every taxon. `lock`: until the transaction ends nobody can name
 * or delete them.
 */
export async function readStates(
  db: Db,
  taxonIds: number[] | null,
  options: { lock?: boolean } = {},
): Promise<TaxonState[]> {
  const query = db
    .select(columns)
    .from(taxon)
    .where(taxonIds === null ? undefined : sql`${taxon.id} = any(${idArray(taxonIds)})`)
    .orderBy(asc(taxon.id))
  const rows = options.lock ? await query.for('update') : await query
  const names = await namesOf(db, taxonIds)
  return rows.map((row) => ({ ...row, names: names.get(row.id) ?? [] }))
}

/** The ids of its direct children. */
export async function childIdsOf(db: Db, id: number): Promise<number[]> {
  const rows = await db
    .select({ id: taxon.id })
    .from(taxon)
    .where(sql`${eq(taxon.parentId, id)} and ${taxon.mergedIntoId} is null`)
    .orderBy(asc(taxon.id))
  return rows.map((row) => row.id)
}

/** The ids of these taxa and of everything below them. */
export async function subtreesOf(db: Db, roots: number[]): Promise<number[]> {
  if (roots.length === 0) return []
  const { rows } = await db.execute<{ id: number }>(sql`
    with recursive below as (
      select id from taxon where id = any(${idArray(roots)})
      union select t.id from taxon t join below on t.parent_id = below.id where t.merged_into_id is null)
    select id from below`)
  return rows.map((row) => row.id)
}

/** New ids, which no other taxon has or will get. */
export async function reserveTaxonIds(db: Db, count: number): Promise<number[]> {
  if (count === 0) return []
  const { rows } = await db.execute<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence('taxon', 'id')) as id from generate_series(1, ${count})`,
  )
  return rows.map((row) => row.id)
}

/** Rows of one statement. */
const CHUNK = 5000

export type StateWrite = { id: number; before: TaxonState | null; after: TaxonState | null }

/**
 * Writes rows and names. Throws Conflict where two taxa would have the same name, rank and parent, or one would name a
 * taxon that is gone. New ones are written parents first, so `writes` may be in any order.
 */
export async function writeStates(tx: Db, writes: StateWrite[]): Promise<void> {
  const made = parentsFirst(writes.flatMap(({ before, after }) => (before === null && after ? [after] : [])))
  const changed = writes.flatMap(({ before, after }) => (before && after ? [after] : []))
  const removed = writes.flatMap(({ id, before, after }) => (before && after === null ? [id] : []))
  const renamed = writes.filter(
    ({ before, after }) => after && JSON.stringify(before?.names ?? []) !== JSON.stringify(after.names),
  )
  try {
    for (const part of chunks(made)) await insertRows(tx, part)
    for (const part of chunks(changed)) await updateRows(tx, part)
    for (const part of chunks(renamed)) {
      await writeNames(
        tx,
        part.flatMap(({ after }) => after ?? []),
        part.flatMap(({ before, id }) => (before ? [id] : [])),
      )
    }
    if (removed.length > 0) await tx.execute(sql`delete from taxon where id = any(${idArray(removed)})`)
  } catch (error) {
    const code = sqlState(error)
    if (code === UNIQUE_VIOLATION)
      throw new Conflict('Expected no two taxa of one name and rank at the same place, but there would be')
    if (code === FOREIGN_KEY_VIOLATION)
      throw new Conflict(
        'Expected nothing to depend on a taxon that this removes, and every taxon that this names to be there, but the taxonomy changed since',
      )
    throw error
  }
  // Without it, searches are planned for the few taxa that there were before.
  if (writes.length >= CHUNK) await tx.execute(sql`analyze taxon, taxon_name`)
  await writeLessons(
    tx,
    'taxon',
    writes.map(({ id }) => id),
  )
}

function* chunks<T>(items: T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK)
}

function parentsFirst(states: TaxonState[]): TaxonState[] {
  return [...states].sort((a, b) => RANK_LEVELS[b.rank] - RANK_LEVELS[a.rank] || a.id - b.id)
}

const toRow = (state: TaxonState) => ({
  id: state.id,
  parent_id: state.parentId,
  name: state.name,
  rank: state.rank,
  rank_level: RANK_LEVELS[state.rank],
  common_name: commonNameOf(state.names),
  other_names: state.names.flatMap((one) => (one.preferred ? [] : [one.name])).join('\n'),
  needs_placing: state.needsPlacing,
  active: state.active,
  merged_into_id: state.mergedIntoId,
  external_ids: state.externalIds,
  place_rule: state.placeRule,
})

const COLUMNS = sql.raw(
  'parent_id, name, rank, rank_level, common_name, other_names, needs_placing, active, merged_into_id, external_ids, place_rule',
)
const recordset = (
  states: TaxonState[],
) => sql`jsonb_to_recordset(${JSON.stringify(states.map(toRow))}::jsonb) as input (
  id bigint, parent_id bigint, name text, rank text, rank_level smallint, common_name text, other_names text,
  needs_placing boolean, active boolean, merged_into_id bigint, external_ids text[], place_rule text)`

async function insertRows(tx: Db, states: TaxonState[]): Promise<void> {
  await tx.execute(sql`
    insert into taxon (id, ${COLUMNS}) overriding system value select id, ${COLUMNS} from ${recordset(states)} order by id`)
}

async function updateRows(tx: Db, states: TaxonState[]): Promise<void> {
  await tx.execute(sql`
    update taxon set parent_id = input.parent_id, name = input.name, rank = input.rank, rank_level = input.rank_level,
      common_name = input.common_name, other_names = input.other_names, needs_placing = input.needs_placing,
      active = input.active, merged_into_id = input.merged_into_id, external_ids = input.external_ids, place_rule = input.place_rule,
      revision = taxon.revision + 1
    from ${recordset(states)} where taxon.id = input.id`)
}

async function writeNames(tx: Db, states: TaxonState[], known: number[]): Promise<void> {
  if (known.length > 0) await tx.execute(sql`delete from taxon_name where taxon_id = any(${idArray(known)})`)
  const rows = states.flatMap(({ id, names }) => names.map((name) => ({ taxon_id: id, ...name })))
  if (rows.length === 0) return
  await tx.execute(sql`
    insert into taxon_name (taxon_id, kind, language, name, preferred)
    select taxon_id, kind, language, name, preferred from rows from (
      jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as (taxon_id bigint, kind text, language text, name text, preferred boolean)
    ) with ordinality as input (taxon_id, kind, language, name, preferred, position)
    order by position`)
}

/** After commands gave ids themselves, as a replayed log does: the database's own ids continue above them. */
export async function passIds(tx: Db): Promise<void> {
  await tx.execute(sql`
    select setval(pg_get_serial_sequence('taxon', 'id'), greatest((select max(id) from taxon), (select last_value from taxon_id_seq)))`)
}
