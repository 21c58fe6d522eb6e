// Crops that look alike, as buttons: a click leaves one out of what is said of all of them. Few are shown at first.

import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { Check } from '../icons/icons.ts'
import './crop-choices.css'
import { count } from './format.ts'

const FEW = 30

/** A click by the keyboard counts no presses. */
const isByPointer = (event: MouseEvent) => event.detail > 0

export function CropChoices(props: {
  tiles: readonly Detection[]
  leftOut: readonly string[]
  onToggle: (id: string) => void
  label: string
  /** What a click on a crop does. */
  title: string
  /** What a crop says that is left out. */
  word: string
  /** All at once, as small and as many as fit. */
  dense?: boolean
}): JSX.Element {
  const few = () => (props.dense ? props.tiles.length : FEW)
  const [all, setAll] = createSignal<string | null>(null)
  /** Other crops begin with few again. */
  const showsAll = () => all() === props.tiles[0]?.id
  const shown = () => (showsAll() ? props.tiles : props.tiles.slice(0, few()))
  return (
    <>
      <ul class="crop-choices" classList={{ dense: props.dense }} aria-label={props.label}>
        <For each={shown()}>
          {(tile) => (
            <li>
              <button
                type="button"
                class="crop-choices-tile"
                data-id={tile.id}
                aria-pressed={props.leftOut.includes(tile.id)}
                title={props.title}
                onClick={(event) => {
                  props.onToggle(tile.id)
                  // Enter then means what the page says, not this crop again.
                  if (isByPointer(event)) event.currentTarget.blur()
                }}
              >
                <img src={tile.cropUrl} alt="Crop" loading="lazy" />
                <Show when={props.leftOut.includes(tile.id)}>
                  <span class="crop-choices-word">
                    <Check size={14} /> {props.word}
                  </span>
                </Show>
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={!showsAll() && props.tiles.length > few()}>
        <button type="button" class="button" onClick={() => setAll(props.tiles[0]?.id ?? null)}>
          Show {count(props.tiles.length - few())} more crops
        </button>
      </Show>
    </>
  )
}

/** Which crops are left out, and a click on one. */
export function createLeftOut() {
  const [leftOut, setLeftOut] = createSignal<readonly string[]>([])
  return {
    leftOut,
    toggle: (id: string) => setLeftOut((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id])),
    add: (id: string) => setLeftOut((now) => (now.includes(id) ? now : [...now, id])),
    clear: () => setLeftOut([]),
  }
}
