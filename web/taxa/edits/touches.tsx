// What an edit changes: counts, and animals with their suggestion before and after.

import { A } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import type { Touched } from '../../../api/contract/taxonomy.ts'
import { count, counted, probabilityText } from '../../parts/format.ts'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import './touches.css'

const SHOWN = 4

type Said = NonNullable<Touched['suggestions']>['items'][number]['before']

export function TouchesPanel(props: { touches: Touched }): JSX.Element {
  const suggestions = () => props.touches.suggestions
  return (
    <div class="touches">
      <ul class="touches-counts">
        <Fact number={props.touches.taxa} one="taxon changes" many="taxa change" />
        <Fact number={props.touches.children} one="taxon below" many="taxa below" />
        <Fact number={props.touches.photos} one="photo" many="photos" />
        <Fact number={props.touches.identifications} one="identification" many="identifications" />
        <Show when={props.touches.moved > 0}>
          <Fact number={props.touches.moved} one="names another taxon" many="name another taxon" />
        </Show>
      </ul>
      <Show when={suggestions()}>
        {(said) => (
          <>
            <p class="detail">
              <Show when={said().looked > 0} fallback="No animal has this suggestion yet.">
                Of {counted(said().looked, 'animal')} checked, {count(said().changed)}{' '}
                {said().changed === 1 ? 'gets another suggestion' : 'get another suggestion'}.
              </Show>
            </p>
            <ul class="touches-samples">
              <For each={said().items.slice(0, SHOWN)}>
                {(item) => (
                  <li>
                    <A href={`/review/${item.detectionId}`} tabindex={-1} aria-hidden="true">
                      <img class="thumb" src={item.cropUrl} alt="" loading="lazy" />
                    </A>
                    <SaidLine said={item.before} />
                    <span class="detail fine" role="img" aria-label="becomes">
                      →
                    </span>
                    <SaidLine said={item.after} />
                  </li>
                )}
              </For>
            </ul>
          </>
        )}
      </Show>
    </div>
  )
}

function Fact(props: { number: number; one: string; many: string }): JSX.Element {
  return (
    <li>
      <strong>{count(props.number)}</strong> {props.number === 1 ? props.one : props.many}
    </li>
  )
}

function SaidLine(props: { said: Said }): JSX.Element {
  return (
    <span class="touches-said">
      <Show when={props.said} fallback="no suggestion">
        {(said) => (
          <>
            <TaxonName taxon={said().taxon} common={false} />
            <span class="detail fine">
              {said().taxon.path.at(-2)?.name ?? said().taxon.path.at(-1)?.name ?? ''} ·{' '}
              {probabilityText(said().probability)}
            </span>
          </>
        )}
      </Show>
    </span>
  )
}
