// Rows of crops of known photos; each links to its review.

import { A } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import './example-crops.css'

export function ExampleCrops<T>(props: {
  items: readonly T[]
  detectionId: (item: T) => string
  cropUrl: (item: T) => string
  label: (item: T) => string
  /** The number printed on the crop. */
  number?: (item: T) => string
}): JSX.Element {
  return (
    <ul class="crop-rows example-crops">
      <For each={props.items}>
        {(item) => (
          <li>
            <A class="crop-square" href={`/review/${props.detectionId(item)}`} aria-label={props.label(item)}>
              <img src={props.cropUrl(item)} alt="" loading="lazy" />
              <Show when={props.number}>{(number) => <span class="example-crops-number">{number()(item)}</span>}</Show>
            </A>
          </li>
        )}
      </For>
    </ul>
  )
}
