// All photos, newest first, in a grid that stays fast for any number; the filter selects those that wait or failed.

import { A, useSearchParams } from '@solidjs/router'
import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { createMemo, For, type JSX, Match, Switch } from 'solid-js'
import { Images } from '../icons/icons.ts'
import { count } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { type MediaStatus, mediaPages } from '../server/media.ts'
import { dataOf, itemsOf } from '../server/query-client.ts'
import { summary } from '../server/summary.ts'
import { FailedList } from './failed-list.tsx'
import { PhotoGrid } from './photo-grid.tsx'
import './photos.css'

const filters: readonly { name: string; status: MediaStatus | undefined }[] = [
  { name: 'All', status: undefined },
  { name: 'Ready', status: 'indexed' },
  { name: 'Waiting', status: 'queued' },
  { name: 'Failed', status: 'failed' },
]

export default function Photos(): JSX.Element {
  const [search] = useSearchParams<{ status?: string }>()
  const status = createMemo(() => filters.find((f) => f.status === search.status)?.status)
  const pages = useInfiniteQuery(() => mediaPages(status()))
  const totals = useQuery(summary)
  const items = createMemo(() => itemsOf(pages))
  const total = (of: MediaStatus | undefined) => {
    const media = dataOf(totals)?.media
    if (media === undefined) return ''
    return count(of === undefined ? media.queued + media.indexed + media.failed : media[of])
  }
  const more = () => {
    if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage()
  }

  return (
    <div class="page photos">
      <header class="page-head">
        <h1>Photos</h1>
        <nav class="segments" aria-label="State of the photos">
          <For each={filters}>
            {(filter) => (
              <a
                href={filter.status === undefined ? '/photos' : `/photos?status=${filter.status}`}
                aria-current={status() === filter.status ? 'page' : undefined}
              >
                {filter.name} <span class="photos-count">{total(filter.status)}</span>
              </a>
            )}
          </For>
        </nav>
      </header>
      <Switch fallback={<div class="photos-skeleton skeleton" />}>
        <Match when={pages.isError}>
          <Failure error={pages.error} retry={() => void pages.refetch()} />
        </Match>
        <Match when={pages.isSuccess && items().length === 0}>
          <Message
            icon={<Images size={26} />}
            title={
              status() === 'failed' ? 'No failed photos' : status() === 'queued' ? 'No waiting photos' : 'No photos yet'
            }
            actions={
              <A href="/add" class="button">
                Add photos
              </A>
            }
          >
            {status() === 'failed'
              ? 'Photos that cannot be read are listed here with the reason.'
              : 'The photos that you add appear here as they are processed.'}
          </Message>
        </Match>
        <Match when={status() === 'failed'}>
          <FailedList items={items()} more={more} hasMore={pages.hasNextPage} />
        </Match>
        <Match when={pages.isSuccess}>
          <PhotoGrid items={items()} onEnd={more} />
        </Match>
      </Switch>
    </div>
  )
}
