// Who works on this page. Where people sign in, the service says who it is. Elsewhere the browser asks for a name once,
// keeps it, and sends it with every request; until it is given the name is `local`.

import { createSignal } from 'solid-js'
import type { Role } from '../../api/contract/people/person.ts'
import { stored } from './storage.ts'

const memory = stored('person')
const [name, setName] = createSignal<string | null>(memory.read())
const [account, setAccount] = createSignal<{ name: string; role: Role } | null>(null)

/** Who is signed in; null where nobody has to. */
export { account, setAccount }

export const person = (): string => account()?.name ?? name() ?? 'local'
/** False until somebody answered the question, even with "no name". */
export const personKnown = (): boolean => account() !== null || name() !== null

const ROLES: readonly Role[] = ['viewer', 'reviewer', 'editor', 'admin']
/** Where nobody signs in, everybody may do everything. */
export const mayAs = (least: Role): boolean => ROLES.indexOf(account()?.role ?? 'admin') >= ROLES.indexOf(least)

export function setPerson(value: string): void {
  const trimmed = value.trim().slice(0, 100)
  setName(trimmed === '' ? 'local' : trimmed)
  memory.write(person())
}
