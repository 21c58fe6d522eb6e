// A list of taxa compared with the taxonomy: the differences, each with the commands that would apply it. A listed
// taxon is found by external id, then by its place, then by a name that only one taxon has.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { RANK_LEVELS, type Rank } from '../../db/schema.ts'
import type { Command } from '../../db/taxonomy/commands/command.ts'
import { sameValue, type TaxonName, type TaxonState, tidyNames } from '../../db/taxonomy/states.ts'
import { DIFFERENCE_KINDS, type DifferenceKind } from '../contract/taxonomy-import.ts'
import type { Listed } from '../interchange/listing.ts'

export type Difference = {
  /** Unique, and the same when the same file is compared again. */
  key: string
  kind: DifferenceKind
  name: string
  rank: Rank
  /** Names above it in the list. */
  path: string[]
  from: string | null
  to: string | null
  /** The listed taxon. */
  of: string
  /** The listed taxon that must be made first, where that is new too. */
  needs: string | null
  /** Given the ids of new taxa by their key in the list. */
  commands(idOf: (key: string) => number): Command[]
}

export type Comparison = { differences: Difference[]; unchanged: number; problems: string[] }

/** Other requests are answered in between, after every so many taxa. */
const CHUNK = 2000
const SHOWN_PROBLEMS = 20

export async function compare(listed: Listed[], states: TaxonState[]): Promise<Comparison> {
  const comparer = new Comparer(listed, states)
  const fromTheTop = [...listed].sort((a, b) => RANK_LEVELS[b.rank] - RANK_LEVELS[a.rank])
  for (const [index, one] of fromTheTop.entries()) {
    if (index % CHUNK === CHUNK - 1) await nextTurn()
    comparer.take(one)
  }
  const { differences, unchanged, problems } = comparer
  return { differences, unchanged, problems }
}

const placeKey = (parentId: number | null, rank: Rank, name: string) => `${parentId ?? 0} ${rank} ${name.toLowerCase()}`
const nameKey = (rank: Rank, name: string) => `${rank} ${name.toLowerCase()}`

/** Where a listed taxon is, or will be: the id of one that exists, or the key of a new one. */
type Place = { id: number } | { made: string }

/** The id of the place, once new taxa have theirs. */
const idAt = (place: Place | null, idOf: (key: string) => number): number | null =>
  place === null ? null : 'id' in place ? place.id : idOf(place.made)
const madeAt = (place: Place | null | undefined) => (place && 'made' in place ? place.made : null)

/** Compares listed taxa one by one; parents must come before their children. */
class Comparer {
  readonly differences: Difference[] = []
  readonly problems: string[] = []
  unchanged = 0
  readonly #taxonomy: TaxonomyIndex
  readonly #listed: ReadonlyMap<string, Listed>
  readonly #places = new Map<string, Place>()
  readonly #paths = new Map<string, string[]>()
  /** Taxa that a listed one was found to be. */
  readonly #claimed = new Set<number>()
  /** Places with a taxon, now or once the new ones are made. */
  readonly #occupied: Set<string>

  constructor(listed: Listed[], states: TaxonState[]) {
    this.#taxonomy = new TaxonomyIndex(states)
    this.#listed = new Map(listed.map((one) => [one.key, one]))
    this.#occupied = new Set(this.#taxonomy.byPlace.keys())
  }

