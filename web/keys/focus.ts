// Where the keyboard is after a menu, a dialog, a list or a field. A view that has keys gets it back, because on the
// button that opened a menu Enter would open it again, and in a list letters choose entries. In other views it returns
// to that button, as the components do by themselves.

import { onCleanup, onMount } from 'solid-js'

/** Views with keys of their own say so in the attribute. */
const hasViewKeys = () => document.querySelector('#main [data-keys]') !== null
const focusMain = () => document.getElementById('main')?.focus({ preventScroll: true })
/** A key pressed since may have led into a field. */
const isInField = () => document.activeElement?.matches('input, textarea, select') === true
const isLost = () => document.activeElement === null || document.activeElement === document.body
/** A dialog over which another one closed keeps the keyboard. */
const isOverlaid = () => document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null

/** For `onCloseAutoFocus` of menus, popovers and dialogs. */
export function focusView(event: Event): void {
  if (!hasViewKeys()) return
  event.preventDefault()
  // A menu gives the focus to its button after this, whatever the event says.
  requestAnimationFrame(() => {
    if (!isOverlaid() && !isInField()) focusMain()
  })
}

/** After something that had the focus is gone: the view gets it, so that keys and Tab go on from there. */
export function focusViewIfLost(): void {
  requestAnimationFrame(() => {
    if (isLost()) focusMain()
  })
}

const listOf = ({ target }: Event) =>
  target instanceof HTMLSelectElement && target.form === null && target.closest('[role="dialog"]') === null
    ? target
    : null

/**
 * For the frame around all views: fields that are left, and lists in which the pointer chose or that Enter or Escape
 * closes, give the keyboard back. Arrows in a list keep it, since they may go on to another entry.
 */
export function returnFocusToViews(): void {
  let pointed: HTMLSelectElement | null = null
  const onPointerDown = (event: Event) => {
    pointed = listOf(event)
  }
  const onChange = (event: Event) => {
    if (hasViewKeys() && pointed !== null && listOf(event) === pointed) focusMain()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    pointed = null
    if (!hasViewKeys() || listOf(event) === null || (event.key !== 'Enter' && event.key !== 'Escape')) return
    event.preventDefault()
    focusMain()
  }
  const onFocusOut = (event: FocusEvent) => {
    if (event.relatedTarget === null && document.hasFocus() && hasViewKeys()) focusViewIfLost()
  }
  const heard = { pointerdown: onPointerDown, change: onChange, keydown: onKeyDown, focusout: onFocusOut }
  const all = Object.entries(heard) as [string, EventListener][] // each hears the events of its name
  onMount(() => {
    for (const [name, hear] of all) document.addEventListener(name, hear, true)
  })
  onCleanup(() => {
    for (const [name, hear] of all) document.removeEventListener(name, hear, true)
  })
}
