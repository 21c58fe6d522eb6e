// A sample of the photos that an installation knows, and how strange each of them is. A photo's share of strangers is the mean
// strangeness of the members around it. A member that teaches is no stranger; how strange another is, its most similar examples say, and
// then, twice, the share of strangers around itself: photos that lie among strangers are strangers more probably.
//
// Kept so that a lesson costs one cosine per member: the cosine of every two members, the nearest of each, and per member and taxon the
// largest cosine with an example. Each is a pure function of the members and the examples, whatever the order in which they came.

import type { NearnessWeights } from './statistics.ts'
import { familiar, logOdds, shareOf } from './strangers.ts'
import type { VectorRows } from './vector-rows.ts'

/** A photo whose embedding is in a row. */
export type Placed = { id: number; group: string; row: number }
/** Taxa with examples of their own: those whose examples count for it, its own among them, and how many groups these are. */
export type Unit = { weights: NearnessWeights; taxonIds: number[]; groups: number }

/** A photo itself and its group are not around it. */
type LeftOut = { id: number | null; group: string | null }
type Member = Placed & { taught: boolean; slot: number; near: number[] | null }

/** How many of the pool are around a photo. */
export const AROUND = 10
/** How often the strangeness of a member hears that of those around it. */
const ROUNDS = 2

export class Pool {
  readonly #rows: VectorRows
  readonly #capacity: number
  #members: (Member | null)[] = []
  #slots = new Map<number, number>()
  /** Cosine of every two members, by slots. */
  readonly #cosines: Float64Array
  /** By taxon with measured examples, per slot. */
  #largest = new Map<number, Float32Array>()
  /** Per slot; null while something changed since. */
  #strangeness: Float64Array | null = null

  constructor(rows: VectorRows, capacity: number) {
    this.#rows = rows
    this.#capacity = capacity
    this.#cosines = new Float64Array(capacity * capacity)
  }

  has(id: number): boolean {
    return this.#slots.has(id)
  }

  ids(): Iterable<number> {
    return this.#slots.keys()
  }

