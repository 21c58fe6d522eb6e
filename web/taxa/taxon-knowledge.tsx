// What the classifier of one taxon knows: how well it recognises its own examples, what it confuses them with, which
// are clearest, and who taught it.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import type { Knowledge } from '../../api/contract/taxonomy.ts'
import { count, counted, probabilityText } from '../parts/format.ts'
import { Loaded } from '../parts/loaded.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { knowledgeOf } from '../server/taxonomy.ts'
import { ExampleCrops } from './example-crops.tsx'
import { Nothing } from './taxa-section.tsx'
import './taxon-knowledge.css'

export function TaxonKnowledge(props: { id: string }): JSX.Element {
  const known = useQuery(() => knowledgeOf(props.id))
  return (
    <Loaded query={known} fallback={<div class="skeleton taxon-knowledge-skeleton" />}>
      {(knowledge) => <Known knowledge={knowledge()} />}
    </Loaded>
  )
}

function Known(props: { knowledge: Knowledge }): JSX.Element {
  const share = (part: number, whole: number) => `${Math.round((100 * part) / Math.max(1, whole))} %`
  return (
    <Show
      when={props.knowledge.examples > 0}
      fallback={<Nothing>Nobody has identified a photo as this yet, so it is never suggested.</Nothing>}
    >
      <div class="taxon-knowledge">
        <div class="taxon-knowledge-fact">
          <strong>{share(props.knowledge.right, props.knowledge.looked)}</strong>
          <span>
            recognised: {count(props.knowledge.right)} of {counted(props.knowledge.looked, 'example')}, each tested
            without its own burst
          </span>
        </div>
        <Show when={props.knowledge.confusedWith.length > 0}>
          <div>
            <h4 class="overline">Most confused with</h4>
            <ul class="taxon-knowledge-list">
              <For each={props.knowledge.confusedWith}>
                {({ taxon, count: times }) => (
                  <li>
                    <A href={`/taxa/${taxon.id}`}>
                      <TaxonName taxon={taxon} common={false} />
                    </A>
                    <span>{counted(times, 'time')}</span>
                  </li>
                )}
              </For>
            </ul>
          </div>
        </Show>
        <Show when={props.knowledge.taughtBy.length > 0}>
          <div>
            <h4 class="overline">Taught by</h4>
            <ul class="taxon-knowledge-list">
              <For each={props.knowledge.taughtBy}>
                {({ person, examples }) => (
                  <li>
                    <span>{person}</span>
                    <span>{share(examples, props.knowledge.examples)}</span>
                  </li>
                )}
              </For>
            </ul>
          </div>
        </Show>
      </div>
      <Strip title="Best examples" examples={props.knowledge.best} />
      <Strip title="Doubtful examples" examples={props.knowledge.doubtful} />
    </Show>
  )
}

function Strip(props: { title: string; examples: Knowledge['best'] }): JSX.Element {
  return (
    <Show when={props.examples.length > 0}>
      <h4 class="overline">{props.title}</h4>
      <ExampleCrops
        items={props.examples}
        detectionId={(example) => example.detectionId}
        cropUrl={(example) => example.cropUrl}
        label={(example) => `Probability ${probabilityText(example.probability)}`}
        number={(example) => probabilityText(example.probability)}
      />
    </Show>
  )
}
