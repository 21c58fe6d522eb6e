// The taxon in a field, with a button that clears it.

import { type JSX, Show } from 'solid-js'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { TaxonName } from './taxon-name.tsx'
import './chosen-taxon.css'

export function ChosenTaxon(props: {
  /** Null means the top of the taxonomy. */
  taxon: (Pick<Taxon, 'name' | 'rank'> & { commonName?: string | null }) | null
  children: JSX.Element
}): JSX.Element {
  return (
    <div class="chosen-taxon">
      <Show when={props.taxon} fallback="To the top of the taxonomy">
        {(taxon) => (
          <>
            <span class="overline">{taxon().rank}</span>
            <TaxonName taxon={taxon()} />
          </>
        )}
      </Show>
      {props.children}
    </div>
  )
}
