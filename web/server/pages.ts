// Lists that the service returns in pages.

import { infiniteQueryOptions } from '@tanstack/solid-query'

type Init = { init: { signal: AbortSignal } }

/** Each page is requested with the cursor of the page before it. */
export const pagesOf = <Page extends { nextCursor: string | null }>(
  queryKey: readonly unknown[],
  read: (cursor: string | undefined, init: Init) => Promise<Page>,
) =>
  infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined, // the first page has no cursor
    queryFn: ({ pageParam: cursor, signal }) => read(cursor, { init: { signal } }),
    getNextPageParam: (page) => page.nextCursor,
  })
