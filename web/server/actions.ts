// The history: what people did, and taking it back. The service keeps it, so undo also reaches over a reload or to another browser.

import { infiniteQueryOptions, queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'

type Asked = NonNullable<Parameters<typeof api.actions.$get>[0]['query']>
export type ActionFilter = Omit<Asked, 'cursor' | 'limit'>

export const actionPages = (filter: ActionFilter, limit = 50) =>
  infiniteQueryOptions({
    queryKey: ['actions', filter, limit],
    initialPageParam: undefined as string | undefined, // the first page has no cursor
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(api.actions.$get({ query: { ...filter, limit: String(limit), cursor } }, { init: { signal } })),
    getNextPageParam: (page) => page.nextCursor,
  })

/** What undo and redo would do next for this person. */
export const undoable = (person: string) =>
  queryOptions({
    queryKey: ['undoable', person],
    queryFn: ({ signal }) => undoableNow(signal),
  })

/** Asked anew: what the page shows of it may be a moment old, and a reading of it may be broken off for a newer one. */
export const undoableNow = (signal?: AbortSignal) => bodyOf(api.actions.undoable.$get({}, { init: { signal } }))

export const undoAction = (id: string) => bodyOf(api.actions[':id'].undo.$post({ param: { id } }))
export const redoAction = (id: string) => bodyOf(api.actions[':id'].redo.$post({ param: { id } }))
