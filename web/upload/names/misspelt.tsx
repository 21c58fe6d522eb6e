// "Osselot: did you mean Ocelot?" A click takes the nearest taxon, or keeps the name as it is written.

import { For, type JSX, Show } from 'solid-js'
import { counted } from '../../parts/format.ts'
import type { Corrections, Misspelt, Near } from './misspelt.ts'
import './misspelt.css'

export function MisspeltNames(props: {
  names: readonly Misspelt[]
  corrections: Corrections
  busy: boolean
  /** `name` null: it is right as it is written. */
  onCorrect: (written: Misspelt, name: string | null) => void
}): JSX.Element {
  return (
    <Show when={props.names.length > 0}>
      <section class="misspelt" aria-label="Names that may be misspelt">
        <h3>Did you mean another name?</h3>
        <ul>
          <For each={props.names}>
            {(one) => (
              <li>
                <span class="misspelt-written">{one.written}</span>
                <span class="misspelt-photos">{counted(one.photos, 'photo')}</span>
                <Show
                  when={props.corrections[one.written]}
                  fallback={
                    <For each={one.near}>
                      {(near) => (
                        <button
                          type="button"
                          class="button"
                          disabled={props.busy}
                          onClick={() => props.onCorrect(one, near.name)}
                        >
                          → {nameOf(near)}?
                        </button>
                      )}
                    </For>
                  }
                >
                  {(name) => (
                    <>
                      <span>
                        → <b>{nameOf(one.near.find((near) => near.name === name()))}</b>
                      </span>
                      <button
                        type="button"
                        class="button quiet"
                        disabled={props.busy}
                        onClick={() => props.onCorrect(one, null)}
                      >
                        Keep “{one.written}”
                      </button>
                    </>
                  )}
                </Show>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

const nameOf = (near: Near | undefined): string =>
  near === undefined ? '' : near.commonName === null ? near.name : `${capital(near.commonName)} (${near.name})`
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
