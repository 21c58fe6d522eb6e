// The other half of a comparison: one known photo of the selected taxon, large, and the others to choose from.

import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Similar } from '../../../api/contract/suggestion.ts'
import { ImagePlay } from '../../icons/icons.ts'
import type { Suggestion } from '../../parts/answer/suggestion-list.tsx'
import { probabilityText } from '../../parts/format.ts'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import { Tool } from '../../parts/tool.tsx'
import './compare.css'

/** The known photo after the given one; after the last comes the first. */
export const knownAfter = ({ similar }: Suggestion, id: string | null): Similar | undefined =>
  similar[(similar.findIndex((s) => s.detectionId === id) + 1) % similar.length]

export function Compare(props: {
  suggestion: Suggestion
  /** The known photo shown. If it is not one of this taxon's, the most similar one is shown. */
  known: string | null
  onKnown: (detectionId: string) => void
}): JSX.Element {
  const shown = createMemo(
    () => props.suggestion.similar.find((s) => s.detectionId === props.known) ?? props.suggestion.similar[0],
  )
  return (
    <figure class="compare">
      <Show when={shown()} fallback={<p class="compare-none">No known photo of this taxon yet.</p>}>
        {(photo) => <img class="compare-photo" src={photo().cropUrl} alt={`Known ${props.suggestion.taxon.name}`} />}
      </Show>
      <figcaption class="compare-words">
        <span>
          known <TaxonName taxon={props.suggestion.taxon} common={false} />
        </span>
        <Show when={shown()}>{(photo) => <span>similarity {probabilityText(photo().similarity)}</span>}</Show>
      </figcaption>
      <Show when={props.suggestion.similar.length > 1}>
        <fieldset class="compare-others" aria-label="Known photos">
          <Tool
            name="nextKnown"
            icon={<ImagePlay size={15} />}
            onAct={() => {
              const next = knownAfter(props.suggestion, shown()?.detectionId ?? null)
              if (next !== undefined) props.onKnown(next.detectionId)
            }}
          />
          <For each={props.suggestion.similar}>
            {(similar, index) => (
              <button
                type="button"
                class="compare-other"
                aria-label={`Known photo ${index() + 1}, similarity ${probabilityText(similar.similarity)}`}
                aria-pressed={similar.detectionId === shown()?.detectionId}
                onClick={() => props.onKnown(similar.detectionId)}
              >
                <img src={similar.cropUrl} alt="" />
              </button>
            )}
          </For>
        </fieldset>
      </Show>
    </figure>
  )
}
