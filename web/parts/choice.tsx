// One of several values, or none. In: the choices, and what the address says. Out: a labelled select; empty text for none.

import { createMemo, For, type JSX } from 'solid-js'

export function Choice(props: {
  label: string
  /** What none is called. */
  any: string
  value: string | undefined
  options: readonly { value: string; text: string }[]
  onChange: (value: string) => void
}): JSX.Element {
  /** What the address says stands there even when it is not among the choices. */
  const options = createMemo(() => {
    const { value } = props
    const known = value === undefined || props.options.some((option) => option.value === value)
    return known ? props.options : [{ value, text: value }, ...props.options]
  })
  return (
    <label class="field">
      {props.label}
      <select class="select" onChange={(event) => props.onChange(event.currentTarget.value)}>
        <option value="" selected={props.value === undefined}>
          {props.any}
        </option>
        <For each={options()}>
          {(option) => (
            <option value={option.value} selected={option.value === props.value}>
              {option.text}
            </option>
          )}
        </For>
      </select>
    </label>
  )
}
