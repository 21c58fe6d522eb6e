// Lists that the service gives in pages.

import { infiniteQueryOptions } from '@tanstack/solid-query'

type Init = { init: { signal: AbortSignal } }

/** Each page is asked for with the cursor that the page before it gave. */
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
