// Taxa as rows. Every change of one is an edit in the log (edits.ts), and writes a lesson for the live tree.

import { and, asc, eq, isNull, type SQLWrapper, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { type Rank, taxon } from '../schema.ts'
import { idArray } from '../sql.ts'
import { lockTaxonomy } from '../taxonomy-lock.ts'
import type { Command } from './commands/command.ts'
import { applyEdit } from './edits.ts'
import { commonNameOf, readStates } from './states.ts'

export type Taxon = {
  id: number
  parentId: number | null
  name: string
  rank: Rank
  /** A larger number is a higher rank (schema.ts: RANK_LEVELS). */
  rankLevel: number
  commonName: string | null
  needsPlacing: boolean
  /** False: neither it nor any taxon below it is suggested. */
  active: boolean
  /** Grows with every change. */
  revision: number
}

/**
 * A name as the indexes have it, in byte order, so that both databases and cursors agree. A migration makes the
 * function `folded`: `lower` knows only ASCII where the database's locale is C, as in the embedded one.
 */
export const folded = (name: SQLWrapper | string) => sql<string>`folded(${name}) collate "C"`

export const taxonColumns = {
  id: taxon.id,
  parentId: taxon.parentId,
  name: taxon.name,
  rank: taxon.rank,
  rankLevel: taxon.rankLevel,
  commonName: taxon.commonName,
  needsPlacing: taxon.needsPlacing,
  active: taxon.active,
  revision: taxon.revision,
}

/** Merged taxa are no longer taxa. Only their ids are kept, which lead on (redirects.ts). */
const unmerged = isNull(taxon.mergedIntoId)

/** Every taxon in order of id, for the taxonomy in memory. 100,000 take about 0.5 s on PGlite. */
export async function loadTaxa(db: Db): Promise<Taxon[]> {
  return await db.select(taxonColumns).from(taxon).where(unmerged).orderBy(asc(taxon.id))
}

/** Those of the ids that exist, in order of id. */
export async function getTaxa(db: Db, taxonIds: number[]): Promise<Taxon[]> {
  return await db
    .select(taxonColumns)
    .from(taxon)
    .where(and(sql`${taxon.id} = any(${idArray(taxonIds)})`, unmerged))
    .orderBy(asc(taxon.id))
}

/** Throws NotFound. */
export async function getTaxon(db: Db, id: number): Promise<Taxon> {
  const [row] = await db
    .select(taxonColumns)
    .from(taxon)
    .where(and(eq(taxon.id, id), unmerged))
  if (!row) throw new NotFound('taxon', id)
  return row
}

/** From the top to the parent. */
export async function ancestorsOf(db: Db, taxon: Taxon): Promise<Taxon[]> {
  const path: Taxon[] = []
  for (let parentId = taxon.parentId; parentId !== null; ) {
    const [parent] = await getTaxa(db, [parentId])
    if (parent === undefined) break
    path.unshift(parent)
    parentId = parent.parentId
  }
  return path
}

/** What other lists call these taxa, as `scheme:id`. Those without such names are left out. */
export async function externalIdsOf(db: Db, taxonIds: number[]): Promise<Map<number, string[]>> {
  const rows = await db
    .select({ id: taxon.id, externalIds: taxon.externalIds })
    .from(taxon)
    .where(sql`${taxon.id} = any(${idArray([...new Set(taxonIds)])}) and ${taxon.externalIds} <> '{}'`)
  return new Map(rows.map((row) => [row.id, row.externalIds]))
}

/** How many direct children each of these taxa has. Those without children are left out. */
export async function childCounts(db: Db, taxonIds: number[]): Promise<Map<number, number>> {
  const rows = await db
    .select({ parentId: taxon.parentId, count: sql<number>`count(*)::int` })
    .from(taxon)
    .where(and(sql`${taxon.parentId} = any(${idArray(taxonIds)})`, unmerged))
    .groupBy(taxon.parentId)
  return new Map(rows.flatMap((row) => (row.parentId === null ? [] : [[row.parentId, row.count]])))
}

export type NewTaxon = {
  name: string
  rank: Rank
  parentId: number | null
  commonName?: string | null
  needsPlacing?: boolean
}
/** Who edits, and why. */
export type By = { person: string; why?: string | null }
const LOCAL: By = { person: 'local' }

const preferred = (name: string | null | undefined) =>
  name ? [{ kind: 'common' as const, language: null, name, preferred: true }] : []

/**
 * Throws NotFound where the parent does not exist, and Conflict where its rank is not higher or a sibling has that name
 * and rank (`existingId`).
 */
export async function createTaxon(db: Db, facts: NewTaxon, by: By = LOCAL): Promise<Taxon> {
  const { name, rank, parentId, commonName, needsPlacing = false } = facts
  const command: Command = { kind: 'add', name, rank, parentId, needsPlacing, names: preferred(commonName) }
  const { changes } = await applyEdit(db, { command, ...by })
  return await getTaxon(db, changes[0]!.id)
}

/**
 * Null where a sibling already has that name and rank. To be called in a transaction: no other edit runs until it ends.
 */
export async function insertTaxon(tx: Db, facts: NewTaxon, by: By): Promise<Taxon | null> {
  await lockTaxonomy(tx)
  return (await siblingOf(tx, facts)) ? null : await createTaxon(tx, facts, by)
}

export async function siblingOf(
  db: Db,
  facts: { name: string; rank: Rank; parentId: number | null },
): Promise<Taxon | null> {
  const [row] = await db
    .select(taxonColumns)
    .from(taxon)
    .where(
      and(
        facts.parentId === null ? isNull(taxon.parentId) : eq(taxon.parentId, facts.parentId),
        sql`${folded(taxon.name)} = folded(${facts.name})`,
        eq(taxon.rank, facts.rank),
        unmerged,
      ),
    )
  return row ?? null
}

export type TaxonChange = {
  name?: string
  parentId?: number | null
  commonName?: string | null
  needsPlacing?: boolean
}

/**
 * Renames, moves (`parentId` null: to the top), sets the preferred common name, or notes that somebody has placed it:
 * an edit for each, all or none. Throws NotFound, or Conflict for a cycle, ranks out of order or a sibling of that
 * name.
 */
export async function updateTaxon(db: Db, id: number, change: TaxonChange, by: By = LOCAL): Promise<Taxon> {
  return await db.transaction(async (tx) => {
    await lockTaxonomy(tx)
    const [before] = await readStates(tx, [id], { lock: true })
    if (!before || before.mergedIntoId !== null) throw new NotFound('taxon', id)
    const commands: Command[] = []
    const { name, parentId, commonName, needsPlacing } = change
    // Where both change, the place comes first: the new name may be free only there.
    if (parentId !== undefined && parentId !== before.parentId) commands.push({ kind: 'move', id, parentId })
    if (name !== undefined && name !== before.name) commands.push({ kind: 'rename', id, name })
    if (commonName !== undefined && commonName !== commonNameOf(before.names)) {
      const others = before.names.filter((one) => !one.preferred)
      commands.push({ kind: 'setNames', id, names: [...preferred(commonName), ...others] })
    }
    const placing = commands.some(({ kind }) => kind === 'move') ? false : before.needsPlacing
    if (needsPlacing !== undefined && needsPlacing !== placing) commands.push({ kind: 'setPlacing', id, needsPlacing })
    for (const command of commands) await applyEdit(tx, { command, ...by })
    return await getTaxon(tx, id)
  })
}

/** Throws NotFound, or Conflict where it has children, or identifications or waiting labels name it. */
export async function deleteTaxon(db: Db, id: number, by: By = LOCAL): Promise<void> {
  await applyEdit(db, { command: { kind: 'delete', id }, ...by })
}
