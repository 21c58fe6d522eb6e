// Which keys trigger which actions: the defaults and a person's changes, also as text for storage. These functions are
// pure and need no browser.

import { type ActionName, actionNames, actions, meet } from './actions.ts'

export type Bindings = Readonly<Record<ActionName, readonly string[]>>

export const defaults: Bindings = Object.fromEntries(
  actionNames.map((name) => [name, actions[name].keys]),
) as unknown as Bindings // one entry for every name

const isName = (name: string): name is ActionName => Object.hasOwn(actions, name)
const isKeys = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((key) => typeof key === 'string' && key !== '')

/** The stored changes on top of the defaults. Unknown actions and unreadable text are ignored. */
export function bindingsFrom(kept: string | null): Bindings {
  if (kept === null) return defaults
  let changes: unknown
  try {
    changes = JSON.parse(kept)
  } catch {
    return defaults
  }
  if (typeof changes !== 'object' || changes === null) return defaults
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(changes).filter(([name, keys]) => isName(name) && isKeys(keys))),
  }
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((key, i) => key === b[i])
export const isChanged = (bindings: Bindings, name: ActionName): boolean => !same(bindings[name], defaults[name])

/** Only the changes are stored, so that new defaults reach everybody who did not change the key. */
export const textOf = (bindings: Bindings): string =>
  JSON.stringify(
    Object.fromEntries(actionNames.filter((name) => isChanged(bindings, name)).map((name) => [name, bindings[name]])),
  )

/** The action then has only this key. */
export const rebind = (bindings: Bindings, name: ActionName, key: string): Bindings => ({ ...bindings, [name]: [key] })

export const restore = (bindings: Bindings, name: ActionName): Bindings => ({ ...bindings, [name]: defaults[name] })

/** Removes one key from an action and keeps its others. */
export const release = (bindings: Bindings, name: ActionName, key: string): Bindings => ({
  ...bindings,
  [name]: bindings[name].filter((other) => other !== key),
})

/** The other actions that use one of this action's keys in the same place. */
export const rivalsOf = (bindings: Bindings, name: ActionName): { key: string; other: ActionName }[] =>
  bindings[name].flatMap((key) =>
    actionNames
      .filter((other) => other !== name && meet(name, other) && bindings[other].includes(key))
      .map((other) => ({ key, other })),
  )
