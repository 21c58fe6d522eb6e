// Counts of the whole installation, and whether this browser is signed in.

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

export const session = () =>
  queryOptions({
    queryKey: ['session'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => bodyOf(api.session.$get({}, { init: { signal } })),
  })

export const signIn = (token: string) => bodyOf(api.session.$post({ json: { token } }))
