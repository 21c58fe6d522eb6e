// What is left of an import, and accepting its sure suggestions.

import { keepPreviousData, queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from '../client.ts'

export const importState = (id: string, limit: number, seed: string) =>
  queryOptions({
    queryKey: ['import-state', id, limit, seed],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      bodyOf(
        api.imports[':id'].state.$get({ param: { id }, query: { limit: String(limit), seed } }, { init: { signal } }),
      ),
  })

export const acceptSure = (id: string, limit: number, but: readonly string[]) =>
  bodyOf(
    api.imports[':id'].accept.$post({
      param: { id },
      json: { limit, but: [...but] },
      header: { 'idempotency-key': crypto.randomUUID() },
    }),
  )
