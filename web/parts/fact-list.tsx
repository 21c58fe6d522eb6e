// Facts with their names.

import { For, type JSX } from 'solid-js'

export function FactList(props: { facts: readonly (readonly [name: string, value: string])[] }): JSX.Element {
  return (
    <For each={props.facts}>
      {([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      )}
    </For>
  )
}
