// Counts of the whole installation.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'

const askSummary = (signal: AbortSignal) => bodyOf(api.summary.$get({}, { init: { signal } }))
export type Summary = Awaited<ReturnType<typeof askSummary>>

/** Late counts are asked for again, until they are those of now. */
const LATE_MS = 1500

export const summary = () =>
  queryOptions<Summary>({
    queryKey: ['summary'],
    queryFn: ({ signal }) => askSummary(signal),
    refetchInterval: ({ state }) => (state.data?.isLate ? LATE_MS : false),
  })

/** Requested once; afterwards events.ts keeps it up to date. */
export const tree = () =>
  queryOptions({
    queryKey: ['tree'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => bodyOf(api.tree.$get({}, { init: { signal } })),
  })