  /** `examples`: all that are measured, by taxon; a member that teaches needs none. */
  enter(photo: Placed, taught: boolean, examples: ReadonlyMap<number, readonly Placed[]>): void {
    let slot = this.#members.indexOf(null)
    if (slot < 0) slot = this.#members.length
    if (slot === this.#capacity) throw new RangeError(`Expected at most ${this.#capacity} members of the pool`)
    const member: Member = { ...photo, taught, slot, near: null }
    const vector = this.#rows.at(photo.row)
    for (const other of this.#members) {
      if (!other) continue
      const cosine = this.#rows.dot(vector, other.row)
      this.#cosines[slot * this.#capacity + other.slot] = cosine
      this.#cosines[other.slot * this.#capacity + slot] = cosine
      if (other.near && other.group !== photo.group && this.#isAmongNearest(other, other.near, member))
        other.near = null
    }
    this.#members[slot] = member
    this.#slots.set(photo.id, slot)
    this.#strangeness = null
    if (!taught)
      for (const [taxonId, list] of examples) this.#largestOf(taxonId)[slot] = this.#largestAmong(member, list)
  }

  leave(id: number): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    this.#slots.delete(id)
    this.#members[slot] = null
    for (const other of this.#members) if (other?.near?.includes(slot)) other.near = null
    this.#strangeness = null
  }

  /** A further example of the taxon is measured. */
  learn(taxonId: number, example: Placed): void {
    const largest = this.#largestOf(taxonId)
    const vector = this.#rows.at(example.row)
    for (const member of this.#members) {
      if (!member || member.taught || member.group === example.group) continue
      const cosine = this.#rows.dot(vector, member.row)
      if (cosine > largest[member.slot]!) largest[member.slot] = cosine
    }
    this.#strangeness = null
  }

  /** An example is measured no longer; `left`: those of the taxon that still are. Its row must still hold it. */
  unlearn(taxonId: number, example: Placed, left: readonly Placed[]): void {
    this.#strangeness = null
    if (left.length === 0) {
      this.#largest.delete(taxonId)
      return
    }
    const largest = this.#largestOf(taxonId)
    const vector = this.#rows.at(example.row)
    for (const member of this.#members) {
      if (!member || member.taught || member.group === example.group) continue
      const cosine = Math.fround(this.#rows.dot(vector, member.row))
      if (cosine === largest[member.slot]) largest[member.slot] = this.#largestAmong(member, left)
    }
  }

  /** Must be called before `share` when a unit changed. */
  forgetStrangeness(): void {
    this.#strangeness = null
  }

  /** Share of strangers around a photo. Of equally near members the smaller id is the nearer. */
  share(vector: Float32Array, leftOut: LeftOut, units: () => readonly Unit[]): number {
    this.#strangeness ??= this.#strangenessOf(units())
    const cosines = new Float64Array(this.#members.length)
    for (const member of this.#members) if (member) cosines[member.slot] = this.#rows.dot(vector, member.row)
    return this.#shareAmong(this.#nearest(cosines, 0, leftOut), this.#strangeness)
  }

  #largestOf(taxonId: number): Float32Array {
    let largest = this.#largest.get(taxonId)
    if (!largest) {
      largest = new Float32Array(this.#capacity).fill(Number.NEGATIVE_INFINITY)
      this.#largest.set(taxonId, largest)
    }
    return largest
  }

  #largestAmong(member: Member, examples: readonly Placed[]): number {
    const vector = this.#rows.at(member.row)
    let largest = Number.NEGATIVE_INFINITY
    for (const example of examples) {
      if (example.group === member.group) continue
      const cosine = this.#rows.dot(vector, example.row)
      if (cosine > largest) largest = cosine
    }
    return largest
  }

  #isAmongNearest(of: Member, near: readonly number[], other: Member): boolean {
    if (near.length < AROUND) return true
    const row = of.slot * this.#capacity
    const last = this.#members[near[AROUND - 1]!]!
    const [own, least] = [this.#cosines[row + other.slot]!, this.#cosines[row + last.slot]!]
    return own > least || (own === least && other.id < last.id)
  }

  /** Slots of the members nearest to a photo, the nearest first. Cosines by slot from `start` on. */
  #nearest(cosines: Float64Array, start: number, leftOut: LeftOut): number[] {
    const near: number[] = []
    let least = Number.NEGATIVE_INFINITY
    for (const member of this.#members) {
      if (!member || member.id === leftOut.id || member.group === leftOut.group) continue
      const cosine = cosines[start + member.slot]!
      if (near.length === AROUND && cosine < least) continue
      const isBefore = (slot: number): boolean => {
        const other = cosines[start + slot]!
        return cosine > other || (cosine === other && member.id < this.#members[slot]!.id)
      }
      let at = near.length
      while (at > 0 && isBefore(near[at - 1]!)) at--
      near.splice(at, 0, member.slot)
      if (near.length > AROUND) near.pop()
      least = cosines[start + near.at(-1)!]!
    }
    return near
  }

  #shareAmong(near: readonly number[], strangeness: Float64Array): number {
    let sum = 0
    for (const slot of near) sum += strangeness[slot]!
    return shareOf(sum, near.length)
  }

  #strangenessOf(units: readonly Unit[]): Float64Array {
    const odds = this.#bestOdds(units)
    let strangeness = new Float64Array(this.#members.length)
    const unnamed = this.#members.filter((member) => member !== null && !member.taught) as Member[] // Null ones are gone.
    for (const { slot } of unnamed) strangeness[slot] = 1 - familiar(odds[slot]!, 0.5)
    for (const member of unnamed) {
      member.near ??= this.#nearest(this.#cosines, member.slot * this.#capacity, member)
    }
    for (let round = 0; round < ROUNDS; round++) {
      const next = new Float64Array(this.#members.length)
      for (const { slot, near } of unnamed) next[slot] = 1 - familiar(odds[slot]!, this.#shareAmong(near!, strangeness))
      strangeness = next
    }
    return strangeness
  }

  /** The largest log odds over the units, per slot. */
  #bestOdds(units: readonly Unit[]): Float64Array {
    const best = new Float64Array(this.#members.length).fill(Number.NEGATIVE_INFINITY)
    for (const { weights, taxonIds, groups } of units) {
      const atNone = logOdds(weights, 0, groups)
      for (const taxonId of taxonIds) {
        const largest = this.#largest.get(taxonId)
        if (!largest) continue
        for (let slot = 0; slot < best.length; slot++) {
          const odds = atNone + weights.similarity * largest[slot]!
          if (odds > best[slot]!) best[slot] = odds
        }
      }
    }
    return best
  }
}
