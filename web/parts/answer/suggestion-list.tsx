// The suggestions, each with its probability and its most similar known photos, so that people see evidence for the
// rivals too. Enter confirms the selected one.

import { For, type JSX, Show } from 'solid-js'
import type { AnsweredDetection, Similar } from '../../../api/contract/suggestion.ts'
import { picks } from '../../keys/actions.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { counted, percentText, probabilityText } from '../format.ts'
import { TaxonName } from '../taxon/taxon-name.tsx'
import { ProbabilityBar } from './probability-bar.tsx'
import './suggestion-list.css'

export type Suggestion = AnsweredDetection['suggestions'][number]

function evidenceWords({ examples, nearest }: Suggestion['evidence']): string {
  const known = examples === 0 ? 'no known photo' : counted(examples, 'known photo')
  return nearest ? `${known}, the most similar of all` : known
}

export function SuggestionList(props: {
  suggestions: readonly Suggestion[]
  selected?: string | null
  onSelect?: (suggestion: Suggestion) => void
  onConfirm?: (suggestion: Suggestion) => void
  onCompare?: (suggestion: Suggestion, similar: Similar) => void
}): JSX.Element {
  return (
    <ol class="suggestion-list" aria-label="Suggestions">
      <For each={props.suggestions}>
        {(suggestion, index) => (
          <li class="suggestion-list-item" classList={{ selected: suggestion.taxon.id === props.selected }}>
            <button
              type="button"
              class="suggestion-list-button"
              aria-pressed={props.onSelect === undefined ? undefined : suggestion.taxon.id === props.selected}
              disabled={props.onSelect === undefined}
              onClick={() => props.onSelect?.(suggestion)}
              onDblClick={() => props.onConfirm?.(suggestion)}
            >
              <Show when={props.onSelect}>
                <Show when={picks[index()]}>{(name) => <KeyHint action={name()} />}</Show>
              </Show>
              <span class="suggestion-list-words">
                <TaxonName taxon={suggestion.taxon} />
                <span class="suggestion-list-measure">
                  <ProbabilityBar probability={suggestion.probability} />
                  <span class="suggestion-list-number">{percentText(suggestion.probability)}</span>
                </span>
                <span class="detail fine">{evidenceWords(suggestion.evidence)}</span>
              </span>
            </button>
            <ul class="suggestion-list-photos">
              <For each={suggestion.similar.slice(0, 3)}>
                {(similar) => (
                  <li>
                    <button
                      type="button"
                      disabled={props.onCompare === undefined}
                      onClick={() => props.onCompare?.(suggestion, similar)}
                      aria-label={`Compare with a known ${suggestion.taxon.name}, similarity ${probabilityText(similar.similarity)}`}
                    >
                      <img src={similar.cropUrl} alt="" loading="lazy" decoding="async" />
                      <span>{probabilityText(similar.similarity)}</span>
                    </button>
                  </li>
                )}
              </For>
            </ul>
          </li>
        )}
      </For>
    </ol>
  )
}
