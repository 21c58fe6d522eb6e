// Photos without an animal: what a threshold would set aside, its likeliest animals, photos without a box, and setting
// photos aside.

import { keepPreviousData, queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from '../client.ts'
import { pagesOf } from '../pages.ts'

export type TriggerScope = { importId?: string; deployment?: string }

export const falseTriggers = (threshold: number, scope: TriggerScope) =>
  queryOptions({
    queryKey: ['false-triggers', scope, threshold],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      bodyOf(
        api['false-triggers'].$get(
          { query: { ...scope, threshold: String(threshold), withoutBox: 'judged' } },
          { init: { signal } },
        ),
      ),
  })

/** Photos without a box, those least like empty ones first. */
export const withoutBoxPages = (scope: TriggerScope, limit: number) =>
  pagesOf(['false-triggers', 'without-box', scope, limit], (cursor, init) =>
    bodyOf(api['false-triggers']['without-box'].$get({ query: { ...scope, limit: String(limit), cursor } }, init)),
  )

export const setAside = (threshold: number, scope: TriggerScope) =>
  bodyOf(
    api['false-triggers'].$post({
      json: { ...scope, threshold, withoutBox: 'judged' },
      header: { 'idempotency-key': crypto.randomUUID() },
    }),
  )
