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
  /** Counts of zero are left out: a newcomer should not have to read what is not there. */
  const counts = () => {
    const { counts, photos, known } = props.reading
    const here = photos.length === counts.photos ? 'all found here' : `${count(photos.length)} found here`
    const where = known.length > 0 ? `${here}, ${count(known.length)} imported before` : here
    const what = [
      counts.boxes > 0 ? counted(counts.boxes, 'box', 'boxes') : '',
      counts.verified > 0 ? `${counted(counts.verified, 'label')} by people, which teach` : '',
      counts.proposals > 0 ? `${counted(counts.proposals, 'proposal')} by machines, which wait for you` : '',
    ].filter(Boolean)
    return `${counted(counts.photos, 'photo')} in it: ${where}.${what.length > 0 ? ` ${what.join(', ')}.` : ''}`
  }
  return (
    <div class="reading-part">
      <For each={props.reading.formats}>
        {(format) => (
          <p>
            Recognised <b>{format.title}</b>
            <Show when={format.version}>{(version) => <> {version()}</>}</Show>
            <Show when={format.detector}>{(detector) => <>, boxes by {detector()}</>}</Show>
            <Show when={format.threshold}>{(threshold) => <>, from a confidence of {threshold()}</>}</Show>.
          </p>
        )}
      </For>
      <p>{counts()}</p>
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
