// Who works on this page. The page asks once; the browser remembers the name and every request carries it. It is
// `local` until then.

import { createSignal } from 'solid-js'
import { stored } from './storage.ts'

const memory = stored('person')
const [name, setName] = createSignal<string | null>(memory.read())

export const person = (): string => name() ?? 'local'
/** False until the question has been answered, even if with "no name". */
export const personKnown = (): boolean => name() !== null

export function setPerson(value: string): void {
  const trimmed = value.trim().slice(0, 100)
  setName(trimmed === '' ? 'local' : trimmed)
  memory.write(person())
}
