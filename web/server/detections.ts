// Detections for the review: queues, one detection with its photo and history, and its current answer.

import { queryOptions } from '@tanstack/solid-query'
import type { Answer } from '../../api/contract/suggestion.ts'
import { accuracy } from '../person/accuracy.ts'
import { api, bodyOf, send } from './client.ts'
import { pagesOf } from './pages.ts'

type Asked = NonNullable<Parameters<typeof api.detections.$get>[0]['query']>
export type DetectionFilter = Omit<Asked, 'cursor' | 'limit'>

export const detectionPages = (filter: DetectionFilter, limit = 60) =>
  pagesOf(['detections', filter, limit], (cursor, init) =>
    bodyOf(api.detections.$get({ query: { ...filter, limit: String(limit), cursor } }, init)),
  )

type Narrowing = NonNullable<Parameters<typeof api.queues.$get>[0]['query']>

/** The size of each queue under the same filters. */
export const queueCounts = (narrowing: Narrowing) =>
  queryOptions({
    queryKey: ['queues', narrowing],
    queryFn: ({ signal }) => bodyOf(api.queues.$get({ query: narrowing }, { init: { signal } })),
  })

/** The values that lists can be filtered by. */
export const filterChoices = () =>
  queryOptions({
    queryKey: ['filters'],
    staleTime: 60_000,
    queryFn: ({ signal }) => bodyOf(api.filters.$get({}, { init: { signal } })),
  })

export const detection = (id: string) =>
  queryOptions({
    queryKey: ['detection', id],
    queryFn: ({ signal }) => bodyOf(api.detections[':id'].$get({ param: { id } }, { init: { signal } })),
  })

type AnswerOptions = { accuracy: number; limit: number; similar: number }

/** Five suggestions with three known photos each fit next to the photo and can be judged at a glance. */
export const answerOptions = (): AnswerOptions => ({ accuracy: accuracy(), limit: 5, similar: 3 })

/** The body is a photo or JSON, which the typed client cannot express. The shape of the answer is the route's own. */
async function ask(body: BodyInit, type: string, options: AnswerOptions, signal: AbortSignal): Promise<Answer> {
  const { accuracy, limit, similar } = options
  const query = new URLSearchParams({ accuracy: String(accuracy), limit: String(limit), similar: String(similar) })
  const init = { method: 'POST', headers: { 'Content-Type': type }, body, signal }
  return (await (await send(`/api/suggestions?${query}`, init)).json()) as Answer
}

/** The tree's current answer for a stored detection. The service leaves out its own example and its burst. */
export const answer = (id: string, options: AnswerOptions) =>
  queryOptions({
    queryKey: ['answer', id, options],
    staleTime: 60_000,
    queryFn: ({ signal }) => ask(JSON.stringify({ detectionId: id }), 'application/json', options, signal),
  })

/** The answer for a photo that is not stored. */
export const identifyPhoto = (photo: Blob, options: AnswerOptions, signal: AbortSignal): Promise<Answer> =>
  ask(photo, photo.type.startsWith('image/') ? photo.type : 'application/octet-stream', options, signal)
