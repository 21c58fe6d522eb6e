// What the answer would be if nothing were known of the place. Shown wherever that changes it.

import { type JSX, Show } from 'solid-js'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import { counted, percentText } from '../format.ts'
import { TaxonName } from '../taxon/taxon-name.tsx'
import { AnswerNote } from './answer-panel.tsx'
import { isWorthNaming } from './words.ts'

/** Fewer events do not show what is usual at a station. */
const FEWEST_EVENTS = 10

/** The place changes which taxon comes first, or this one was never met there. */
function matters({ place, suggestions }: Pick<AnsweredDetection, 'place' | 'suggestions'>): boolean {
  if (!place || !isWorthNaming(place.without.probability)) return false
  const isFirstHere = place.without.events === 0 && place.events >= FEWEST_EVENTS
  return isFirstHere || place.without.taxon.id !== suggestions[0]?.taxon.id
}

export function PlaceNote(props: { answer: Pick<AnsweredDetection, 'place' | 'suggestions'> }): JSX.Element {
  return (
    <Show when={matters(props.answer) && props.answer.place}>
      {(place) => (
        <AnswerNote>
          Without the place: <TaxonName taxon={place().without.taxon} common={false} inline />{' '}
          {percentText(place().without.probability)},{' '}
          {place().without.events > 0
            ? `rarer at ${place().station}`
            : `never confirmed at ${place().station} (${counted(Math.round(place().events), 'event')})`}
          .
        </AnswerNote>
      )}
    </Show>
  )
}
