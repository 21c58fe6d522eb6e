// What was met at which station.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from '../client.ts'

export const places = () =>
  queryOptions({
    queryKey: ['places'],
    queryFn: ({ signal }) => bodyOf(api.places.$get({}, { init: { signal } })),
  })

export const heedPlaces = (heeded: boolean) => bodyOf(api.places.$put({ json: { heeded } }))
