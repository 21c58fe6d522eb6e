// One highlighted sentence, in the colour of its meaning.

import type { JSX } from 'solid-js'
import './callout.css'

export function Callout(props: {
  tone: 'plain' | 'leaf' | 'ochre' | 'rust'
  icon?: JSX.Element
  children: JSX.Element
}): JSX.Element {
  return (
    <p class={`callout washed ${props.tone}`} role="note">
      {props.icon}
      <span>{props.children}</span>
    </p>
  )
}
