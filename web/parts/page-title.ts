// The title of the page: the shell knows the section, a view adds what it shows.

import { createEffect, createSignal, onCleanup } from 'solid-js'

const [shownTitle, setShown] = createSignal<string | null>(null)

export { shownTitle }

/** As long as the calling view is open, its name stands before the section's in the title. */
export function usePageTitle(name: () => string | null | undefined): void {
  createEffect(() => setShown(name() ?? null))
  onCleanup(() => setShown(null))
}
