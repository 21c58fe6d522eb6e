// The wall's pages. They are never refetched on their own, so the order does not change while somebody looks at them.

import { infiniteQueryOptions } from '@tanstack/solid-query'
import { type AnimalFilter, listed } from '../filter/filter.ts'
import { api, bodyOf } from '../server/client.ts'
import { pagesOf } from '../server/pages.ts'

export const orderNames = {
  similar: 'Look-alikes together',
  useful: 'Most useful first',
  unsure: 'Unsure first',
  confidence: 'By confidence',
  disagreement: 'By disagreement',
  newest: 'Newest first',
  oldest: 'Oldest first',
  unique: 'Unlike the others first',
  representative: 'Most typical first',
  hard: 'Hardest to tell first',
  duplicate: 'Near duplicates together',
  given: 'Best match first',
} as const
export type Order = keyof typeof orderNames
export const isOrder = (value: unknown): value is Order => typeof value === 'string' && Object.hasOwn(orderNames, value)

const PER_PAGE = 200

export const wallPages = (filter: AnimalFilter, order: Order | undefined) =>
  infiniteQueryOptions({
    ...pagesOf(['wall', filter, order ?? 'usual'], (cursor, init) => {
      // A selection shows all its animals, whether or not they wait in a queue; so do those that stand alike.
      const queue = filter.selection === undefined && filter.standing === undefined ? filter.queue : undefined
      const unlikely = queue === undefined ? 'show' : filter.unlikely
      const query = { ...listed({ ...filter, unlikely }), queue, order, cursor, limit: String(PER_PAGE) }
      return bodyOf(api.detections.$get({ query }, init))
    }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
