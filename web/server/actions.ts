// The history: what people did, and taking it back. The service keeps it, so undo also reaches over a reload or to another browser.

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

/** Asked anew: what the page shows of it may be a moment old, and a reading of it may be broken off for a newer one. */
export const undoableNow = (signal?: AbortSignal) => bodyOf(api.actions.undoable.$get({}, { init: { signal } }))

export const undoAction = (id: string) => bodyOf(api.actions[':id'].undo.$post({ param: { id } }))
export const redoAction = (id: string) => bodyOf(api.actions[':id'].redo.$post({ param: { id } }))
