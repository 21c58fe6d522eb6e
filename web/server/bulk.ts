// Requests about many animals at once: previews with outliers, bursts and marks.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'

/** The most animals that the service accepts in one step. */
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

/** The animals of the same burst, including this one. */
export const burstOf = async (id: string) =>
  (await bodyOf(api.detections[':id'].burst.$get({ param: { id } }))).items.filter(({ kind }) => kind === 'animal')

type Marks = Parameters<typeof api.marks.$post>[0]['json']
export type AnyMark = Marks['mark']

/** Marks many animals, or the photos they are in, in one step. */
export const markMany = (marks: Marks) =>
  bodyOf(api.marks.$post({ json: marks, header: { 'idempotency-key': crypto.randomUUID() } }))
