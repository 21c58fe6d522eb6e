import { Conflict } from '../../errors.ts'
import { refreshTaughtBelow } from '../../trees/taught.ts'
import { sameValue, type TaxonState } from '../states.ts'
import type { Command, CommandOf, StateChange } from './command.ts'
import { checkUnused } from './delete.ts'
import type { Work } from './work.ts'

/** Throws Conflict where something is no longer as the edit to be undone left it. */
export async function restore(work: Work, command: CommandOf<'restore'>): Promise<Command> {
  const { draft, retargeting } = work
  const removed = await restoreStates(work, command.taxa)
  await draft.flush()
  for (const { ids, ...move } of command.labels) await retargeting.moveLabels(move, ids)
  for (const { ids, ...move } of command.statements) await retargeting.moveStatementsBack(move, ids)
  await removeTaxa(work, removed)
  return command
}

/** Returns the taxa to remove, which is possible only after their statements were moved back. */
async function restoreStates({ draft }: Work, changes: StateChange[]): Promise<TaxonState[]> {
  const removed: TaxonState[] = []
  const written: TaxonState[] = []
  for (const change of changes) {
    const current = await draft.find(change.id)
    const after = restored(current, change)
    if (after) {
      written.push(after)
      draft.put(after)
    } else if (current) removed.push(current)
  }
  for (const state of written) {
    if (state.mergedIntoId === null) await draft.checkParent(state)
    else await checkMergedInto(state, state.mergedIntoId, draft)
  }
  return removed
}

async function checkMergedInto({ name }: TaxonState, into: number, draft: Work['draft']): Promise<void> {
  if ((await draft.find(into)) !== null) return
  throw new Conflict(`Expected taxon ${into}, into which ${name} was merged, to be there, but it was removed since`)
}

async function removeTaxa({ draft, retargeting }: Work, removed: TaxonState[]): Promise<void> {
  const [first] = removed
  if (!first) return
  await retargeting.settle()
  // What contradicting statements teach follows from the places of their taxa: no animal may teach a taxon that goes.
  retargeting.taught.push(
    ...(await refreshTaughtBelow(
      draft.tx,
      draft.changes().map(({ id }) => id),
    )),
  )
  await checkUnused(
    draft.tx,
    first.name,
    removed.map(({ id }) => id),
  )
  for (const { id } of removed) await draft.remove(id)
}

const FIELDS: Record<keyof TaxonState, string> = {
  id: 'id',
  parentId: 'place',
  name: 'name',
  rank: 'rank',
  names: 'other names',
  active: 'being active',
  mergedIntoId: 'merge',
  externalIds: 'external ids',
  needsPlacing: 'need of placing',
  placeRule: 'rule for its places',
}

/** Null: the taxon is removed. */
function restored(current: TaxonState | null, { id, from, to }: StateChange): TaxonState | null {
  if (to === null) return null
  if (current === null) return madeAgain(id, to)
  if (from === null) throw new Conflict(`Expected taxon ${id} to be removed, but ${current.name} is there again`, id)
  // The keys of a part of a state are keys of the state.
  for (const key of Object.keys(from ?? {}) as (keyof TaxonState)[]) {
    if (sameValue(current[key], from?.[key])) continue
    throw new Conflict(
      `Expected ${current.name} as that edit left it, but its ${FIELDS[key]} changed since: undo the later edit first`,
      id,
    )
  }
  return { ...current, ...to, id }
}

function madeAgain(id: number, to: Partial<TaxonState>): TaxonState {
  const { parentId = null, name, rank, names = [], active = true } = to
  const { mergedIntoId = null, externalIds = [], needsPlacing = false, placeRule = null } = to
  if (name === undefined || rank === undefined)
    throw new Conflict(`Expected taxon ${id} to be there as the edit left it, but it was removed since`)
  return { id, parentId, name, rank, names, active, mergedIntoId, externalIds, needsPlacing, placeRule }
}
