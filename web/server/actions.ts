// The history: what people did, and undoing it. The service stores it, so undo works after a reload and in another
// browser.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'
import { pagesOf } from './pages.ts'

type Asked = NonNullable<Parameters<typeof api.actions.$get>[0]['query']>
export type ActionFilter = Omit<Asked, 'cursor' | 'limit'>

export const actionPages = (filter: ActionFilter, limit = 50) =>
  pagesOf(['actions', filter, limit], (cursor, init) =>
    bodyOf(api.actions.$get({ query: { ...filter, limit: String(limit), cursor } }, init)),
  )

/** What undo and redo would do next for this person. */
export const undoable = (person: string) =>
  queryOptions({
    queryKey: ['undoable', person],
    queryFn: ({ signal }) => undoableNow(signal),
  })

/** Requested without the cache: the cached value can be outdated, and a newer request can cancel a running one. */
export const undoableNow = (signal?: AbortSignal) => bodyOf(api.actions.undoable.$get({}, { init: { signal } }))

export const undoAction = (id: string) => bodyOf(api.actions[':id'].undo.$post({ param: { id } }))
export const redoAction = (id: string) => bodyOf(api.actions[':id'].redo.$post({ param: { id } }))
