// One taxon: where it stands, its names, the photos that teach it, what its classifier knows, what was done to it, and what can be
// done.

import { A, useNavigate } from '@solidjs/router'
import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import { counted } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { NewTaxon } from '../parts/taxon/new-taxon.tsx'
import { isItalic } from '../parts/taxon/ranks.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { detectionPages } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import { taxonOne } from '../server/taxa.ts'
import { EditLog } from './edits/edit-log.tsx'
import { TaxonActions } from './taxon-actions.tsx'
import { TaxonKnowledge } from './taxon-knowledge.tsx'
import { TaxonNames } from './taxon-names.tsx'
import { TaxonRows } from './taxon-rows.tsx'

const SHOWN = 18

export function TaxonView(props: { id: string }): JSX.Element {
  const navigate = useNavigate()
  const found = useQuery(() => taxonOne(props.id))
  const examples = useInfiniteQuery(() =>
    detectionPages({ state: 'identified', order: 'newest', taxon: props.id }, SHOWN),
  )
  const crops = createMemo(() => dataOf(examples)?.pages[0]?.items ?? [])
  const [adding, setAdding] = createSignal(false)

  return (
    <Switch fallback={<div class="skeleton taxon-rows-skeleton" />}>
      <Match when={found.isError}>
        <Failure error={found.error} retry={() => void found.refetch()} />
      </Match>
      <Match when={dataOf(found)}>
        {(taxon) => (
          <article class="taxon">
            <nav class="taxon-path" aria-label="Where it belongs">
              <A href="/taxa" end>
                Taxa
              </A>
              <For each={taxon().path}>
                {(step) => (
                  <>
                    <span aria-hidden="true">›</span>
                    <A href={`/taxa/${step.id}`} classList={{ italic: isItalic(step.rank) }}>
                      {step.name}
                    </A>
                  </>
                )}
              </For>
            </nav>
            <header class="taxon-head">
              <div>
                <span class="overline">{taxon().rank}</span>
                <h2 class="taxon-title">
                  <TaxonName taxon={taxon()} size="xl" />
                </h2>
                <p class="taxon-facts">
                  {counted(taxon().photoCount, 'photo')}, {counted(taxon().exampleCount, 'example')}
                  <Show when={taxon().childCount > 0}>
                    , {counted(taxon().childCount, 'taxon', 'taxa')} directly below
                  </Show>
                  <Show when={taxon().needsPlacing}>
                    {' '}
                    <span class="chip ochre">needs placing</span>
                  </Show>
                  <Show when={!taxon().active}>
                    {' '}
                    <span class="chip rust">not suggested</span>
                  </Show>
                  <Show when={taxon().inactiveAbove}>
                    {(above) => (
                      <>
                        {' '}
                        <span class="chip rust">not suggested, because {above().name} is not</span>
                      </>
                    )}
                  </Show>
                </p>
                <TaxonNames taxon={taxon()} />
              </div>
              <div class="taxon-buttons">
                <A href={`/review?taxon=${taxon().id}`} class="button primary">
                  Review what may be it
                </A>
                <button type="button" class="button" onClick={() => setAdding(true)}>
                  Add below
                </button>
                <TaxonActions taxon={taxon()} />
              </div>
            </header>
            <Show when={crops().length > 0}>
              <section class="taxa-section">
                <h3 class="overline">Known photos</h3>
                <ul class="taxon-crops">
                  <For each={crops()}>
                    {(d) => (
                      <li>
                        <A href={`/review/${d.id}`} aria-label={`Known ${d.taxon?.name ?? taxon().name}`}>
                          <img src={d.cropUrl} alt="" loading="lazy" />
                        </A>
                      </li>
                    )}
                  </For>
                </ul>
              </section>
            </Show>
            <section class="taxa-section">
              <h3 class="overline">What its classifier knows</h3>
              <TaxonKnowledge id={taxon().id} />
            </section>
            <Show when={taxon().childCount > 0}>
              <section class="taxa-section below-it">
                <h3 class="overline">Below it</h3>
                <TaxonRows list={{ parent: taxon().id }} caption={`Below ${taxon().name}`} empty={null} />
              </section>
            </Show>
            <section class="taxa-section">
              <h3 class="overline">What was done to it</h3>
              <EditLog taxon={taxon().id} limit={8} empty="Nothing since the log began." />
            </section>
            <Show when={adding()}>
              <NewTaxon
                name=""
                path={[...taxon().path, taxon()]}
                onClose={() => setAdding(false)}
                onMade={(made) => {
                  setAdding(false)
                  navigate(`/taxa/${made.id}`)
                }}
              />
            </Show>
          </article>
        )}
      </Match>
    </Switch>
  )
}
