// What photos lack and a person can say: when they were taken, and where their camera stood.

import { queryOptions } from '@tanstack/solid-query'
import type { MissingFacts } from '../../../api/contract/survey/missing.ts'
import { api, bodyOf } from '../client.ts'

export type { MissingFacts }

type Told = Parameters<typeof api.deployments.times.$post>[0]['json']

/** Of one import, or of all photos. */
export const missingFacts = (importId?: string) =>
  queryOptions({
    queryKey: ['deployments', 'missing', importId],
    queryFn: ({ signal }) =>
      bodyOf(
        api.deployments.missing.$get(
          { query: importId === undefined ? {} : { import: importId } },
          { init: { signal } },
        ),
      ),
  })

export const tellTimes = (json: Told) =>
  bodyOf(api.deployments.times.$post({ json, header: { 'idempotency-key': crypto.randomUUID() } }))
