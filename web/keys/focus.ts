// Where the keyboard is after a menu.

/** For menus of a view with keys: the focus goes back to the view, not to the menu's button, where Enter reopens it. */
export function focusView(event: Event): void {
  event.preventDefault()
  // The menu gives the focus to its button after this, whatever the event says.
  requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }))
}
