// Detectors on one's own photos: the data set, comparisons and what a threshold does.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from '../client.ts'
import { queries } from '../query-client.ts'

const POLL_MS = 1000

export const detectorSet = () =>
  queryOptions({
    queryKey: ['models', 'set'],
    queryFn: ({ signal }) => bodyOf(api.detectors.set.$get({}, { init: { signal } })),
  })

/** The service looks at some photos again, so this is asked only when it is wanted. */
export const detectorExamples = (detector: string) =>
  queryOptions({
    queryKey: ['detector-examples', detector],
    staleTime: 600_000,
    queryFn: ({ signal }) => bodyOf(api.detectors.examples.$get({}, { init: { signal } })),
  })

export const comparing = () =>
  queryOptions({
    queryKey: ['models', 'compare'],
    queryFn: ({ signal }) => bodyOf(api.detectors.compare.$get({}, { init: { signal } })),
    refetchInterval: ({ state }) => (state.data?.running ? POLL_MS : false),
  })

export async function startComparing(json: { name: string; size?: number }): Promise<void> {
  queries.setQueryData(comparing().queryKey, await bodyOf(api.detectors.compare.$post({ json })))
}
