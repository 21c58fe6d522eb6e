// The first key of an action, as shown on its button; nothing if the action has no key.

import { type JSX, Show } from 'solid-js'
import type { ActionName } from './actions.ts'
import { capsOf } from './key-names.ts'
import { bindings, onMac } from './use-actions.ts'

export function KeyHint(props: { action: ActionName }): JSX.Element {
  return (
    <Show when={bindings()[props.action][0]}>
      {(key) => <kbd class="key-hint">{capsOf(key(), onMac).join(' ')}</kbd>}
    </Show>
  )
}
