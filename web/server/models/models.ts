// Models of this installation: the list, their check, changing to another one, adding a file, and the catalogue.

import { queryOptions } from '@tanstack/solid-query'
import type { AddedModel, ModelUse } from '../../../api/contract/models/model.ts'
import { person } from '../../person/person.ts'
import { api, bodyOf, headerSafe, Problem } from '../client.ts'
import { queries } from '../query-client.ts'

/** How often a change or a fetch under way is asked about. */
const POLL_MS = 1000

export const modelList = () =>
  queryOptions({
    queryKey: ['models'],
    queryFn: ({ signal }) => bodyOf(api.models.$get({}, { init: { signal } })),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ switching }) => switching !== null) === true ? POLL_MS : false,
  })

/** Opens both models once more, which takes a moment, so the answer is kept. */
export const modelCheck = () =>
  queryOptions({
    queryKey: ['models', 'check'],
    staleTime: 300_000,
    queryFn: ({ signal }) => bodyOf(api.models.check.$get({}, { init: { signal } })),
  })

export const modelCatalogue = () =>
  queryOptions({
    queryKey: ['models', 'catalogue'],
    queryFn: ({ signal }) => bodyOf(api.models.catalogue.$get({}, { init: { signal } })),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ fetching }) => fetching?.state === 'fetching' || fetching?.state === 'adding') === true
        ? POLL_MS
        : false,
  })

const afterwards = async <T>(work: Promise<T>): Promise<T> => {
  const done = await work
  await queries.invalidateQueries({ queryKey: ['models'] })
  return done
}

export const applyModel = (json: ModelUse) => afterwards(bodyOf(api.models.use.$post({ json })))
export const fetchModel = (name: string) => afterwards(bodyOf(api.models.catalogue[':name'].$post({ param: { name } })))
export const stopFetching = (name: string) => afterwards(api.models.catalogue[':name'].$delete({ param: { name } }))

export type NewModelFile = { files: readonly File[]; name: string; licence: string; source: string }

/** With `fetch` nobody hears how much of a body was sent, so this uses the older way. */
export function sendModel(
  { files, ...fields }: NewModelFile,
  onProgress: (sent: number, total: number) => void,
): Promise<AddedModel> {
  const body = new FormData()
  for (const [key, value] of Object.entries(fields)) if (value !== '') body.append(key, value)
  for (const file of files) body.append('file', file, file.name)
  const sent = new Promise<AddedModel>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/api/models')
    request.setRequestHeader('Clavis-Person', headerSafe(person()))
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    request.onerror = () => reject(new Problem(0, 'The connection to the service ended. Try again.'))
    request.onload = () => {
      const { status, response } = request
      if (status === 201)
        resolve(response as AddedModel) // POST /api/models
      else reject(new Problem(status, response?.detail ?? 'The file could not be added.'))
    }
    request.send(body)
  })
  return afterwards(sent)
}
