// A field for one taxon: a search while none is chosen, else its name with a button that clears it.

import { type JSX, Show } from 'solid-js'
import { TaxonChip } from './taxon-chip.tsx'
import { TaxonPicker } from './taxon-picker.tsx'

/** `onChange` gets the empty text when it is cleared. */
export function TaxonField(props: {
  label: string
  id: string | undefined
  onChange: (id: string) => void
}): JSX.Element {
  return (
    <div class="field">
      <Show
        when={props.id}
        fallback={
          <TaxonPicker
            label={props.label}
            placeholder="Scientific or common name"
            onPick={(taxon) => props.onChange(taxon.id)}
          />
        }
      >
        {(id) => (
          <>
            <span>{props.label}</span>
            <TaxonChip id={id()} onClear={() => props.onChange('')} />
          </>
        )}
      </Show>
    </div>
  )
}
