// What people saw of an animal besides its taxon, and the fields that the project adds to it.

import { queryOptions } from '@tanstack/solid-query'
import type { NewObservation } from '../../../api/contract/survey/observation.ts'
import type { OwnFields } from '../../../api/contract/survey/own-field.ts'
import { api, bodyOf } from '../client.ts'
import { queries } from '../query-client.ts'

export type { OwnFields }
/** Fields that are left out stay as they are. */
export type Said = Partial<Omit<NewObservation, 'detectionIds'>>

export const observe = (detectionIds: string[], said: Said) =>
  bodyOf(
    api.observations.$post({ json: { detectionIds, ...said }, header: { 'idempotency-key': crypto.randomUUID() } }),
  )

export const ownFields = () =>
  queryOptions({
    queryKey: ['own-fields'],
    staleTime: 60_000,
    queryFn: ({ signal }) => bodyOf(api.observations.fields.$get({}, { init: { signal } })),
  })

type Defined = Parameters<typeof api.observations.fields.$put>[0]['json']

export async function defineFields(json: Defined) {
  const answer = await bodyOf(api.observations.fields.$put({ json }))
  await queries.invalidateQueries({ queryKey: ownFields().queryKey })
  return answer
}
