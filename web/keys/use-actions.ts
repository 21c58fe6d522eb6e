// Runs the action whose key is pressed in the view on the screen. Keys do nothing while somebody types in a field or a
// dialog or menu is open. Enter and Space keep their usual meaning on a button that was reached by keyboard.

import { createSignal, onCleanup, onMount } from 'solid-js'
import { stored } from '../person/storage.ts'
import { type ActionName, actions } from './actions.ts'
import { type Bindings, bindingsFrom, textOf } from './bindings.ts'
import { nameOf, spokenKey } from './key-names.ts'

const memory = stored('keys')
const [bindings, set] = createSignal<Bindings>(bindingsFrom(memory.read()))

export { bindings }

export function setBindings(next: Bindings): void {
  set(next)
  memory.write(textOf(next))
}

export const onMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** A title with the key, for example "Flag for another look (F)". */
export const titleOf = (name: ActionName, words: string = actions[name].does): string => {
  const key = bindings()[name][0]
  return key === undefined ? words : `${words} (${spokenKey(key, onMac)})`
}

export type Acts = Partial<Record<ActionName, () => void>>

/** A field for text. Sliders and checkboxes take no letters; only the keys that move them belong to them. */
const isTyping = (element: Element | null) =>
  element instanceof HTMLElement &&
  (element.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
    (element instanceof HTMLInputElement && !/^(range|checkbox|radio|button|submit)$/.test(element.type)))

const isOverlaid = () => document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null

const ownsPress = (element: Element | null) =>
  element?.matches('button:focus-visible, a:focus-visible, summary:focus-visible') === true

const ownsArrows = (element: Element | null) => element?.matches('input[type="range"], input[type="radio"]') === true

export function useActions(acts: () => Acts): void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    // Alt combinations belong to the browser.
    if (event.altKey && !event.getModifierState('AltGraph')) return
    const focused = document.activeElement
    if (isTyping(focused) || isOverlaid()) return
    const key = nameOf(event)
    if (key === null) return
    if ((key === 'Enter' || key === 'Space') && ownsPress(focused)) return
    if (/^(?:Shift\+)?(?:Arrow|Home|End|Page)/.test(key) && ownsArrows(focused)) return
    const at = bindings()
    const found = (Object.entries(acts()) as [ActionName, (() => void) | undefined][]).find(([name]) =>
      at[name].includes(key),
    ) // the keys of Acts
    if (found === undefined) return
    const [name, act] = found
    event.preventDefault()
    // A key held down can move on repeatedly, but it decides only once.
    if (event.repeat && actions[name].repeats !== true) return
    act?.()
  }
  onMount(() => document.addEventListener('keydown', onKeyDown))
  onCleanup(() => document.removeEventListener('keydown', onKeyDown))
}
