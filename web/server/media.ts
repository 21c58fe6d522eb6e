// Photos: pages of them, one with its detections, and changes to one.

import { queryOptions } from '@tanstack/solid-query'
import type { Media } from '../../api/contract/media.ts'
import { api, bodyOf } from './client.ts'
import { pagesOf } from './pages.ts'

export type MediaStatus = Media['status']

export const mediaPages = (status: MediaStatus | undefined) =>
  pagesOf(['media', status ?? 'all'], (cursor, init) =>
    bodyOf(api.media.$get({ query: { status, cursor, limit: '100' } }, init)),
  )

export const mediaOne = (id: string) =>
  queryOptions({
    queryKey: ['media-one', id],
    queryFn: ({ signal }) => bodyOf(api.media[':id'].$get({ param: { id } }, { init: { signal } })),
  })

type MediaChange = Parameters<(typeof api.media)[':id']['$patch']>[0]['json']
export const changeMedia = (id: string, change: MediaChange) =>
  bodyOf(api.media[':id'].$patch({ param: { id }, json: change }))

export const deleteMedia = (id: string) => api.media[':id'].$delete({ param: { id } })
export const retryMedia = (id: string) => bodyOf(api.media[':id'].retry.$post({ param: { id } }))
