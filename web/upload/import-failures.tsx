// Photos that could not be imported, each with its reason, and a button to try again where that can help.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, Show } from 'solid-js'
import type { MediaItem } from '../../api/contract/media.ts'
import { RotateCcw } from '../icons/icons.ts'
import { count } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { mayAs } from '../person/person.ts'
import { importFailures } from '../server/exchange/imports.ts'
import { retryMedia } from '../server/media.ts'
import { itemsOf, queries } from '../server/query-client.ts'
import { FailureList } from './failure-list.tsx'
import './import-failures.css'

export function ImportFailures(props: {
  importId: string | null
  failed: number
  refused: readonly MediaItem[]
}): JSX.Element {
  const pages = useInfiniteQuery(() => ({
    ...importFailures(props.importId ?? ''),
    enabled: props.importId !== null && props.failed > 0,
  }))
  const items = createMemo(() => {
    const listed = itemsOf(pages)
    const names = new Set(listed.map((item) => item.filename))
    return [...listed, ...props.refused.filter((item) => !names.has(item.filename))]
  })
  const kept = createMemo(() => items().flatMap(({ id }) => id ?? []))
  const [busy, setBusy] = createSignal(false)
  const again = async (ids: readonly string[]) => {
    setBusy(true)
    try {
      for (const id of ids) await retryMedia(id)
    } catch (error) {
      notifyFailure('Some photos could not be queued again', error)
    }
    setBusy(false)
    for (const queryKey of [
      ['import-failures', props.importId],
      ['import', props.importId],
    ])
      await queries.invalidateQueries({ queryKey })
  }
  return (
    <>
      <Show when={pages.isError}>
        <Failure error={pages.error} retry={() => void pages.refetch()} />
      </Show>
      <Show when={items().length > 0}>
        <details class="import-failures" open={items().length <= 10}>
          <summary>
            {count(items().length)}
            {pages.hasNextPage ? '+' : ''} could not be imported
          </summary>
          <Show when={mayAs('editor') && kept().length > 1}>
            <button
              type="button"
              class="button import-failures-again"
              disabled={busy()}
              onClick={() => void again(kept())}
            >
              <RotateCcw size={14} /> Try these {count(kept().length)} again
            </button>
          </Show>
          <FailureList items={items()} busy={busy()} onRetry={({ id }) => void again([id])} />
          <ShowMore pages={pages} />
        </details>
      </Show>
    </>
  )
}
