// A labelled select for one of several values, or none; none is the empty text.

import { createMemo, For, type JSX } from 'solid-js'

export function Choice(props: {
  label: string
  /** Hides the label visually; screen readers still announce it. */
  hideLabel?: boolean
  /** The name of the choice for none. */
  any: string
  value: string | undefined
  options: readonly { value: string; text: string }[]
  onChange: (value: string) => void
}): JSX.Element {
  /** A value from the address is listed even if it is not among the choices. */
  const options = createMemo(() => {
    const { value } = props
    const known = value === undefined || props.options.some((option) => option.value === value)
    return known ? props.options : [{ value, text: value }, ...props.options]
  })
  return (
    <label classList={{ field: !props.hideLabel }}>
      <span classList={{ unseen: props.hideLabel === true }}>{props.label}</span>
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
