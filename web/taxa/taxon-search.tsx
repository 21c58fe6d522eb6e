// Taxa that match the typed text, best match first.

import { createEffect, createSignal, type JSX, on, onCleanup, Show } from 'solid-js'
import { Nothing } from './taxa-section.tsx'
import { TaxonRows } from './taxon-rows.tsx'

/** A short delay is enough: a search takes the service a few milliseconds, and an outdated one is cancelled. */
const TYPING_MS = 30

export function TaxonSearch(props: { q: string; onOpen: () => void }): JSX.Element {
  const [settled, setSettled] = createSignal(props.q)
  createEffect(
    on(
      () => props.q,
      (q) => {
        const timer = setTimeout(() => setSettled(q), TYPING_MS)
        onCleanup(() => clearTimeout(timer))
      },
      { defer: true },
    ),
  )
  return (
    <Show when={settled()} keyed>
      {(q) => (
        <TaxonRows
          list={{ q }}
          caption={`Taxa matching ${q}`}
          showPath
          onOpen={props.onOpen}
          empty={<Nothing>No taxon is called “{q}”. “New taxon” adds it.</Nothing>}
        />
      )}
    </Show>
  )
}
