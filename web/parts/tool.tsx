// A small button for an action with its icon and key. The action's words are its accessible name and its title.

import type { JSX } from 'solid-js'
import { type ActionName, actions } from '../keys/actions.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { titleOf } from '../keys/use-actions.ts'

export function Tool(props: {
  name: ActionName
  icon: JSX.Element
  onAct: () => void
  /** The label next to the icon, where there is room for words. */
  words?: JSX.Element
  pressed?: boolean | undefined
  disabled?: boolean
}): JSX.Element {
  return (
    <button
      type="button"
      class="button quiet tool"
      title={titleOf(props.name)}
      aria-pressed={props.pressed}
      disabled={props.disabled === true}
      onClick={() => props.onAct()}
    >
      {props.icon}
      {props.words ?? <span class="unseen">{actions[props.name].does}</span>}
      <KeyHint action={props.name} />
    </button>
  )
}
