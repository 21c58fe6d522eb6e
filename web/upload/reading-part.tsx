// What was recognised of another program, before anything is sent: which format, how much is in it, what its names
// become, and what stays out.

import { For, type JSX, Show } from 'solid-js'
import type { Reading } from '../../api/contract/exchange/reading.ts'
import { count, counted } from '../parts/format.ts'
import { LeftOutList } from './left-out/left-out-list.tsx'
import './reading-part.css'

const MOST_NAMES = 12

export function ReadingPart(props: { reading: Reading }): JSX.Element {
  const becomes = ({ becomes: what, name, verified }: Reading['names'][number]) => {
    if (what === 'known') return name ?? ''
    if (name !== null) return `${name} (a new taxon)`
    return verified ? 'a new taxon' : 'left out, because no taxon has this name'
  }
  return (
    <div class="reading-part">
      <For each={props.reading.formats}>
        {(format) => (
          <p>
            Recognised <b>{format.title}</b> {format.version ?? ''}
            <Show when={format.detector}>{(detector) => <>, boxes by {detector()}</>}</Show>
            <Show when={format.threshold}>{(threshold) => <>, from a confidence of {threshold()}</>}</Show>.
          </p>
        )}
      </For>
      <p>
        {counted(props.reading.counts.photos, 'photo')} in it: {count(props.reading.photos.length)} found here,{' '}
        {count(props.reading.known.length)} imported before. {counted(props.reading.counts.boxes, 'box', 'boxes')},{' '}
        {counted(props.reading.counts.verified, 'label')} by people, which teach,{' '}
        {counted(props.reading.counts.proposals, 'proposal')} by machines, which wait for you.
      </p>
      <Show when={props.reading.names.length > 0}>
        <ul class="reading-part-names" aria-label="What names become">
          <For each={props.reading.names.slice(0, MOST_NAMES)}>
            {(name) => (
              <li>
                <span class="reading-part-name">{name.label}</span> → {becomes(name)}{' '}
                <span class="reading-part-count">{count(name.count)}</span>
              </li>
            )}
          </For>
          <Show when={props.reading.names.length > MOST_NAMES}>
            <li class="reading-part-more">and {count(props.reading.names.length - MOST_NAMES)} more</li>
          </Show>
        </ul>
      </Show>
      <LeftOutList leftOut={props.reading.leftOut} />
    </div>
  )
}
