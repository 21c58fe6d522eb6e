// Who is working at this page. The name is asked once, kept by the browser, and sent with every request; `local` until given.

import { createSignal } from 'solid-js'
import { stored } from './storage.ts'

const memory = stored('person')
const [name, setName] = createSignal<string | null>(memory.read())

export const person = (): string => name() ?? 'local'
/** False until somebody answered the question, even with "no name". */
export const personKnown = (): boolean => name() !== null

export function setPerson(value: string): void {
  const trimmed = value.trim().slice(0, 100)
  setName(trimmed === '' ? 'local' : trimmed)
  memory.write(person())
}
