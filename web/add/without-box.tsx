// Photos in which the detector found nothing, as small and as many as fit. The detector misses animals, so nobody
// should set these photos aside unseen. A click keeps a photo.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, Show } from 'solid-js'
import { ArchiveX } from '../icons/icons.ts'
import { CropChoices, createLeftOut } from '../parts/crop-choices.tsx'
import { count, counted } from '../parts/format.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { MOST_AT_ONCE, markMany } from '../server/bulk.ts'
import type { TriggerScope } from '../server/cohorts/false-triggers.ts'
import { detectionPages } from '../server/detections.ts'
import { refreshAll, tellSetAside } from './undo-last.ts'
import './false-triggers.css'

const PAGE = 200

export function WithoutBox(props: { photos: number; scope: TriggerScope }): JSX.Element {
  const [open, setOpen] = createSignal(false)
  return (
    <section class="panel false-triggers-limit" aria-label="Photos without a box">
      <div class="ends wrapping false-triggers-sum">
        <p>
          <b>{counted(props.photos, 'photo')} without a box.</b> The detector found nothing in them, which is no proof:
          it misses animals. They are not part of the limit below.
        </p>
        <button type="button" class="button" aria-expanded={open()} onClick={() => setOpen(!open())}>
          {open() ? 'Close' : 'Look through them'}
        </button>
      </div>
      <Show when={open()}>
        <Wall scope={props.scope} />
      </Show>
    </section>
  )
}

function Wall(props: { scope: TriggerScope }): JSX.Element {
  const pages = useInfiniteQuery(() => detectionPages({ queue: 'falseTrigger', ...props.scope }, PAGE))
  const photos = createMemo(() => (pages.data?.pages ?? []).flatMap(({ items }) => items))
  const keep = createLeftOut()
  const seen = () =>
    photos()
      .filter(({ id }) => !keep.leftOut().includes(id))
      .slice(0, MOST_AT_ONCE)
  const [busy, setBusy] = createSignal(false)
  const setAside = async () => {
    setBusy(true)
    try {
      const { action } = await markMany({ detectionIds: seen().map(({ id }) => id), mark: 'empty', on: true })
      tellSetAside(action)
    } catch (error) {
      notifyFailure('Nothing was set aside', error)
    }
    setBusy(false)
    refreshAll()
  }
  return (
    <>
      <p class="false-triggers-none">Choose the photos that show an animal: they stay.</p>
      <CropChoices
        tiles={photos()}
        dense
        leftOut={keep.leftOut()}
        onToggle={keep.toggle}
        label="Photos without a box"
        title="This photo shows an animal: keep it"
        word="stays"
      />
      <div class="ends wrapping false-triggers-sum">
        <ShowMore pages={pages} />
        <button
          type="button"
          class="button primary"
          disabled={busy() || seen().length === 0}
          onClick={() => void setAside()}
        >
          <ArchiveX size={16} /> Set {count(seen().length)} of these aside
        </button>
      </div>
    </>
  )
}
