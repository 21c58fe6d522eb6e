// What all photos of a burst say together of the animal under review.

import { type JSX, Show } from 'solid-js'
import type { Track } from '../../../api/contract/suggestion.ts'
import { probabilityText } from '../../parts/format.ts'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import './burst-words.css'

export function BurstWords(props: { detectionId: string; tracks: readonly Track[] }): JSX.Element {
  const own = () => props.tracks.find(({ detectionIds }) => detectionIds.includes(props.detectionId))
  const others = () => props.tracks.length - 1
  return (
    <Show when={own()}>
      {(track) => (
        <p class="burst-words">
          <Show when={track().detectionIds.length > 1} fallback="Only this photo shows this animal.">
            <span>From {track().detectionIds.length} photos: </span>
            <Show when={track().stop} fallback="no rank is sure enough.">
              {(stop) => (
                <>
                  <TaxonName taxon={stop().taxon} /> {probabilityText(stop().probability)}
                </>
              )}
            </Show>
          </Show>
          <Show when={others() > 0}>
            {' '}
            {others() === 1 ? 'Another animal is' : `${others()} other animals are`} in the burst.
          </Show>
          <Show when={track().odd.length > 0}>
            {' '}
            <strong>
              {track().odd.length === 1 ? 'One photo says' : `${track().odd.length} photos say`} something else: perhaps
              a second animal.
            </strong>
          </Show>
        </p>
      )}
    </Show>
  )
}
