// The keyboard on the wall: arrows move the focus, Shift extends the selection, Space toggles, O opens.

import { onCleanup, onMount } from 'solid-js'
import { nameOf } from '../keys/key-names.ts'
import { move, type Shape } from './moves.ts'
import { add, NOTHING, rangeTo, type Selection } from './selection.ts'

export function useWallKeys(options: {
  wall: () => HTMLElement | undefined
  /** Ids in the order of the wall. */
  order: () => readonly string[]
  shape: () => Shape
  /** The animal under the keyboard; null before the first key or click. */
  at: () => string | null
  place: () => number
  goTo: (id: string) => void
  selection: () => Selection
  onSelect: (selection: Selection) => void
  /** Space toggles one animal; with Shift it selects a range. */
  onToggle: (id: string, range: boolean) => void
  onOpen: (id: string) => void
}): void {
  const onKeyDown = (event: KeyboardEvent) => {
    const focused = document.activeElement
    const here = focused === document.body || focused?.id === 'main' || options.wall()?.contains(focused) === true
    const order = options.order()
    if (event.defaultPrevented || event.altKey || !here || order.length === 0) return
    const name = nameOf(event)
    const place = options.place()
    const id = order[place]
    if (name === null || id === undefined) return
    const plain = name.replace('Shift+', '')
    // The first key only shows where the focus is.
    const isFirst = options.at() === null
    const moved = move(isFirst ? 0 : place, plain, options.shape())
    const target = moved === null ? undefined : order[isFirst ? 0 : moved]
    const selection = options.selection()
    if (target !== undefined) {
      options.goTo(target)
      const from = selection.anchor === null ? { ...selection, anchor: id } : selection
      if (event.shiftKey) options.onSelect(rangeTo(from, target, order))
    } else if (plain === 'Space') options.onToggle(id, event.shiftKey)
    else if (name === 'Mod+a') options.onSelect(add(selection, order))
    else if (name === 'Escape' && selection.chosen.size > 0) options.onSelect(NOTHING)
    else if (name === 'o') options.onOpen(id)
    else return
    event.preventDefault()
  }
  onMount(() => document.addEventListener('keydown', onKeyDown))
  onCleanup(() => document.removeEventListener('keydown', onKeyDown))
}
