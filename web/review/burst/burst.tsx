// The burst: animals in photos taken shortly before and after, which usually show the same animal. People can open any
// of them or confirm all in one step. Those that look like something else are marked.

import { useQuery } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { Images, ListPlus } from '../../icons/icons.ts'
import { useActions } from '../../keys/use-actions.ts'
import { cameraTime, counted } from '../../parts/format.ts'
import { Tool } from '../../parts/tool.tsx'
import { accuracy } from '../../person/accuracy.ts'
import { mayAs } from '../../person/person.ts'
import { burst, tracks } from '../../server/boxes.ts'
import { dataOf } from '../../server/query-client.ts'
import { burstToConfirm, burstToObserve, isBurst, otherThan } from './burst-members.ts'
import { BurstWords } from './burst-words.tsx'
import { ObserveBurst } from './observe-burst.tsx'
import './burst.css'

export function Burst(props: {
  detectionId: string
  taxon: Taxon | null
  onOpen: (detectionId: string) => void
  onConfirm: () => void
}): JSX.Element {
  const asked = useQuery(() => burst(props.detectionId))
  const all = createMemo(() => dataOf(asked)?.items ?? [])
  const followed = useQuery(() => ({ ...tracks(props.detectionId, accuracy()), enabled: isBurst(all()) }))
  const animals = () => dataOf(followed)?.items ?? []
  const isOdd = (id: string) => animals().some(({ odd }) => odd.includes(id))
  const toObserve = createMemo(() => burstToObserve(all(), props.detectionId))
  const [observing, setObserving] = createSignal(false)
  useActions(() => (toObserve().length > 1 ? { observeBurst: () => setObserving(true) } : {}))
  const wanted = createMemo(() => burstToConfirm(all(), props.detectionId).length)
  let strip: HTMLOListElement | undefined
  createEffect(() => {
    const chosen = isBurst(all()) ? strip?.querySelector('[aria-current]') : null
    if (!strip || !chosen) return
    // `scrollIntoView` would scroll the page, too: a phone would open below the photo.
    const middle = (one: Element) => one.getBoundingClientRect().left + one.clientWidth / 2
    strip.scrollBy({ left: middle(chosen) - middle(strip) })
  })
  return (
    <Show when={isBurst(all())}>
      <section class="burst" aria-label={`Burst of ${all().length}`}>
        <BurstWords detectionId={props.detectionId} tracks={animals()} />
        <ol ref={strip} tabindex="-1">
          <For each={all()}>
            {(d, index) => {
              const other = () => otherThan(d, props.taxon)
              const words = () =>
                [
                  `${index() + 1} of ${all().length}`,
                  d.capturedAt === null ? null : cameraTime(d.capturedAt).slice(-8),
                  d.taxon === null ? null : `is ${d.taxon.name}`,
                  other() === null ? null : `looks like ${other()?.name}`,
                  isOdd(d.id) ? 'perhaps a second animal' : null,
                ]
                  .filter((word) => word !== null)
                  .join(', ')
              return (
                <li>
                  <button
                    type="button"
                    class="crop-choice burst-one"
                    classList={{ decided: d.taxon !== null || d.mark !== null, odd: other() !== null || isOdd(d.id) }}
                    aria-current={d.id === props.detectionId ? 'true' : undefined}
                    aria-label={words()}
                    title={words()}
                    onClick={() => props.onOpen(d.id)}
                  >
                    <img src={d.cropUrl} alt="" loading="lazy" />
                  </button>
                </li>
              )
            }}
          </For>
        </ol>
        <Show when={toObserve().length > 1 && mayAs('reviewer')}>
          <Tool
            name="observeBurst"
            icon={<ListPlus size={15} />}
            words="Observe all"
            onAct={() => setObserving(true)}
          />
        </Show>
        <Show when={mayAs('editor')}>
          <Tool
            name="burst"
            icon={<Images size={15} />}
            words={`Confirm all ${counted(wanted(), 'photo')}`}
            disabled={props.taxon === null || wanted() < 2}
            onAct={props.onConfirm}
          />
        </Show>
        <Show when={observing()}>
          <ObserveBurst members={toObserve()} onClose={() => setObserving(false)} />
        </Show>
      </section>
    </Show>
  )
}
