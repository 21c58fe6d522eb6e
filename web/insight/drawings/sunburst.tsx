// The animals by taxon: rings from the top rank outwards, and a list of the taxa below the one in the centre. An animal
// counts under its identification or else its suggestion.

import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js'
import type { TaxaInsight, TaxonCount } from '../../../api/contract/insight.ts'
import { ArrowUp, Filter, Images } from '../../icons/icons.ts'
import { count, counted } from '../../parts/format.ts'
import { isItalic } from '../../parts/taxon/ranks.ts'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import { hueAt } from '../hue.ts'
import { childrenIn, sizeOf } from './sunburst-layout.ts'
import { SunburstList } from './sunburst-list.tsx'
import { SunburstRings } from './sunburst-rings.tsx'
import '../../charts/legend.css'
import './sunburst.css'

export function Sunburst(props: {
  data: TaxaInsight
  width: number
  onOpen: (taxon: TaxonCount) => void
  onFilter: (taxonId: string) => void
}): JSX.Element {
  const [focusId, setFocusId] = createSignal<string | null>(null)
  const byId = createMemo(() => new Map(props.data.taxa.map((taxon) => [taxon.id, taxon])))
  const childrenOf = createMemo(() => childrenIn(props.data.taxa))
  const focus = () => byId().get(focusId() ?? '') ?? null
  createEffect(
    on(
      () => props.data,
      () => focusId() !== null && focus() === null && setFocusId(null),
    ),
  )
  const path = createMemo(() => {
    const steps: TaxonCount[] = []
    for (let at = focus(); at !== null; at = at.parentId === null ? null : (byId().get(at.parentId) ?? null))
      steps.unshift(at)
    return steps
  })
  const below = createMemo(() => childrenOf()(focusId()))
  const total = () => {
    const one = focus()
    return one === null ? props.data.animals - props.data.nameless : sizeOf(one)
  }
  return (
    <div class="sunburst">
      <Path steps={path()} onFocus={setFocusId} />
      <div class="sunburst-body">
        <SunburstRings
          focus={focus()}
          childrenOf={childrenOf()}
          side={Math.min(460, props.width < 720 ? props.width : props.width * 0.55)}
          total={total()}
          hueOf={(id) => hueAt(below().findIndex((taxon) => taxon.id === id))}
          onFocus={setFocusId}
        />
        <div class="sunburst-side">
          <header>
            <h3>
              <Show when={focus()} fallback="All animals">
                {(taxon) => <TaxonName taxon={taxon()} />}
              </Show>
            </h3>
            <Show when={focus()}>
              {(taxon) => (
                <div class="acts sunburst-acts">
                  <button type="button" class="button" onClick={() => setFocusId(taxon().parentId)}>
                    <ArrowUp size={15} /> Up
                  </button>
                  <button type="button" class="button" onClick={() => props.onOpen(taxon())}>
                    <Images size={15} /> Photos
                  </button>
                  <button type="button" class="button" onClick={() => props.onFilter(taxon().id)}>
                    <Filter size={15} /> Only this
                  </button>
                </div>
              )}
            </Show>
          </header>
          <SunburstList taxa={below()} total={total()} onFocus={setFocusId} />
          <Show when={props.data.nameless > 0 && focusId() === null}>
            <p class="legend">{counted(props.data.nameless, 'animal')} neither identified nor suggested.</p>
          </Show>
        </div>
      </div>
      <RankCounts ranks={props.data.ranks} />
    </div>
  )
}

/** The taxa from the top down to the one in the centre. */
function Path(props: { steps: readonly TaxonCount[]; onFocus: (taxonId: string | null) => void }): JSX.Element {
  return (
    <nav class="sunburst-path" aria-label="Place in the taxonomy">
      <button
        type="button"
        class="button quiet"
        disabled={props.steps.length === 0}
        onClick={() => props.onFocus(null)}
      >
        All animals
      </button>
      <For each={props.steps}>
        {(taxon) => (
          <>
            <span aria-hidden="true">›</span>
            <button
              type="button"
              class="button quiet"
              disabled={taxon.id === props.steps.at(-1)?.id}
              onClick={() => props.onFocus(taxon.id)}
            >
              <span classList={{ italic: isItalic(taxon.rank) }}>{taxon.name}</span>
            </button>
          </>
        )}
      </For>
    </nav>
  )
}

function RankCounts(props: { ranks: TaxaInsight['ranks'] }): JSX.Element {
  return (
    <dl class="sunburst-ranks">
      <For each={props.ranks}>
        {(rank) => (
          <div>
            <dt>{rank.rank}</dt>
            <dd>
              <strong>{count(rank.taxa)}</strong> {rank.taxa === 1 ? 'taxon' : 'taxa'}, {count(rank.animals)}{' '}
              {rank.animals === 1 ? 'animal' : 'animals'}
            </dd>
          </div>
        )}
      </For>
    </dl>
  )
}
