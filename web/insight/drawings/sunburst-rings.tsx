// The rings of a sunburst. Clicking a sector goes down to its taxon; clicking the centre goes up.

import { createMemo, For, type JSX, Show } from 'solid-js'
import type { TaxonCount } from '../../../api/contract/insight.ts'
import { count, counted } from '../../parts/format.ts'
import { isItalic } from '../../parts/taxon/ranks.ts'
import { type ChildrenOf, type Part, sectorsAround, shapeOf, sizeOf } from './sunburst-layout.ts'
import '../../charts/drawing.css'
import './sunburst-rings.css'

/** How much of its hue each ring keeps, from the inside out, so that names are readable in light and dark mode. */
const SHARES = ['58%', '44%', '32%', '22%'] as const

const nameOf = ({ data: { taxon } }: Part) =>
  taxon === null ? '' : `${taxon.name}: ${counted(sizeOf(taxon), 'animal')}, ${count(taxon.identified)} identified`

export function SunburstRings(props: {
  focus: TaxonCount | null
  childrenOf: ChildrenOf
  /** Pixels. */
  side: number
  total: number
  /** The colour of a taxon directly below the focus. */
  hueOf: (taxonId: string | undefined) => string
  onFocus: (taxonId: string | null) => void
}): JSX.Element {
  const shape = createMemo(() => shapeOf(props.side / 2 - 2))
  const sectors = createMemo(() => sectorsAround(props.focus, props.childrenOf))
  const hue = (part: Part) => props.hueOf(part.ancestors().at(-2)?.data.taxon?.id)
  const below = () => props.childrenOf(props.focus?.id ?? null).length
  return (
    <svg
      class="drawing sunburst-rings"
      viewBox={`0 0 ${props.side} ${props.side}`}
      style={{ width: `${props.side}px` }}
      role="img"
      aria-label={`${props.focus?.name ?? 'All animals'}: ${counted(props.total, 'animal')} in ${counted(below(), 'taxon', 'taxa')} below`}
    >
      <g transform={`translate(${props.side / 2} ${props.side / 2})`}>
        <For each={sectors()}>
          {(part) => {
            const taxon = () => part.data.taxon
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: the list next to it has a button for each taxon
              <g class="sunburst-rings-sector" onClick={() => props.onFocus(taxon()?.id ?? null)}>
                <title>{nameOf(part)}</title>
                <path
                  class="sunburst-rings-shape"
                  style={{ '--hue': hue(part), '--share': SHARES[part.depth - 1] }}
                  d={shape().pathOf(part)}
                />
                <Show when={shape().isRoomy(part)}>
                  <text
                    class="sunburst-rings-name"
                    classList={{ italic: isItalic(taxon()?.rank ?? 'class') }}
                    transform={shape().labelOf(part)}
                    text-anchor="middle"
                    dominant-baseline="central"
                  >
                    {shape().fit(taxon()?.name ?? '')}
                  </text>
                </Show>
              </g>
            )
          }}
        </For>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the path above it has a button for each step up */}
        <g class="sunburst-rings-middle" onClick={() => props.onFocus(props.focus?.parentId ?? null)}>
          <circle r={shape().hole - 2} />
          <text class="sunburst-rings-total" text-anchor="middle" y="0">
            {count(props.total)}
          </text>
          <text text-anchor="middle" y="16">
            {props.total === 1 ? 'animal' : 'animals'}
          </text>
        </g>
      </g>
    </svg>
  )
}
