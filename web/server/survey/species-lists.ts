// Species lists: what lives where.

import { queryOptions } from '@tanstack/solid-query'
import type { Checklist, SpeciesList } from '../../../api/contract/survey/species-list.ts'
import { api, bodyOf, send } from '../client.ts'
import { queries } from '../query-client.ts'

export type { Checklist, SpeciesList }
export type ListForm = Pick<SpeciesList, 'name' | 'taxonIds' | 'deploymentIds'>

const lists = api['species-lists']

export const speciesLists = () =>
  queryOptions({
    queryKey: ['species-lists'],
    queryFn: ({ signal }) => bodyOf(lists.$get({}, { init: { signal } })),
  })

export const taxaOfList = (id: string) =>
  queryOptions({
    queryKey: ['species-lists', id, 'taxa'],
    queryFn: ({ signal }) => bodyOf(lists[':id'].taxa.$get({ param: { id } }, { init: { signal } })),
  })

export const addList = (json: ListForm) => bodyOf(lists.$post({ json, header: {} }))
export const changeList = (id: string, json: ListForm & { revision: number }) =>
  bodyOf(lists[':id'].$patch({ param: { id }, json }))
export const removeList = (id: string) => bodyOf(lists[':id'].$delete({ param: { id } }))

/** Which taxa a text names, a name a line. */
export async function readChecklist(text: string): Promise<Checklist> {
  const response = await send('/api/species-lists/read', {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain' },
    body: text,
  })
  return (await response.json()) as Checklist // the route's answer
}

/** After a change every answer may be another. */
export const refetchAnswers = () => void queries.invalidateQueries()
