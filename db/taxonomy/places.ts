// Where taxa stand in the taxonomy: who is below whom, and which names are taken. A draft asks the database, or, where
// an edit of many has read everything, memory.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { taxon } from '../schema.ts'
import { childIdsOf, type TaxonState } from './states.ts'

export type Places = {
  /** Ids of direct children, ascending. */
  childIds(id: number): Promise<number[]>
  /** Another taxon with this name and rank below the same parent. */
  siblingOf(one: TaxonState): Promise<number | null>
}

/** `flush` is called before each question, so that the rows are as the draft has them. */
export const placesInDatabase = (tx: Db, flush: () => Promise<void>): Places => ({
  async childIds(id) {
    await flush()
    return await childIdsOf(tx, id)
  },
  async siblingOf({ id, parentId, name, rank }) {
    await flush()
    const [row] = await tx
      .select({ id: taxon.id })
      .from(taxon)
      .where(
        sql`coalesce(${taxon.parentId}, 0) = ${parentId ?? 0} and lower(${taxon.name}) = lower(${name})
          and ${taxon.rank} = ${rank} and ${taxon.mergedIntoId} is null and ${taxon.id} <> ${id}`,
      )
    return row?.id ?? null
  },
})

const keyOf = ({ parentId, name, rank }: TaxonState) => `${parentId ?? 0} ${rank} ${name.toLowerCase()}`

export class PlacesInMemory implements Places {
  readonly #children = new Map<number | null, Set<number>>()
  readonly #siblings = new Map<string, number>()

  add(state: TaxonState): void {
    if (state.mergedIntoId !== null) return
    const children = this.#children.get(state.parentId)
    if (children) children.add(state.id)
    else this.#children.set(state.parentId, new Set([state.id]))
    this.#siblings.set(keyOf(state), state.id)
  }

  remove(state: TaxonState): void {
    if (state.mergedIntoId !== null) return
    this.#children.get(state.parentId)?.delete(state.id)
    const key = keyOf(state)
    if (this.#siblings.get(key) === state.id) this.#siblings.delete(key)
  }

  async childIds(id: number): Promise<number[]> {
    return [...(this.#children.get(id) ?? [])].sort((a, b) => a - b)
  }

  async siblingOf(one: TaxonState): Promise<number | null> {
    const id = this.#siblings.get(keyOf(one))
    return id === undefined || id === one.id ? null : id
  }
}
