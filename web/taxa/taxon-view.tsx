// One taxon: its place, its names, its examples, what its classifier knows, its history and its actions.

import { A, useNavigate } from '@solidjs/router'
import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { counted } from '../parts/format.ts'
import { Loaded } from '../parts/loaded.tsx'
import { usePageTitle } from '../parts/page-title.ts'
import { NewTaxon } from '../parts/taxon/new-taxon.tsx'
import { isItalic } from '../parts/taxon/ranks.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { mayAs } from '../person/person.ts'
import { detectionPages } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import { taxonOne } from '../server/taxa.ts'
import { EditLog } from './edits/edit-log.tsx'
import { placesText } from './edits/place-words.ts'
import { ExampleCrops } from './example-crops.tsx'
import { TaxaSection } from './taxa-section.tsx'
import { TaxonActions } from './taxon-actions.tsx'
import { TaxonKnowledge } from './taxon-knowledge.tsx'
import { TaxonNames } from './taxon-names.tsx'
import { TaxonRows } from './taxon-rows.tsx'
import './taxon-view.css'

const SHOWN = 18

export function TaxonView(props: { id: string }): JSX.Element {
  const navigate = useNavigate()
  const found = useQuery(() => taxonOne(props.id))
  const examples = useInfiniteQuery(() =>
    detectionPages({ state: 'identified', order: 'newest', taxon: props.id }, SHOWN),
  )
  usePageTitle(() => dataOf(found)?.name)
  const crops = createMemo(() => dataOf(examples)?.pages[0]?.items ?? [])
  const [adding, setAdding] = createSignal(false)

  return (
    <Loaded query={found} fallback={<div class="skeleton taxon-view-skeleton" />}>
      {(taxon) => (
        <article class="taxon-view">
          <nav class="taxon-view-path" aria-label="Place in the taxonomy">
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
          <header class="ends wrapping taxon-view-head">
            <div>
              <span class="overline">{taxon().rank}</span>
              <h2>
                <TaxonName taxon={taxon()} size="xl" />
              </h2>
              <p class="below-head">
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
                <Show when={taxon().placeRule ?? taxon().placeRuleAbove}>
                  {(rule) => (
                    <>
                      {' '}
                      <span class="chip ochre">{placesText(rule())}</span>
                    </>
                  )}
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
            <div class="acts">
              <A href={`/review?taxon=${taxon().id}`} class="button primary">
                Review suggestions
              </A>
              <Show when={mayAs('editor')}>
                <button type="button" class="button" onClick={() => setAdding(true)}>
                  Add a taxon below
                </button>
                <TaxonActions taxon={taxon()} />
              </Show>
            </div>
          </header>
          <Show when={crops().length > 0}>
            <TaxaSection minor title="Known photos">
              <ExampleCrops
                items={crops()}
                detectionId={(d) => d.id}
                cropUrl={(d) => d.cropUrl}
                label={(d) => `Known ${d.taxon?.name ?? taxon().name}`}
              />
            </TaxaSection>
          </Show>
          <TaxaSection minor title="What the classifier knows">
            <TaxonKnowledge id={taxon().id} />
          </TaxaSection>
          <Show when={taxon().childCount > 0}>
            <div class="taxon-view-below">
              <TaxaSection minor title="Taxa below">
                <TaxonRows list={{ parent: taxon().id }} caption={`Below ${taxon().name}`} empty={null} />
              </TaxaSection>
            </div>
          </Show>
          <TaxaSection minor title="Edits">
            <EditLog taxon={taxon().id} limit={8} empty="No edits yet." />
          </TaxaSection>
          <Show when={adding()}>
            <NewTaxon
              name=""
              path={[...taxon().path, taxon()]}
              below
              onClose={() => setAdding(false)}
              onMade={(made) => {
                setAdding(false)
                navigate(`/taxa/${made.id}`)
              }}
            />
          </Show>
        </article>
      )}
    </Loaded>
  )
}
