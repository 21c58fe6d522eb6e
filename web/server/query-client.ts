// The cache between the API and the views. Answers are keyed by their nouns; a request that nobody needs any more is
// cancelled.

import { QueryClient } from '@tanstack/solid-query'
import { Problem } from './client.ts'

/** Client errors do not go away by waiting. */
const worthRetrying = (error: unknown) => !(error instanceof Problem) || error.status === 0 || error.status >= 500

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      reconcile: 'id',
      staleTime: 15_000,
      gcTime: 300_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 3 && worthRetrying(error),
      retryDelay: (count) => Math.min(500 * 2 ** count, 5_000),
    },
    mutations: { retry: false },
  },
})

/**
 * A query's data without suspending; undefined until it has arrived. One photo's view must never wait for another's.
 */
export const dataOf = <T>(query: { status: 'pending' | 'error' | 'success'; data: T | undefined }): T | undefined =>
  query.status === 'success' ? query.data : undefined

/** All items of the pages loaded so far. */
export const itemsOf = <T>(query: {
  status: 'pending' | 'error' | 'success'
  data: { pages: readonly { items: readonly T[] }[] } | undefined
}): T[] => (dataOf(query)?.pages ?? []).flatMap((page) => page.items)
