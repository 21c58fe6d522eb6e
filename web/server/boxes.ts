// Changing boxes and marks, for example of an animal that the detector missed or a box in the wrong place.

import { queryOptions } from '@tanstack/solid-query'
import type { Detection } from '../../api/contract/detection.ts'
import { api, bodyOf } from './client.ts'

export const makeDetection = (mediaId: string, bbox: Detection['bbox']) =>
  bodyOf(api.detections.$post({ json: { mediaId, bbox }, header: { 'idempotency-key': crypto.randomUUID() } }))

type Change = Parameters<(typeof api.detections)[':id']['$patch']>[0]['json']
export const changeDetection = (id: string, change: Change) =>
  bodyOf(api.detections[':id'].$patch({ param: { id }, json: change }))

export const deleteDetection = (id: string) => bodyOf(api.detections[':id'].$delete({ param: { id } }))

/** The animals of the photos in the same burst. */
export const burst = (id: string) =>
  queryOptions({
    queryKey: ['burst', id],
    queryFn: ({ signal }) => bodyOf(api.detections[':id'].burst.$get({ param: { id } }, { init: { signal } })),
  })

/** The animals of the burst, each answered as one from all its photos. */
export const tracks = (id: string, accuracy: number) =>
  queryOptions({
    queryKey: ['burst', id, 'tracks', accuracy],
    queryFn: ({ signal }) =>
      bodyOf(
        api.detections[':id'].tracks.$get(
          { param: { id }, query: { accuracy: String(accuracy) } },
          { init: { signal } },
        ),
      ),
  })
