// A sample of the photos that an installation knows, and how strange each of them is. A photo's share of strangers is
// the mean strangeness of the members around it. A member that teaches is the less strange, the more examples its
// taxon has: one named photo does not make its surroundings known. Any other member is a stranger at first where its
// most similar taxon has no examples, and as likely a stranger as not where it has many. Twice, its strangeness is
// taken again from its most similar examples and the share of strangers around it: among strangers, a photo is more
// likely a stranger. Photos of one camera resemble each other and the same example, so that rounds in which they
// vouch for each other must be few.
//
// The pool stores the cosine of every two members, the nearest members of each, and the largest cosine of each member
// with an example of each taxon, so that a lesson costs one cosine per member. All of this is a pure function of the
// members and the examples, in whatever order they came.

import type { NearnessWeights } from '../statistics.ts'
import { familiar, logOdds, shareOf, trustIn } from '../strangers.ts'
import type { Vectors } from '../vector-rows.ts'

/** A photo with the row of its embedding. */
export type Placed = { id: number; group: string; row: number }
/** A taxon with examples of its own: `taxonIds` are the taxa whose examples count for it, itself among them. */
export type Unit = { weights: NearnessWeights; taxonIds: number[]; groups: number }

/** The photo itself and its group, which do not count as around it. */
type LeftOut = { id: number | null; group: string | null }
/** `taxonId`: what the member teaches. */
type Member = Placed & { taxonId: number | null; slot: number; near: number[] | null }

/** So many nearest members count as around a photo. */
export const AROUND = 10
/** So many times a member's strangeness takes up that of the members around it. */
const ROUNDS = 2
/** What the members' strangeness follows from, besides the examples. */
export type Known = {
  units: readonly Unit[]
  /** How many groups of examples a taxon has itself. */
  groups: ReadonlyMap<number, number>
}

export class Pool {
  readonly #rows: Vectors
  readonly #capacity: number
  #members: (Member | null)[] = []
  #slots = new Map<number, number>()
  /** Cosine of every two members, by slots. */
  readonly #cosines: Float64Array
  /** Largest cosine with a measured example, by taxon and per slot. */
  #largest = new Map<number, Float32Array>()
  /** Per slot; null after a change. */
  #strangeness: Float64Array | null = null

  constructor(rows: Vectors, capacity: number) {
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

  /** `taxonId`: what the photo teaches; `examples`: all measured ones, by taxon, which such a photo does not need. */
  enter(photo: Placed, taxonId: number | null, examples: ReadonlyMap<number, readonly Placed[]>): void {
    let slot = this.#members.indexOf(null)
    if (slot < 0) slot = this.#members.length
    if (slot === this.#capacity) throw new RangeError(`Expected at most ${this.#capacity} members of the pool`)
    const member: Member = { ...photo, taxonId, slot, near: null }
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
    if (taxonId === null)
      for (const [id, list] of examples) this.#largestOf(id)[slot] = this.#largestAmong(member, list)
  }

  leave(id: number): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    this.#slots.delete(id)
    this.#members[slot] = null
    for (const other of this.#members) if (other?.near?.includes(slot)) other.near = null
    this.#strangeness = null
  }

  /** To be called for each further measured example of a taxon. */
  learn(taxonId: number, example: Placed): void {
    const largest = this.#largestOf(taxonId)
    const vector = this.#rows.at(example.row)
    for (const member of this.#members) {
      if (!member || member.taxonId !== null || member.group === example.group) continue
      const cosine = this.#rows.dot(vector, member.row)
      if (cosine > largest[member.slot]!) largest[member.slot] = cosine
    }
    this.#strangeness = null
  }

  /**
   * To be called when an example is no longer measured, before its row is freed; `left`: the taxon's other measured
   * ones.
   */
  unlearn(taxonId: number, example: Placed, left: readonly Placed[]): void {
    this.#strangeness = null
    if (left.length === 0) {
      this.#largest.delete(taxonId)
      return
    }
    const largest = this.#largestOf(taxonId)
    const vector = this.#rows.at(example.row)
    for (const member of this.#members) {
      if (!member || member.taxonId !== null || member.group === example.group) continue
      const cosine = Math.fround(this.#rows.dot(vector, member.row))
      if (cosine === largest[member.slot]) largest[member.slot] = this.#largestAmong(member, left)
    }
  }

  /** To be called when a unit or the groups of a taxon have changed, before `share`. */
  forgetStrangeness(): void {
    this.#strangeness = null
  }

  /** Share of strangers around a photo. Of equally near members the one with the smaller id is nearer. */
  share(vector: Float32Array, leftOut: LeftOut, known: () => Known): number {
    this.#strangeness ??= this.#strangenessOf(known())
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

  /** Slots of the members nearest to a photo, nearest first. `cosines` holds one per slot, from `start` on. */
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

  #strangenessOf({ units, groups }: Known): Float64Array {
    const { odds, trust } = this.#best(units)
    const unnamed: (Member & { near: number[] })[] = []
    let strangeness = new Float64Array(this.#members.length)
    for (const member of this.#members) {
      if (!member) continue
      const { slot, taxonId } = member
      strangeness[slot] = taxonId === null ? 1 - trust[slot]! / 2 : 1 - trustIn(groups.get(taxonId) ?? 1)
      if (taxonId !== null) continue
      member.near ??= this.#nearest(this.#cosines, slot * this.#capacity, member)
      unnamed.push(member as Member & { near: number[] }) // found just now
    }
    for (let round = 0; round < ROUNDS; round++) {
      const next = strangeness.slice()
      for (const { slot, near } of unnamed) next[slot] = 1 - familiar(odds[slot]!, this.#shareAmong(near, strangeness))
      strangeness = next
    }
    return strangeness
  }

  /** The largest log odds over the units, per slot, and how far examples of that unit are trusted. */
  #best(units: readonly Unit[]): { odds: Float64Array; trust: Float64Array } {
    const odds = new Float64Array(this.#members.length).fill(Number.NEGATIVE_INFINITY)
    const trust = new Float64Array(this.#members.length)
    for (const { weights, taxonIds, groups } of units) {
      const atNone = logOdds(weights, 0, groups)
      for (const taxonId of taxonIds) {
        const largest = this.#largest.get(taxonId)
        if (!largest) continue
        for (let slot = 0; slot < odds.length; slot++) {
          const value = atNone + weights.similarity * largest[slot]!
          if (value < odds[slot]! || value === Number.NEGATIVE_INFINITY) continue
          trust[slot] = value === odds[slot] ? Math.max(trust[slot]!, trustIn(groups)) : trustIn(groups)
          odds[slot] = value
        }
      }
    }
    return { odds, trust }
  }
}
