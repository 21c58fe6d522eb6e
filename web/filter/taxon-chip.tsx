// The taxon that a view is filtered by, with a button that removes the filter.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { X } from '../icons/icons.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { dataOf } from '../server/query-client.ts'
import { taxonOne } from '../server/taxa.ts'
import './taxon-chip.css'

export function TaxonChip(props: { id: string; onClear: () => void }): JSX.Element {
  const found = useQuery(() => taxonOne(props.id))
  return (
    <span class="chip leaf taxon-chip">
      <Show when={dataOf(found)} fallback="…">
        {(taxon) => <TaxonName taxon={taxon()} common={false} />}
      </Show>
      <button type="button" class="taxon-chip-close" aria-label="Show all taxa" onClick={() => props.onClear()}>
        <X size={13} />
      </button>
    </span>
  )
}
