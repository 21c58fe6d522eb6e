// Places where a camera's detector finds something again and again, and what people say of them.

import { queryOptions } from '@tanstack/solid-query'
import type { NewRepeat } from '../../../api/contract/cohorts/repeats.ts'
import { api, bodyOf } from '../client.ts'

export const repeats = (deployment: string | undefined) =>
  queryOptions({
    queryKey: ['repeats', deployment ?? null],
    queryFn: ({ signal }) => bodyOf(api.repeats.$get({ query: { deployment } }, { init: { signal } })),
  })

export const judgeRepeat = (json: NewRepeat) =>
  bodyOf(api.repeats.$post({ json, header: { 'idempotency-key': crypto.randomUUID() } }))
