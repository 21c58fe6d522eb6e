// The wall's pages. In: which animals, in which order. Out: pages that nobody's confirmation re-orders while they are looked at.

import { infiniteQueryOptions } from '@tanstack/solid-query'
import type { AnimalFilter } from '../filter/filter.ts'
import { api, bodyOf } from '../server/client.ts'

export const orderNames = {
  similar: 'Look-alikes together',
  unsure: 'Unsure first',
  confidence: 'By confidence',
  disagreement: 'By disagreement',
  newest: 'Newest first',
  oldest: 'Oldest first',
} as const
export type Order = keyof typeof orderNames
export const isOrder = (value: unknown): value is Order => typeof value === 'string' && Object.hasOwn(orderNames, value)

const PER_PAGE = 200

export const wallPages = (filter: AnimalFilter, order: Order | undefined) =>
  infiniteQueryOptions({
    queryKey: ['wall', filter, order ?? 'usual'],
    initialPageParam: undefined as string | undefined, // the first page has no cursor
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: ({ pageParam: cursor, signal }) => {
      // A selection is what somebody chose, whether it waits in a queue or not.
      const queue = filter.selection === undefined ? filter.queue : undefined
      const query = { ...filter, queue, order, cursor, limit: String(PER_PAGE) }
      return bodyOf(api.detections.$get({ query }, { init: { signal } }))
    },
    getNextPageParam: (page) => page.nextCursor,
  })
