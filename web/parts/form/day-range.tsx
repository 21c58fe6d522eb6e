// A range of days; both ends are included. The empty text stands for a day that is not set.

import type { JSX } from 'solid-js'
import { Field } from './form.tsx'

type Days = { from?: string | undefined; to?: string | undefined }

export function DayRange(props: { days: Days; onChange: (change: Days) => void }): JSX.Element {
  return (
    <>
      <Day label="From" value={props.days.from} max={props.days.to} onChange={(from) => props.onChange({ from })} />
      <Day label="To" value={props.days.to} min={props.days.from} onChange={(to) => props.onChange({ to })} />
    </>
  )
}

function Day(props: {
  label: string
  value: string | undefined
  min?: string | undefined
  max?: string | undefined
  onChange: (day: string) => void
}): JSX.Element {
  return (
    <Field label={props.label}>
      <input
        class="input"
        type="date"
        value={props.value ?? ''}
        min={props.min}
        max={props.max}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </Field>
  )
}