  take(one: Listed): void {
    const parent = one.parentKey === null ? null : (this.#places.get(one.parentKey) ?? null)
    const listedParent = one.parentKey === null ? undefined : this.#listed.get(one.parentKey)
    this.#paths.set(one.key, listedParent ? [...(this.#paths.get(listedParent.key) ?? []), listedParent.name] : [])
    const state = this.#find(one, parent)
    if (state) this.#takeKnown(one, state, parent, listedParent)
    else if (!this.#takeNew(one, parent)) return
    this.#takeAbsorbed(one)
  }

  /** False for a taxon that is listed twice. */
  #takeNew(one: Listed, parent: Place | null): boolean {
    const madeParent = madeAt(parent)
    const placed = placeKey(parent && 'id' in parent ? parent.id : null, one.rank, one.name)
    const spot = madeParent === null ? placed : `${madeParent} ${placed}`
    if (this.#occupied.has(spot)) {
      this.#note(`${one.name} is listed twice at the same place.`)
      return false
    }
    this.#occupied.add(spot)
    this.#places.set(one.key, { made: one.key })
    const { key, name, rank, externalIds } = one
    this.#add(one, 'new', null, this.#paths.get(key)!.join(' › ') || null, madeParent, (idOf) => {
      const names = tidyNames(one.names, name)
      return [{ kind: 'add', id: idOf(key), name, rank, parentId: idAt(parent, idOf), names, externalIds }]
    })
    return true
  }

  #takeKnown(one: Listed, state: TaxonState, parent: Place | null, listedParent: Listed | undefined): void {
    this.#claimed.add(state.id)
    this.#places.set(one.key, { id: state.id })
    const before = this.differences.length
    const target = parent === null ? state.parentId : 'id' in parent ? parent.id : -1
    const isMoved =
      parent !== null &&
      target !== state.parentId &&
      RANK_LEVELS[listedParent!.rank] > RANK_LEVELS[state.rank] &&
      // A list that leaves ranks out does not contradict the ones in the taxonomy.
      !this.#taxonomy.above(state).some(({ id }) => id === target)
    const isRenamed = one.name.toLowerCase() !== state.name.toLowerCase()
    const wanted = placeKey(isMoved ? target : state.parentId, state.rank, isRenamed ? one.name : state.name)
    const holder = this.#taxonomy.byPlace.get(wanted)
    if ((isMoved || isRenamed) && holder && holder.id !== state.id)
      this.#note(`${state.name} would become ${one.name}, but there is one at that place: merge them by hand.`)
    else {
      if (isMoved) {
        const from = this.#taxonomy.byId.get(state.parentId ?? 0)?.name ?? null
        this.#add(one, 'moved', from, listedParent?.name ?? null, madeAt(parent), (idOf) => [
          { kind: 'move', id: state.id, parentId: idAt(parent, idOf) },
        ])
      }
      if (isRenamed)
        this.#add(one, 'renamed', state.name, one.name, null, () => [{ kind: 'rename', id: state.id, name: one.name }])
    }
    const named = nameCommands(state, one)
    if (named.length > 0) this.#add(one, 'named', null, addedNames(state, one), null, () => named)
    if (this.differences.length === before) this.unchanged++
  }

  /** Taxa of which the list says that they are part of this one now. */
  #takeAbsorbed(one: Listed): void {
    const place = this.#places.get(one.key)
    for (const externalId of one.absorbs) {
      const absorbed = this.#taxonomy.byExternal.get(externalId)
      if (!absorbed || this.#claimed.has(absorbed.id) || (place && 'id' in place && place.id === absorbed.id)) continue
      this.#claimed.add(absorbed.id)
      this.#add(one, 'merged', absorbed.name, one.name, madeAt(place), (idOf) => [
        { kind: 'merge', id: absorbed.id, intoId: place && 'id' in place ? place.id : idOf(one.key) },
      ])
    }
  }

  #find(one: Listed, parent: Place | null): TaxonState | null {
    const free = (state: TaxonState | undefined) => (state && !this.#claimed.has(state.id) ? state : null)
    for (const id of one.externalIds) {
      const state = free(this.#taxonomy.byExternal.get(id))
      if (state) return state
    }
    if (parent === null || 'id' in parent) {
      const state = free(this.#taxonomy.byPlace.get(placeKey(parent?.id ?? null, one.rank, one.name)))
      if (state) return state
    }
    const names = [one.name, ...one.names.flatMap((name) => (name.kind === 'synonym' ? [name.name] : []))]
    for (const name of names) {
      const candidates = (this.#taxonomy.byName.get(nameKey(one.rank, name)) ?? []).filter(
        (state) => free(state) && this.#isRelated(one, state),
      )
      if (candidates.length === 1) return candidates[0]!
    }
    return null
  }

  /**
   * A name alone is not enough: both must share something above, or one of them must say nothing about what is above.
   */
  #isRelated(one: Listed, state: TaxonState): boolean {
    if (state.parentId === null || state.needsPlacing || one.parentKey === null) return true
    const aboveIds = new Set(this.#taxonomy.above(state).map(({ id }) => id))
    for (let key: string | null = one.parentKey; key !== null; key = this.#listed.get(key)?.parentKey ?? null) {
      const place = this.#places.get(key)
      if (place && 'id' in place && aboveIds.has(place.id)) return true
    }
    return false
  }

  #add(
    { key: of, name, rank }: Listed,
    kind: DifferenceKind,
    from: string | null,
    to: string | null,
    needs: string | null,
    commands: Difference['commands'],
  ): void {
    const path = this.#paths.get(of)!
    this.differences.push({ key: `${kind} ${of}`, kind, name, rank, path, from, to, of, needs, commands })
  }

  #note(problem: string): void {
    if (this.problems.length < SHOWN_PROBLEMS) this.problems.push(problem)
  }
}

