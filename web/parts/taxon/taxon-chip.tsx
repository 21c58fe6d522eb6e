// The taxon that a view is filtered by, with a button that removes the filter.

import type { JSX } from 'solid-js'
import { X } from '../../icons/icons.ts'
import { TaxonById } from './taxon-by-id.tsx'
import './taxon-chip.css'

export function TaxonChip(props: { id: string; onClear: () => void }): JSX.Element {
  return (
    <span class="chip leaf taxon-chip">
      <TaxonById id={props.id} />
      <button type="button" class="taxon-chip-close" aria-label="Show all taxa" onClick={() => props.onClear()}>
        <X size={13} />
      </button>
    </span>
  )
}
