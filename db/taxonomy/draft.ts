// A draft of the taxonomy while an edit changes it. It reads and locks each taxon when it is first asked for, keeps
// what the edit makes of it, and writes all changes at once. An edit of many taxa reads everything first and then no
// single rows.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { RANK_LEVELS } from '../schema.ts'
import { type Places, PlacesInMemory, placesInDatabase } from './places.ts'
import { readStates, type StateWrite, sameState, type TaxonState, writeStates } from './states.ts'

export class TaxonomyDraft {
  readonly tx: Db
  /** As first read; a taxon that nobody asked for is not here. */
  readonly #first = new Map<number, TaxonState | null>()
  /** As last written. */
  readonly #written = new Map<number, TaxonState | null>()
  readonly #now = new Map<number, TaxonState | null>()
  readonly #dirty = new Set<number>()
  #places: Places
  /** The same places, once everything was read. */
  #memory: PlacesInMemory | null = null

  constructor(tx: Db) {
    this.tx = tx
    this.#places = placesInDatabase(tx, () => this.flush())
  }

  async readAll(): Promise<void> {
    await this.flush()
    const memory = new PlacesInMemory()
    for (const state of await readStates(this.tx, null)) {
      if (!this.#first.has(state.id)) this.#first.set(state.id, state)
      this.#written.set(state.id, state)
      this.#now.set(state.id, state)
      memory.add(state)
    }
    this.#places = memory
    this.#memory = memory
  }

  /** Null where there is no such taxon. */
  async find(id: number): Promise<TaxonState | null> {
    const known = this.#now.get(id)
    if (known !== undefined) return known
    const [state = null] = this.#memory ? [] : await readStates(this.tx, [id], { lock: true })
    this.#first.set(id, state)
    this.#written.set(id, state)
    this.#now.set(id, state)
    return state
  }

  /** Throws NotFound, or Conflict for a merged taxon, naming the one that it became part of. */
  async get(id: number): Promise<TaxonState> {
    const state = await this.find(id)
    if (!state) throw new NotFound('taxon', id)
    if (state.mergedIntoId === null) return state
    throw new Conflict(
      `Expected a taxon of its own but received ${state.name}, which was merged: use ${state.mergedIntoId}`,
      state.mergedIntoId,
    )
  }

  /** The taxon itself, its parent, and so on to the top. */
  async *lineage(state: TaxonState | null): AsyncGenerator<TaxonState> {
    for (let at = state; at; at = at.parentId === null ? null : await this.find(at.parentId)) yield at
  }

  async children(id: number): Promise<TaxonState[]> {
    const states: TaxonState[] = []
    for (const child of await this.#places.childIds(id)) states.push(await this.get(child))
    return states
  }

  /** Ids of taxa that became part of this one, directly or through others. */
  async mergedInto(id: number): Promise<number[]> {
    await this.flush()
    const { rows } = await this.tx.execute<{ id: number }>(sql`
      with recursive part as (
        select id from taxon where merged_into_id = ${id}
        union select t.id from taxon t join part on t.merged_into_id = part.id)
      select id from part order by id`)
    return rows.map((row) => row.id)
  }

  /** Whether it and everything above it are active. */
  async isActive(id: number): Promise<boolean> {
    for await (const { active } of this.lineage(await this.find(id))) if (!active) return false
    return true
  }

  put(state: TaxonState): void {
    const before = this.#now.get(state.id)
    if (before === undefined) this.#first.set(state.id, null)
    if (before) this.#memory?.remove(before)
    this.#now.set(state.id, state)
    this.#memory?.add(state)
    this.#dirty.add(state.id)
  }

  async remove(id: number): Promise<void> {
    const before = await this.find(id)
    if (!before) return
    this.#memory?.remove(before)
    this.#now.set(id, null)
    this.#dirty.add(id)
  }

  /** Throws Conflict (`existingId`) when another taxon has this name and rank below the same parent. */
  async checkSibling(one: TaxonState): Promise<void> {
    const existing = await this.#places.siblingOf(one)
    if (existing === null) return
    throw new Conflict(`Expected no other ${one.rank} ${one.name} at the same place, but there is one`, existing)
  }

  /**
   * Throws NotFound or Conflict unless the parent exists, is of a higher rank, and is neither the taxon itself nor
   * below it.
   */
  async checkParent(one: TaxonState): Promise<void> {
    if (one.parentId === null) return
    const parent = await this.get(one.parentId)
    for await (const { id } of this.lineage(parent)) {
      if (id === one.id)
        throw new Conflict(
          `Expected a parent outside of ${one.name} but received ${parent.name}, which is ${one.name} or below it`,
        )
    }
    if (RANK_LEVELS[parent.rank] > RANK_LEVELS[one.rank]) return
    throw new Conflict(
      `Expected a parent of a higher rank than ${one.rank} but received ${parent.name}, which is a ${parent.rank}`,
    )
  }

  /** Writes what changed since it was last called. */
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

  /** Every taxon that differs from how it was first read, in order of id. */
  changes(): StateWrite[] {
    const found: StateWrite[] = []
    for (const [id, before] of this.#first) {
      const after = this.#now.get(id) ?? null
      if (!sameState(before, after)) found.push({ id, before, after })
    }
    return found.sort((a, b) => a.id - b.id)
  }
}
