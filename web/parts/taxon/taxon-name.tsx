// A taxon's name the way a field guide prints it: italics for genera and species, the common name beside it.

import { type JSX, Show } from 'solid-js'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { isItalic } from './ranks.ts'
import './taxon-name.css'

type Name = Pick<Taxon, 'name' | 'rank'> & { commonName?: string | null }

export function TaxonName(props: {
  taxon: Name
  common?: boolean
  size?: 'm' | 'l' | 'xl'
  /** Part of a sentence. */
  inline?: boolean
  /** On one line, cut off where there is no room. */
  clipped?: boolean
}): JSX.Element {
  return (
    <span
      class={`taxon-name ${props.size ?? 'm'}`}
      classList={{ inline: props.inline === true, clipped: props.clipped === true }}
    >
      <span class="taxon-name-scientific" classList={{ italic: isItalic(props.taxon.rank) }}>
        {props.taxon.name}
      </span>
      <Show when={props.common !== false && props.taxon.commonName}>
        {(name) => <span class="taxon-name-common">{name()}</span>}
      </Show>
    </span>
  )
}
