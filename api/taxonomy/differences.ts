// A list of taxa beside the taxonomy that is there. In: what a file lists, every taxon of now. Out: the differences, each with the
// commands that would take it over. Taxa are found by external id, then by their place, then by a name that only one has.

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
  /** Listed taxa that have to be there first, where they are new too. */
  needs: string | null
  /** Given the ids of new taxa by their key in the list. */
  commands(idOf: (key: string) => number): Command[]
}

export type Comparison = { differences: Difference[]; unchanged: number; problems: string[] }

/** Others get their turn after so many. */
const CHUNK = 2000
const SHOWN_PROBLEMS = 20

const placeKey = (parentId: number | null, rank: Rank, name: string) => `${parentId ?? 0} ${rank} ${name.toLowerCase()}`
const nameKey = (rank: Rank, name: string) => `${rank} ${name.toLowerCase()}`

/** Where a listed taxon is, or will be: an id that is there, or the key of a new one. */
type Place = { id: number } | { made: string }

export async function compare(listed: Listed[], states: TaxonState[]): Promise<Comparison> {
  const known = states.filter(({ mergedIntoId }) => mergedIntoId === null)
  const byId = new Map(known.map((state) => [state.id, state]))
  const byExternal = new Map<string, TaxonState>()
  const byPlace = new Map<string, TaxonState>()
  const byName = new Map<string, TaxonState[]>()
  for (const state of known) {
    for (const id of state.externalIds) if (!byExternal.has(id)) byExternal.set(id, state)
    byPlace.set(placeKey(state.parentId, state.rank, state.name), state)
    const key = nameKey(state.rank, state.name)
    const others = byName.get(key)
    if (others) others.push(state)
    else byName.set(key, [state])
  }
  const above = function* (state: TaxonState) {
    for (let id = state.parentId; id !== null; ) {
      const parent = byId.get(id)
      if (!parent) return
      yield parent
      id = parent.parentId
    }
  }

  const byKey = new Map(listed.map((one) => [one.key, one]))
  const places = new Map<string, Place>()
  const claimed = new Map<number, string>()
  const paths = new Map<string, string[]>()
  const differences: Difference[] = []
  const problems: string[] = []
  const occupied = new Set(byPlace.keys())
  let unchanged = 0

  const find = (one: Listed, parent: Place | null): TaxonState | null => {
    const free = (state: TaxonState | undefined) => (state && !claimed.has(state.id) ? state : null)
    for (const id of one.externalIds) {
      const state = free(byExternal.get(id))
      if (state) return state
    }
    const parentId = parent && 'id' in parent ? parent.id : null
    if (parent === null || 'id' in parent) {
      const state = free(byPlace.get(placeKey(parentId, one.rank, one.name)))
      if (state) return state
    }
    const names = [one.name, ...one.names.flatMap((name) => (name.kind === 'synonym' ? [name.name] : []))]
    for (const name of names) {
      const candidates = (byName.get(nameKey(one.rank, name)) ?? []).filter(
        (state) => free(state) && isRelated(one, state),
      )
      if (candidates.length === 1) return candidates[0]!
    }
    return null
  }

  /** A name alone is not enough: something above it must be the same in both, or one of them must say nothing of above. */
  const isRelated = (one: Listed, state: TaxonState): boolean => {
    if (state.parentId === null || state.needsPlacing || one.parentKey === null) return true
    const aboveIds = new Set([...above(state)].map(({ id }) => id))
    for (let key: string | null = one.parentKey; key !== null; key = byKey.get(key)?.parentKey ?? null) {
      const place = places.get(key)
      if (place && 'id' in place && aboveIds.has(place.id)) return true
    }
    return false
  }

  const sorted = [...listed].sort((a, b) => RANK_LEVELS[b.rank] - RANK_LEVELS[a.rank])
  for (const [index, one] of sorted.entries()) {
    if (index % CHUNK === CHUNK - 1) await nextTurn()
    const parent = one.parentKey === null ? null : (places.get(one.parentKey) ?? null)
    const listedParent = one.parentKey === null ? undefined : byKey.get(one.parentKey)
    const path = listedParent ? [...(paths.get(listedParent.key) ?? []), listedParent.name] : []
    paths.set(one.key, path)
    const state = find(one, parent)
    const difference = (
      kind: DifferenceKind,
      from: string | null,
      to: string | null,
      commands: Difference['commands'],
      needs: string | null = null,
    ) => {
      const { name, rank } = one
      differences.push({ key: `${kind} ${one.key}`, kind, name, rank, path, from, to, of: one.key, needs, commands })
    }
    const madeParent = parent && 'made' in parent ? parent.made : null
    const parentIdIn = (idOf: (key: string) => number) =>
      parent === null ? null : 'id' in parent ? parent.id : idOf(parent.made)

    if (!state) {
      places.set(one.key, { made: one.key })
      const placed = placeKey(parent && 'id' in parent ? parent.id : null, one.rank, one.name)
      const spot = madeParent === null ? placed : `${madeParent} ${placed}`
      if (occupied.has(spot)) {
        if (problems.length < SHOWN_PROBLEMS) problems.push(`${one.name} is listed twice at the same place.`)
        places.delete(one.key)
        continue
      }
      occupied.add(spot)
      const { name, rank, names, externalIds } = one
      difference(
        'new',
        null,
        path.join(' › ') || null,
        (idOf) => [
          {
            kind: 'add',
            id: idOf(one.key),
            name,
            rank,
            parentId: parentIdIn(idOf),
            names: tidyNames(names, name),
            externalIds,
          },
        ],
        madeParent,
      )
    } else {
      claimed.set(state.id, one.key)
      places.set(one.key, { id: state.id })
      const before = differences.length
      const target = parent === null ? state.parentId : parent && 'id' in parent ? parent.id : -1
      const isMoved =
        parent !== null &&
        target !== state.parentId &&
        RANK_LEVELS[listedParent!.rank] > RANK_LEVELS[state.rank] &&
        // A list that leaves ranks out says nothing against the ones that are here.
        ![...above(state)].some(({ id }) => id === target)
      const isRenamed = one.name.toLowerCase() !== state.name.toLowerCase()
      const wanted = placeKey(isMoved ? target : state.parentId, state.rank, isRenamed ? one.name : state.name)
      const holder = byPlace.get(wanted)
      if ((isMoved || isRenamed) && holder && holder.id !== state.id) {
        if (problems.length < SHOWN_PROBLEMS) {
          problems.push(`${state.name} would become ${one.name}, but there is one at that place: merge them by hand.`)
        }
      } else {
        if (isMoved) {
          difference(
            'moved',
            byId.get(state.parentId ?? 0)?.name ?? null,
            listedParent?.name ?? null,
            (idOf) => [{ kind: 'move', id: state.id, parentId: parentIdIn(idOf) }],
            madeParent,
          )
        }
        if (isRenamed) {
          difference('renamed', state.name, one.name, () => [{ kind: 'rename', id: state.id, name: one.name }])
        }
      }
      const named = nameCommands(state, one)
      if (named.length > 0) difference('named', null, addedNames(state, one), () => named)
      if (differences.length === before) unchanged++
    }
    const target = places.get(one.key)
    for (const id of one.absorbs) {
      const absorbed = byExternal.get(id)
      if (!absorbed || claimed.has(absorbed.id) || (target && 'id' in target && target.id === absorbed.id)) continue
      claimed.set(absorbed.id, one.key)
      difference(
        'merged',
        absorbed.name,
        one.name,
        (idOf) => [{ kind: 'merge', id: absorbed.id, intoId: target && 'id' in target ? target.id : idOf(one.key) }],
        target && 'made' in target ? one.key : null,
      )
    }
  }
  return { differences, unchanged, problems }
}

