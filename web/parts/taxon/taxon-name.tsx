// A taxon's name as a field guide prints it: genera and species in italics, with the common name.

import { type JSX, Show } from 'solid-js'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { isItalic } from './ranks.ts'
import './taxon-name.css'

type Name = Pick<Taxon, 'name' | 'rank'> & { commonName?: string | null }

export function TaxonName(props: {
  taxon: Name
  common?: boolean
  size?: 'm' | 'l' | 'xl'
  /** Whether the name is part of a sentence. */
  inline?: boolean
  /** Keeps the name on one line and cuts it off where the room ends. */
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
