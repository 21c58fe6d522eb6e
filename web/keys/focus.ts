// Where the keyboard is after a menu.

/** For menus of a view with keys: the focus goes back to the view, not to the menu's button, where Enter reopens it. */
export function focusView(event: Event): void {
  event.preventDefault()
  // The menu gives the focus to its button after this, whatever the event says.
  requestAnimationFrame(() => document.getElementById('main')?.focus({ preventScroll: true }))
}

/** After something that had the focus is gone: the view gets it, so that keys and Tab go on from there. */
export function focusViewIfLost(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body)
      document.getElementById('main')?.focus({ preventScroll: true })
  })
}