/** Taxa that were not merged into others, by what a list may know of them. */
class TaxonomyIndex {
  readonly byId = new Map<number, TaxonState>()
  readonly byExternal = new Map<string, TaxonState>()
  readonly byPlace = new Map<string, TaxonState>()
  readonly byName = new Map<string, TaxonState[]>()

  constructor(states: TaxonState[]) {
    for (const state of states) {
      if (state.mergedIntoId !== null) continue
      this.byId.set(state.id, state)
      for (const id of state.externalIds) if (!this.byExternal.has(id)) this.byExternal.set(id, state)
      this.byPlace.set(placeKey(state.parentId, state.rank, state.name), state)
      const key = nameKey(state.rank, state.name)
      const others = this.byName.get(key)
      if (others) others.push(state)
      else this.byName.set(key, [state])
    }
  }

  /** From the parent to the top. */
  above(state: TaxonState): TaxonState[] {
    const above: TaxonState[] = []
    for (let at = this.byId.get(state.parentId ?? 0); at; at = this.byId.get(at.parentId ?? 0)) above.push(at)
    return above
  }
}

/** What the list knows in addition: names and ids are added, none is removed. */
function nameCommands(state: TaxonState, one: Listed): Command[] {
  const commands: Command[] = []
  const names = tidyNames([...state.names, ...newNames(state, one)], state.name)
  if (!sameValue(names, state.names)) commands.push({ kind: 'setNames', id: state.id, names })
  const externalIds = [...new Set([...state.externalIds, ...one.externalIds])]
  if (externalIds.length > state.externalIds.length)
    commands.push({ kind: 'setExternalIds', id: state.id, externalIds })
  return commands
}

function newNames(state: TaxonState, one: Listed): TaxonName[] {
  const has = new Set(state.names.map((name) => `${name.kind} ${name.name.toLowerCase()}`))
  const hasCommon = state.names.some(({ kind }) => kind === 'common')
  return one.names
    .filter((name) => !has.has(`${name.kind} ${name.name.toLowerCase()}`))
    .map((name) => ({ ...name, preferred: name.preferred && !hasCommon }))
}

function addedNames(state: TaxonState, one: Listed): string {
  const names = newNames(state, one).map(({ name }) => name)
  return [...names, ...one.externalIds.filter((id) => !state.externalIds.includes(id))].join(', ')
}

/** Which of the differences to apply: all of these kinds but some, and single ones. */
export type Wanted = { kinds: readonly DifferenceKind[]; except?: readonly string[]; keys?: readonly string[] }

/** The wanted ones, with the new taxa that they need, in an order in which they can be applied. */
export function choose(differences: Difference[], wanted: Wanted): Difference[] {
  const kinds = new Set(wanted.kinds)
  const except = new Set(wanted.except ?? [])
  const keys = new Set(wanted.keys ?? [])
  const made = new Map(differences.filter(({ kind }) => kind === 'new').map((one) => [one.of, one]))
  const chosen = new Set<Difference>()
  const take = (one: Difference) => {
    if (chosen.has(one)) return
    const needed = one.needs === null ? undefined : made.get(one.needs)
    if (needed) take(needed)
    chosen.add(one)
  }
  for (const one of differences) if (keys.has(one.key) || (kinds.has(one.kind) && !except.has(one.key))) take(one)
  return [...chosen].sort((a, b) => DIFFERENCE_KINDS.indexOf(a.kind) - DIFFERENCE_KINDS.indexOf(b.kind))
}