/** What the list knows more: names and ids are added, none is taken away. */
function nameCommands(state: TaxonState, one: Listed): Command[] {
  const commands: Command[] = []
  const names = tidyNames([...state.names, ...fresh(state, one)], state.name)
  if (!sameValue(names, state.names)) commands.push({ kind: 'setNames', id: state.id, names })
  const externalIds = [...new Set([...state.externalIds, ...one.externalIds])]
  if (externalIds.length > state.externalIds.length)
    commands.push({ kind: 'setExternalIds', id: state.id, externalIds })
  return commands
}

function fresh(state: TaxonState, one: Listed): TaxonName[] {
  const has = new Set(state.names.map((name) => `${name.kind} ${name.name.toLowerCase()}`))
  const hasCommon = state.names.some(({ kind }) => kind === 'common')
  return one.names
    .filter((name) => !has.has(`${name.kind} ${name.name.toLowerCase()}`))
    .map((name) => ({ ...name, preferred: name.preferred && !hasCommon }))
}

function addedNames(state: TaxonState, one: Listed): string {
  const names = fresh(state, one).map(({ name }) => name)
  return [...names, ...one.externalIds.filter((id) => !state.externalIds.includes(id))].join(', ')
}

/** Which of the differences to take over: all of these kinds but some, and single ones. */
export type Choice = { kinds: readonly DifferenceKind[]; except?: readonly string[]; keys?: readonly string[] }

/** The chosen ones, with the new taxa that they need, in an order in which they can be done. */
export function choose(differences: Difference[], choice: Choice): Difference[] {
  const kinds = new Set(choice.kinds)
  const except = new Set(choice.except ?? [])
  const keys = new Set(choice.keys ?? [])
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
