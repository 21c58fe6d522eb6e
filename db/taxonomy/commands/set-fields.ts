import { type TaxonState, tidyNames } from '../states.ts'
import type { Command, CommandOf } from './command.ts'
import type { Work } from './work.ts'

/** For fields on which no other taxon and no statement depends. */
async function set<One extends Command & { id: number }>(
  { draft }: Work,
  command: One,
  change: (before: TaxonState) => Partial<TaxonState>,
): Promise<One> {
  const before = await draft.get(command.id)
  draft.put({ ...before, ...change(before) })
  return command
}

export const setNames = (work: Work, command: CommandOf<'setNames'>) =>
  set(work, command, ({ name }) => ({ names: tidyNames(command.names, name) }))

export const setExternalIds = (work: Work, command: CommandOf<'setExternalIds'>) =>
  set(work, command, () => ({ externalIds: [...new Set(command.externalIds)] }))

export const setPlacing = (work: Work, command: CommandOf<'setPlacing'>) =>
  set(work, command, () => ({ needsPlacing: command.needsPlacing }))

export const setPlaceRule = (work: Work, command: CommandOf<'setPlaceRule'>) =>
  set(work, command, () => ({ placeRule: command.placeRule }))

export const activate = (work: Work, command: CommandOf<'activate'>) => set(work, command, () => ({ active: true }))

export const deactivate = (work: Work, command: CommandOf<'deactivate'>) =>
  set(work, command, () => ({ active: false }))
