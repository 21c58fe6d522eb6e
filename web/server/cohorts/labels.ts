// Labels that are probably wrong, and what people say of them.

import { queryOptions } from '@tanstack/solid-query'
import type { NewLabels } from '../../../api/contract/cohorts/labels.ts'
import { api, bodyOf } from '../client.ts'

export type DoubtedFilter = NonNullable<Parameters<(typeof api.labels.doubted)['$get']>[0]['query']>

export const doubtedLabels = (filter: DoubtedFilter) =>
  queryOptions({
    queryKey: ['labels', filter],
    queryFn: ({ signal }) => bodyOf(api.labels.doubted.$get({ query: filter }, { init: { signal } })),
  })

const header = () => ({ 'idempotency-key': crypto.randomUUID() })

export const relabel = (json: NewLabels) => bodyOf(api.labels.$post({ json, header: header() }))
export const keepLabels = (detectionIds: string[]) =>
  bodyOf(api.labels.kept.$post({ json: { detectionIds }, header: header() }))
