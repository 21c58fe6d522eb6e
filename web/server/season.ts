// What is left to do.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'
import { recount } from './insight.ts'

export const season = () =>
  queryOptions({
    queryKey: ['summary', 'season'],
    queryFn: ({ signal }) => bodyOf(api.season.$get({}, { init: { signal } })),
    refetchInterval: ({ state }) => recount(state.data?.mislabelledAt),
  })
