// Cards of animals that fit no known taxon, and what people do with them.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from '../client.ts'

export const unknownCards = () =>
  queryOptions({
    queryKey: ['unknowns'],
    queryFn: ({ signal }) => bodyOf(api.unknowns.$get({ query: { limit: '30' } }, { init: { signal } })),
  })

const header = () => ({ 'idempotency-key': crypto.randomUUID() })

export const nameCard = (id: string, json: { name?: string; leaveOut: string[] }) =>
  bodyOf(api.unknowns[':id'].name.$post({ param: { id }, json, header: header() }))
export const joinCards = (id: string, intoId: string) =>
  bodyOf(api.unknowns[':id'].join.$post({ param: { id }, json: { intoId }, header: header() }))
export const splitCard = (id: string, detectionIds: string[]) =>
  bodyOf(api.unknowns[':id'].split.$post({ param: { id }, json: { detectionIds }, header: header() }))
export const dismissCard = (id: string) =>
  bodyOf(api.unknowns[':id'].dismiss.$post({ param: { id }, json: {}, header: header() }))
