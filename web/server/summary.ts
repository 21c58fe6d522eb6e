// Counts of the whole installation.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'

const askSummary = (signal: AbortSignal) => bodyOf(api.summary.$get({}, { init: { signal } }))
export type Summary = Awaited<ReturnType<typeof askSummary>>

export const summary = () => queryOptions({ queryKey: ['summary'], queryFn: ({ signal }) => askSummary(signal) })

/** Requested once; afterwards events.ts keeps it up to date. */
export const tree = () =>
  queryOptions({
    queryKey: ['tree'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => bodyOf(api.tree.$get({}, { init: { signal } })),
  })
