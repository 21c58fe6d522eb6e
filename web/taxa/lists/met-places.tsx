// What was met at which station, and whether suggestions heed it.

import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import { counted } from '../../parts/format.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { mayAs } from '../../person/person.ts'
import { dataOf } from '../../server/query-client.ts'
import { heedPlaces, places } from '../../server/survey/places.ts'
import { refetchAnswers } from '../../server/survey/species-lists.ts'
import './met-places.css'

export function MetPlaces(): JSX.Element {
  const found = useQuery(places)
  const choose = async (heeded: boolean) => {
    try {
      await heedPlaces(heeded)
    } catch (error) {
      notifyFailure('The choice could not be stored', error)
    }
    refetchAnswers()
  }
  return (
    <Show when={dataOf(found)}>
      {(now) => (
        <div class="met-places">
          <p class="met-places-words">
            What was confirmed at a station, and in which months, makes taxa more or less probable there. Where that
            changes an answer, it says what the picture alone suggests. Animals that look like a first record are in the
            queue <a href="/review?queue=firstHere">First here</a>.
          </p>
          <label class="met-places-choice">
            <input
              type="checkbox"
              checked={now().heeded}
              disabled={!mayAs('editor')}
              onChange={(event) => void choose(event.currentTarget.checked)}
            />{' '}
            Suggestions heed the station
          </label>
          <Show
            when={now().stations.length > 0}
            fallback={<p class="detail">Nothing is confirmed yet in photos that belong to a deployment.</p>}
          >
            <details>
              <summary>{counted(now().stations.length, 'station')} with confirmed animals</summary>
              <ul class="met-places-list">
                <For each={now().stations}>
                  {(one) => (
                    <li>
                      {one.station}
                      <span class="detail">
                        {counted(Math.round(one.events), 'event')} of {one.taxa === 1 ? '1 taxon' : `${one.taxa} taxa`}
                      </span>
                    </li>
                  )}
                </For>
              </ul>
            </details>
          </Show>
        </div>
      )}
    </Show>
  )
}
