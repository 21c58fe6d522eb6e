// A value that follows its source once typing stops, which saves requests. `pending` is true until then.

import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'

const TYPING_MS = 300

export function debounced<T>(value: Accessor<T>): Accessor<T> & { pending: Accessor<boolean> } {
  const [resting, setResting] = createSignal<T>(value(), { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) })
  createEffect(
    on(
      value,
      (now) => {
        const timer = setTimeout(() => setResting(() => now), TYPING_MS)
        onCleanup(() => clearTimeout(timer))
      },
      { defer: true },
    ),
  )
  const pending = () => JSON.stringify(value()) !== JSON.stringify(resting())
  return Object.assign(() => resting(), { pending })
}
