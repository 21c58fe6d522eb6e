// Form fields for the scientific and the common name of a taxon.

import type { JSX } from 'solid-js'
import { isItalic, type Rank } from './ranks.ts'
import './name-fields.css'

type Field = { value: string; onInput: (value: string) => void }

export function ScientificNameField(props: Field & { label: string; rank: Rank }): JSX.Element {
  return (
    <label class="field">
      {props.label}
      <input
        class="input name-fields-scientific"
        classList={{ italic: isItalic(props.rank) }}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        required
        maxlength={200}
        spellcheck={false}
      />
    </label>
  )
}

export function CommonNameField(props: Field & { placeholder?: string }): JSX.Element {
  return (
    <label class="field">
      Common name
      <input
        class="input"
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        placeholder={props.placeholder ?? 'optional'}
        maxlength={200}
      />
    </label>
  )
}
