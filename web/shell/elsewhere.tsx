// The button of a door that leads through another service; nothing where there is no such service.

import { type JSX, Show } from 'solid-js'

export function Elsewhere(props: {
  /** What the service is called; null: there is none. */
  service: string | null
  words: (service: string) => string
  busy?: boolean
  onPress: () => void
}): JSX.Element {
  return (
    <Show when={props.service}>
      {(service) => (
        <button type="button" class="button" disabled={props.busy} onClick={() => props.onPress()}>
          {props.words(service())}
        </button>
      )}
    </Show>
  )
}
