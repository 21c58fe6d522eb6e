// A value once it rests: while somebody types, nothing is asked of the service. `pending`: it has not come to rest yet.

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
