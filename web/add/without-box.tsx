// Photos in which the detector found nothing, as small and as many as fit, those least like marked empty ones first.
// The detector misses animals, so people look at these photos until enough of a camera's are marked. A click keeps a
// photo.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, Show } from 'solid-js'
import { ArchiveX } from '../icons/icons.ts'
import { CropChoices, createLeftOut } from '../parts/crop-choices.tsx'
import { count, counted } from '../parts/format.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { MOST_AT_ONCE, markMany } from '../server/bulk.ts'
import { type TriggerScope, withoutBoxPages } from '../server/cohorts/false-triggers.ts'
import { refreshAll, tellSetAside } from './undo-last.ts'
import './false-triggers.css'

const PAGE = 200

export function WithoutBox(props: { photos: number; judged: number; scope: TriggerScope }): JSX.Element {
  const [open, setOpen] = createSignal(false)
  return (
    <section class="panel false-triggers-limit" aria-label="Photos without a box">
      <div class="ends wrapping false-triggers-sum">
        <p>
          <b>{counted(props.photos, 'photo')} without a box.</b> The detector found nothing in them, which is no proof:
          it misses animals.{' '}
          <Show
            when={props.judged > 0}
            fallback="They are not part of the limit below. Once five of a camera are marked empty, its others are judged by likeness to these."
          >
            {count(props.judged)} of them are judged by likeness to photos that were marked empty at their camera, and
            are part of the limit below.
          </Show>
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
  const pages = useInfiniteQuery(() => withoutBoxPages(props.scope, PAGE))
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
      <p class="false-triggers-none">
        Choose the photos that show an animal: they stay. Photos least like those that are marked empty come first.
      </p>
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
