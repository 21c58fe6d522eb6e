// Taxa while they are edited. In: a transaction. Out: states as the edit has them so far, read and locked when first asked for, and
// one write of all that changed. With everything read at once (an import of many) nothing is asked row by row.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { RANK_LEVELS, type Rank, taxon } from '../schema.ts'
import { idArray } from '../sql.ts'
import { childIdsOf, readStates, type StateWrite, type TaxonState, writeStates } from './taxon-states.ts'

const siblingKey = (one: { parentId: number | null; name: string; rank: Rank }) =>
  `${one.parentId ?? 0} ${one.rank} ${one.name.toLowerCase()}`

export class Desk {
  readonly tx: Db
  /** As first read; what is not here was not asked for. */
  #first = new Map<number, TaxonState | null>()
  /** As last written. */
  #written = new Map<number, TaxonState | null>()
  #now = new Map<number, TaxonState | null>()
  #dirty = new Set<number>()
  /** Only when everything was read. */
  #index: { children: Map<number | null, Set<number>>; siblings: Map<string, number> } | null = null

  constructor(tx: Db) {
    this.tx = tx
  }

  async readAll(): Promise<void> {
    await this.flush()
    this.#index = { children: new Map(), siblings: new Map() }
    for (const state of await readStates(this.tx, null)) {
      if (!this.#first.has(state.id)) this.#first.set(state.id, state)
      this.#written.set(state.id, state)
      this.#now.set(state.id, state)
      this.#link(state)
    }
  }

  async get(id: number): Promise<TaxonState | null> {
    const known = this.#now.get(id)
    if (known !== undefined) return known
    const [state = null] = this.#index ? [] : await readStates(this.tx, [id], { lock: true })
    this.#first.set(id, state)
    this.#written.set(id, state)
    this.#now.set(id, state)
    return state
  }

  /** Throws NotFound, or Conflict for one that was merged, saying into which. */
  async need(id: number): Promise<TaxonState> {
    const state = await this.get(id)
    if (!state) throw new NotFound('taxon', id)
    if (state.mergedIntoId !== null) {
      throw new Conflict(
        `Expected a taxon of its own but received ${state.name}, which was merged: use ${state.mergedIntoId}`,
        state.mergedIntoId,
      )
    }
    return state
  }

  put(state: TaxonState): void {
    const before = this.#now.get(state.id)
    if (before === undefined) this.#first.set(state.id, null)
    if (before) this.#unlink(before)
    this.#now.set(state.id, state)
    this.#link(state)
    this.#dirty.add(state.id)
  }

  async remove(id: number): Promise<void> {
    const before = await this.get(id)
    if (!before) return
    this.#unlink(before)
    this.#now.set(id, null)
    this.#dirty.add(id)
  }

  async children(id: number): Promise<TaxonState[]> {
    let childIds: number[]
    if (this.#index) childIds = [...(this.#index.children.get(id) ?? [])].sort((a, b) => a - b)
    else {
      await this.flush()
      childIds = await childIdsOf(this.tx, id)
    }
    const states: TaxonState[] = []
    for (const child of childIds) states.push(await this.need(child))
    return states
  }

  /** Taxa that were merged into this one. */
  async ghosts(id: number): Promise<number[]> {
    await this.flush()
    const { rows } = await this.tx.execute<{ id: number }>(sql`
      with recursive ghost as (
        select id from taxon where merged_into_id = ${id}
        union select t.id from taxon t join ghost on t.merged_into_id = ghost.id)
      select id from ghost order by id`)
    return rows.map((row) => row.id)
  }

  /** Throws Conflict (`existingId`) when another taxon has this name and rank at this place. */
  async checkSibling(one: TaxonState): Promise<void> {
    let existing: number | undefined
    if (this.#index) existing = this.#index.siblings.get(siblingKey(one))
    else {
      await this.flush()
      const [row] = await this.tx
        .select({ id: taxon.id })
        .from(taxon)
        .where(
          sql`coalesce(${taxon.parentId}, 0) = ${one.parentId ?? 0} and lower(${taxon.name}) = lower(${one.name})
            and ${taxon.rank} = ${one.rank} and ${taxon.mergedIntoId} is null and ${taxon.id} <> ${one.id}`,
        )
      existing = row?.id
    }
    if (existing !== undefined && existing !== one.id) {
      throw new Conflict(`Expected no other ${one.rank} ${one.name} at the same place, but there is one`, existing)
    }
  }

  /** The parent exists, is of a higher rank, and is not the taxon itself or below it. */
  async checkParent(one: TaxonState): Promise<void> {
    if (one.parentId === null) return
    const parent = await this.need(one.parentId)
    for (let at: TaxonState | null = parent; at; at = at.parentId === null ? null : await this.get(at.parentId)) {
      if (at.id === one.id) {
        throw new Conflict(
          `Expected a parent outside of ${one.name} but received ${parent.name}, which is ${one.name} or below it`,
        )
      }
    }
    if (RANK_LEVELS[parent.rank] <= RANK_LEVELS[one.rank]) {
      throw new Conflict(
        `Expected a parent of a higher rank than ${one.rank} but received ${parent.name}, which is a ${parent.rank}`,
      )
    }
  }

  /** Whether it and all above it are active. */
  async isLive(id: number): Promise<boolean> {
    for (let at = await this.get(id); at; at = at.parentId === null ? null : await this.get(at.parentId)) {
      if (!at.active) return false
    }
    return true
  }

  /** Writes what changed since the last time. */
  async flush(): Promise<void> {
    if (this.#dirty.size === 0) return
    const writes: StateWrite[] = []
    for (const id of this.#dirty) {
      const before = this.#written.get(id) ?? null
      const after = this.#now.get(id) ?? null
      if (!sameState(before, after)) writes.push({ id, before, after })
      this.#written.set(id, after)
    }
    this.#dirty.clear()
    await writeStates(this.tx, writes)
  }

  /** Everything that is otherwise than it was first read, in order of id. */
  changes(): StateWrite[] {
    const found: StateWrite[] = []
    for (const [id, before] of this.#first) {
      const after = this.#now.get(id) ?? null
      if (!sameState(before, after)) found.push({ id, before, after })
    }
    return found.sort((a, b) => a.id - b.id)
  }

  #link(state: TaxonState): void {
    if (!this.#index || state.mergedIntoId !== null) return
    const children = this.#index.children.get(state.parentId)
    if (children) children.add(state.id)
    else this.#index.children.set(state.parentId, new Set([state.id]))
    this.#index.siblings.set(siblingKey(state), state.id)
  }

  #unlink(state: TaxonState): void {
    if (!this.#index || state.mergedIntoId !== null) return
    this.#index.children.get(state.parentId)?.delete(state.id)
    const key = siblingKey(state)
    if (this.#index.siblings.get(key) === state.id) this.#index.siblings.delete(key)
  }
}

export function sameState(a: TaxonState | null, b: TaxonState | null): boolean {
  return a === b || (a !== null && b !== null && changedFields(a, b).length === 0)
}

export function changedFields(a: TaxonState, b: TaxonState): (keyof TaxonState)[] {
  // Both are whole states, so the keys of one are the keys of the type.
  return (Object.keys(a) as (keyof TaxonState)[]).filter((key) => !sameValue(a[key], b[key]))
}

export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b)
}

/** JSON with sorted keys: what comes back from jsonb has another order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** These taxa and everything below them. */
export async function subtreesOf(db: Db, roots: number[]): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    with recursive below as (
      select id from taxon where id = any(${idArray(roots)})
      union select t.id from taxon t join below on t.parent_id = below.id where t.merged_into_id is null)
    select id from below`)
  return rows.map((row) => row.id)
}
