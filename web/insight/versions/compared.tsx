// Two versions side by side on the photos by which both were judged: which ones got better, and which worse.

import { useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import { count, counted, percentText } from '../../parts/format.ts'
import { type ConfusionRank, judgedPhotos } from '../../server/models/versions.ts'
import { dataOf } from '../../server/query-client.ts'
import { JudgedPhotos } from './judged-photos.tsx'
import './compared.css'

const CHANGES = [
  { value: 'better', text: 'Better' },
  { value: 'worse', text: 'Worse' },
  { value: 'same', text: 'The same' },
] as const

const points = (gain: number) => `${gain > 0 ? '+' : ''}${(100 * gain).toFixed(1)}`

export function Compared(props: { version: string; against: string; rank: ConfusionRank }): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const change = () => CHANGES.find(({ value }) => value === search.change)?.value ?? 'better'
  const filter = () => ({ rank: props.rank, against: props.against, change: change() })
  // The same request as that of the photos below, so it is sent once.
  const query = useQuery(() => judgedPhotos(props.version, filter()))
  const paired = () => dataOf(query)?.paired
  return (
    <section class="part" aria-label={`Side by side with version ${props.against}`}>
      <h2>Side by side with version {props.against}</h2>
      <Show when={paired()}>
        {(figures) => (
          <p class="remark">
            {counted(figures().photos, 'photo')} judged by both: {percentText(figures().before)} right before,{' '}
            {percentText(figures().now)} now ({points(figures().gain)} points, 90 % interval {points(figures().low)} to{' '}
            {points(figures().high)}). {count(figures().better)} got better, {count(figures().worse)} worse.
          </p>
        )}
      </Show>
      <fieldset class="segments compared-changes" aria-label="Which photos">
        <For each={CHANGES}>
          {({ value, text }) => (
            <button
              type="button"
              aria-pressed={change() === value}
              onClick={() => setSearch({ change: value }, { scroll: false })}
            >
              {text}
            </button>
          )}
        </For>
      </fieldset>
      <JudgedPhotos version={props.version} filter={filter()} />
    </section>
  )
}
