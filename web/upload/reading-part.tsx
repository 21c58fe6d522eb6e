// What was recognised of another program, before anything is sent: which format, how much is in it, what its names
// become, and what stays out.

import { createMemo, For, type JSX, Show } from 'solid-js'
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
  /** Two files may say the same in other words. */
  const names = createMemo(() => {
    const rows = new Map<string, { label: string; to: string; count: number }>()
    for (const name of props.reading.names) {
      const to = becomes(name)
      const key = `${name.label}\n${to}`
      rows.set(key, { label: name.label, to, count: name.count + (rows.get(key)?.count ?? 0) })
    }
    return [...rows.values()]
  })
  /** Counts of zero are left out: a newcomer should not have to read what is not there. */
  const counts = () => {
    const { counts, photos, known, deployments } = props.reading
    const some = photos.length > 0 ? count(photos.length) : 'none'
    const found = photos.length === counts.photos ? 'all found here' : `${some} found here`
    const before = known.length === counts.photos ? 'all imported before' : `${count(known.length)} imported before`
    const where = [photos.length > 0 || known.length === 0 ? found : '', known.length > 0 ? before : ''].filter(Boolean)
    const what = [
      counts.boxes > 0 ? counted(counts.boxes, 'box', 'boxes') : '',
      counts.verified > 0 ? `${counted(counts.verified, 'label')} by people, which teach` : '',
      counts.proposals > 0 ? `${counted(counts.proposals, 'proposal')} by machines, which wait for you` : '',
      deployments.length > 0 ? counted(deployments.length, 'deployment') : '',
    ].filter(Boolean)
    const photosOfIt = counts.photos > 0 ? `${counted(counts.photos, 'photo')} in it: ${where.join(', ')}.` : ''
    return [photosOfIt, what.length > 0 ? `${what.join(', ')}.` : ''].filter(Boolean).join(' ')
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
      <Show when={names().length > 0}>
        <ul class="reading-part-names" aria-label="What names become">
          <For each={names().slice(0, MOST_NAMES)}>
            {(name) => (
              <li>
                <span class="reading-part-name">{name.label}</span> → {name.to}{' '}
                <span class="reading-part-count">{count(name.count)}</span>
              </li>
            )}
          </For>
          <Show when={names().length > MOST_NAMES}>
            <li class="reading-part-more">and {count(names().length - MOST_NAMES)} more</li>
          </Show>
        </ul>
      </Show>
      <LeftOutList leftOut={props.reading.leftOut} />
    </div>
  )
}
