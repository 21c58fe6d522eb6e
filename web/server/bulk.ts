// Many at once: which of them are the odd ones out, and what belongs to a burst.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'

/** The service takes so many in one step. */
export const MOST_AT_ONCE = 1000

export const bulkPreview = (detectionIds: readonly string[], taxonId: string | undefined) =>
  queryOptions({
    queryKey: ['bulk-preview', taxonId, detectionIds],
    gcTime: 0,
    queryFn: ({ signal }) =>
      bodyOf(
        api.identifications.bulk.preview.$post(
          { json: { detectionIds: [...detectionIds], taxonId } },
          { init: { signal } },
        ),
      ),
  })

/** The animals that count as one with it, itself among them. */
export const burstOf = async (id: string) =>
  (await bodyOf(api.detections[':id'].burst.$get({ param: { id } }))).items.filter(({ kind }) => kind === 'animal')

type Marks = Parameters<typeof api.marks.$post>[0]['json']
export type AnyMark = Marks['mark']

/** Says something other than a name of many animals, or of the photos that they are in, in one step. */
export const markMany = (marks: Marks) =>
  bodyOf(api.marks.$post({ json: marks, header: { 'idempotency-key': crypto.randomUUID() } }))
