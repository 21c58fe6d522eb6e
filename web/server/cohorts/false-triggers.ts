// Photos without an animal: what a threshold would set aside, its likeliest animals, and setting the photos aside.

import { keepPreviousData, queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from '../client.ts'

export type TriggerScope = { importId?: string; deployment?: string }

export const falseTriggers = (threshold: number, scope: TriggerScope) =>
  queryOptions({
    queryKey: ['false-triggers', scope, threshold],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      bodyOf(
        api['false-triggers'].$get(
          { query: { ...scope, threshold: String(threshold), withoutBox: 'false' } },
          { init: { signal } },
        ),
      ),
  })

export const setAside = (threshold: number, scope: TriggerScope) =>
  bodyOf(
    api['false-triggers'].$post({
      json: { ...scope, threshold, withoutBox: false },
      header: { 'idempotency-key': crypto.randomUUID() },
    }),
  )
