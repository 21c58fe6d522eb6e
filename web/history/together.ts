// Steps of people and edits of the taxonomy as one history, latest first.

import type { Action } from '../../api/contract/action.ts'
import type { Edit } from '../../api/contract/taxonomy.ts'

export type Entry = { at: string; action: Action; edit: null } | { at: string; action: null; edit: Edit }
/** Latest first. `more`: older ones are not loaded. */
type Loaded<T> = { items: readonly T[]; more: boolean }

/** What is older than the oldest of a list that goes on is held back: something not loaded may belong before it. */
export function together(actions: Loaded<Action>, edits: Loaded<Edit>): Entry[] {
  const ends = [actions, edits].flatMap(({ items, more }) => (more ? time(items.at(-1)?.at) : []))
  const oldest = Math.max(...ends)
  return [
    ...actions.items.map((action): Entry => ({ at: action.at, action, edit: null })),
    ...edits.items.map((edit): Entry => ({ at: edit.at, action: null, edit })),
  ]
    .filter(({ at }) => Date.parse(at) >= oldest)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

/** A list that goes on and of which nothing is loaded tells nothing. */
const time = (at: string | undefined) => (at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at))
