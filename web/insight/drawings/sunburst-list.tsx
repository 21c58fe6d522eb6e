// The taxa directly below the one in the centre of a sunburst, in the colours of their sectors.

import { For, type JSX, Show } from 'solid-js'
import type { TaxonCount } from '../../../api/contract/insight.ts'
import { count } from '../../parts/format.ts'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import { hueAt } from '../hue.ts'
import { sizeOf } from './sunburst-layout.ts'
import '../../charts/legend.css'
import './sunburst-list.css'

const MOST_LISTED = 12

export function SunburstList(props: {
  taxa: readonly TaxonCount[]
  /** The number of animals in all of them. */
  total: number
  onFocus: (taxonId: string) => void
}): JSX.Element {
  const share = (animals: number) => `${(animals / Math.max(1, props.total)) * 100}%`
  return (
    <>
      <ul>
        <For each={props.taxa.slice(0, MOST_LISTED)} fallback={<li class="legend">No taxa below this one.</li>}>
          {(taxon, i) => (
            <li>
              <button type="button" class="sunburst-list-row" onClick={() => props.onFocus(taxon.id)}>
                <span class="legend-swatch" style={{ background: hueAt(i()) }} aria-hidden="true" />
                <TaxonName taxon={taxon} common={false} />
                <span class="detail">{count(sizeOf(taxon))}</span>
                <span class="sunburst-list-bar" aria-hidden="true">
                  <span class="sunburst-list-identified" style={{ width: share(taxon.identified) }} />
                  <span class="sunburst-list-suggested" style={{ width: share(taxon.suggested) }} />
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
      <p class="legend">
        <span class="legend-key leaf" /> identified <span class="legend-key ochre" /> only suggested
        <Show when={props.taxa.length > MOST_LISTED}>
          {' '}
          · {count(props.taxa.length - MOST_LISTED)} more in the table
        </Show>
      </p>
    </>
  )
}
