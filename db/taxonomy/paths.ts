// Finds taxa by what people write: by a path of names and ranks, whose missing taxa are made, or by one name. Different
// taxa may have the same name, so a path is followed as a whole; either side may lack ranks.

import { and, asc, isNull, or, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import { RANK_LEVELS, type Rank, taxon } from '../schema.ts'
import { arrayParameter } from '../sql.ts'
import { lockTaxonomy } from '../taxonomy-lock.ts'
import { folded, insertTaxon, siblingOf, type Taxon, taxonColumns, updateTaxon } from './taxa.ts'

export type PathStep = { rank: Rank; name: string }

/** The author that the log names for taxa that are made from labels. */
export const IMPORT_BY = { person: 'import', why: 'Photos are labelled with it' }

/** A taxon that may be meant. `alsoNamed`: its synonyms among the names of the path, in lower case. */
type Known = Taxon & { alsoNamed: string[] }

/**
 * The id of the taxon at the end of `path`: top first, at least one step, ranks strictly descending, else Conflict. A
 * step matches, ignoring case, the child of that name and rank; else the only such taxon further below, if only ranks
 * that the path does not name lie between. A step is skipped where a later one matches a child directly. A synonym
 * counts as the name that replaced it. What is still missing is made, with `needsPlacing`. The last taxon gets
 * `commonName` if it has none. `findPlace` is told of a taxon that was made at the top, in the same transaction.
 */
export async function ensurePath(
  db: Db,
  path: PathStep[],
  commonName: string | null = null,
  needsPlacing = false,
  findPlace?: (tx: Db, made: Taxon) => Promise<unknown>,
): Promise<number> {
  checkPath(path)
  const known = await knownTaxa(db, path)
  let { parentId, missing } = follow(path, known)
  if (missing.length === 0 && parentId !== null) {
    const found = known.get(parentId)
    if (commonName && found && found.commonName === null) await updateTaxon(db, found.id, { commonName }, IMPORT_BY)
    return parentId
  }
  return await db.transaction(async (tx) => {
    await lockTaxonomy(tx)
    for (const step of missing) {
      const last = step === missing.at(-1)
      const facts = { ...step, parentId, commonName: last ? commonName : null, needsPlacing }
      const inserted = await insertTaxon(tx, facts, IMPORT_BY)
      if (inserted !== null && parentId === null) await findPlace?.(tx, inserted)
      const made = inserted ?? (await siblingOf(tx, facts))
      if (!made)
        throw new Conflict(`Expected ${step.rank} ${step.name} to exist or to be made, but it was removed meanwhile`)
      parentId = made.id
    }
    if (parentId === null) throw new Conflict('Expected a path of at least one taxon but received none')
    return parentId
  })
}

function checkPath(path: PathStep[]): void {
  if (path.length === 0) throw new Conflict('Expected a path of at least one taxon but received none')
  for (const [index, step] of path.entries()) {
    if (step.name.trim() === '') throw new Conflict(`Expected a name for the ${step.rank} but received an empty one`)
    const above = path[index - 1]
    if (above && RANK_LEVELS[above.rank] <= RANK_LEVELS[step.rank]) {
      throw new Conflict(
        `Expected ranks from the top down but received ${step.rank} ${step.name} below ${above.rank} ${above.name}`,
      )
    }
  }
}

/** Every taxon with a name and rank of the path, and all taxa above those, by id, in one round trip. */
async function knownTaxa(db: Db, path: PathStep[]): Promise<Map<number, Known>> {
  const names = arrayParameter(
    path.map((step) => step.name),
    'text',
  )
  const ranks = arrayParameter(
    path.map((step) => step.rank),
    'text',
  )
  const synonym = sql`n.kind = 'synonym' and folded(n.name) collate "C" = any(select folded(name) from unnest(${names}) as name)`
  const rows = await db
    .select({
      ...taxonColumns,
      alsoNamed: sql<
        string[]
      >`array(select folded(n.name) from taxon_name n where n.taxon_id = ${taxon.id} and ${synonym})`,
    })
    .from(taxon)
    .where(
      sql`${taxon.id} in (
        with recursive above as (
          select t.id, t.parent_id from taxon t
          join unnest(${names}, ${ranks}) as step (name, rank) on folded(t.name) collate "C" = folded(step.name) and t.rank = step.rank
          where t.merged_into_id is null
          union select t.id, t.parent_id from taxon_name n join taxon t on t.id = n.taxon_id
          join unnest(${names}, ${ranks}) as step (name, rank) on folded(n.name) collate "C" = folded(step.name) and t.rank = step.rank
          where n.kind = 'synonym' and t.merged_into_id is null
          union select t.id, t.parent_id from taxon t join above on t.id = above.parent_id)
        select id from above)`,
    )
    .orderBy(asc(taxon.id))
  return new Map(rows.map((row) => [row.id, row]))
}

/** How far the path leads among known taxa, and the steps that have to be made below. */
function follow(path: PathStep[], known: Map<number, Known>): { parentId: number | null; missing: PathStep[] } {
  const named = new Set(path.map((step) => step.rank))
  const matches = (step: PathStep, one: Known) =>
    one.rank === step.rank &&
    (one.name.toLowerCase() === step.name.toLowerCase() || one.alsoNamed.includes(step.name.toLowerCase()))
  /** Taxa of that very name, or, where there are none, those that have it as a synonym. */
  const candidates = (step: PathStep) => {
    const fitting = [...known.values()].filter((one) => matches(step, one))
    const named = fitting.filter((one) => one.name.toLowerCase() === step.name.toLowerCase())
    return named.length > 0 ? named : fitting
  }

  /** `one` is below `top`, and everything between them has a rank that the path does not name. */
  const isLooselyBelow = (one: Taxon, top: number | null) => {
    for (let id = one.parentId; id !== top; ) {
      const between = id === null ? undefined : known.get(id)
      if (!between || named.has(between.rank)) return false
      id = between.parentId
    }
    return true
  }
  const childOf = (parentId: number | null, step: PathStep) => candidates(step).find((one) => one.parentId === parentId)
  const isBelow = (one: Taxon, top: number) => {
    for (let id = one.parentId; id !== null; id = known.get(id)?.parentId ?? null) if (id === top) return true
    return false
  }

  let current: number | null = null
  for (const [index, step] of path.entries()) {
    const later = path.slice(index + 1)
    let next: Taxon | undefined = childOf(current, step)
    if (!next) {
      const below = candidates(step).filter((one) => isLooselyBelow(one, current))
      const support = (one: Taxon) => later.flatMap(candidates).filter((deeper) => isBelow(deeper, one.id)).length
      const best = Math.max(...below.map(support))
      const supported = below.filter((one) => support(one) === best)
      next = supported.length === 1 ? supported[0] : undefined
    }
    const parent: number | null = current
    if (next) current = next.id
    else if (parent === null || !later.some((deeper) => childOf(parent, deeper))) {
      return { parentId: parent, missing: path.slice(index) }
    }
  }
  return { parentId: current, missing: [] }
}

/**
 * Taxa with that scientific name, common name or synonym (`_` is a space, case is ignored): scientific names first,
 * then the lowest rank, then the oldest.
 */
export async function findByName(db: Db, name: string): Promise<Taxon[]> {
  const wanted = sql`folded(${name.replaceAll('_', ' ').replace(/\s+/g, ' ').trim()})`
  const scientific = sql`${folded(taxon.name)} = ${wanted}`
  return await db
    .select(taxonColumns)
    .from(taxon)
    .where(
      and(
        isNull(taxon.mergedIntoId),
        or(
          scientific,
          sql`${folded(taxon.commonName)} = ${wanted}`,
          sql`${taxon.id} in (select taxon_id from taxon_name where folded(name) collate "C" = ${wanted})`,
        ),
      ),
    )
    .orderBy(sql`${scientific} desc`, asc(taxon.rankLevel), asc(taxon.id))
}
