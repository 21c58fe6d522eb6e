// Imports: opening one, sending photos, closing it and following its progress.

import { queryOptions } from '@tanstack/solid-query'
import type { PhotoFacts } from '../../../api/contract/exchange/import.ts'
import type { MediaItem } from '../../../api/contract/media.ts'
import { api, bodyOf, send } from '../client.ts'
import { pagesOf } from '../pages.ts'

export const openImport = (name: string, total: number) => bodyOf(api.imports.$post({ json: { name, total } }))
export const closeImport = (id: string) => bodyOf(api.imports[':id'].close.$post({ param: { id } }))

/** What the names of a photo's folders mean; only the service knows the rules. */
export type FolderFacts = Pick<PhotoFacts, 'deployment' | 'folders' | 'empty'> & {
  /** A system keeps the folder for itself: its files are nobody's photos. */
  leftOut?: boolean
}
type FolderQuestion = Parameters<typeof api.imports.folders.$post>[0]['json']

const FOLDERS_AT_ONCE = 1000

export async function factsOfFolders(question: FolderQuestion): Promise<FolderFacts[]> {
  const facts: FolderFacts[] = []
  for (let i = 0; i < question.folders.length; i += FOLDERS_AT_ONCE) {
    const folders = question.folders.slice(i, i + FOLDERS_AT_ONCE)
    facts.push(...(await bodyOf(api.imports.folders.$post({ json: { ...question, folders } }))).items)
  }
  return facts
}

const NAMES_AT_ONCE = 20_000

/** Which names of files and folders are hidden, or belong to a system. */
export async function namesOfSystems(names: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (let i = 0; i < names.length; i += NAMES_AT_ONCE) {
    const some = names.slice(i, i + NAMES_AT_ONCE)
    for (const name of (await bodyOf(api.imports.files.$post({ json: { names: some } }))).ofSystems) found.add(name)
  }
  return found
}

/** Names in a zip that are no UTF-8, as bytes in base64. All at once, because together they tell their code page. */
export const namesInZip = async (zipped: string[]): Promise<string[]> =>
  (await bodyOf(api.imports.files.$post({ json: { zipped } }))).zipped

export type Parcel = { file: File; facts: PhotoFacts }

/** The typed client cannot send a form with many files, so this uses multipart directly. */
export async function sendPhotos(
  importId: string,
  parcels: readonly Parcel[],
  signal: AbortSignal,
): Promise<MediaItem[]> {
  const body = new FormData()
  body.append('importId', importId)
  body.append('facts', JSON.stringify(parcels.map((p) => p.facts)))
  for (const p of parcels) body.append('photo', p.file, p.file.name)
  const response = await send('/api/media', { method: 'POST', body, signal })
  const { items } = (await response.json()) as { items: MediaItem[] } // POST /api/media
  return items
}

export const importOne = (id: string) =>
  queryOptions({
    queryKey: ['import', id],
    queryFn: ({ signal }) => bodyOf(api.imports[':id'].$get({ param: { id } }, { init: { signal } })),
  })

export const importList = () =>
  queryOptions({
    queryKey: ['imports'],
    queryFn: ({ signal }) => bodyOf(api.imports.$get({ query: { limit: '6' } }, { init: { signal } })),
  })

export const importFailures = (id: string) =>
  pagesOf(['import-failures', id], (cursor, init) =>
    bodyOf(api.imports[':id'].failures.$get({ param: { id }, query: { cursor, limit: '50' } }, init)),
  )

/** Every photo of an import that could not be read. */
export async function allFailures(id: string | null): Promise<MediaItem[]> {
  const items: MediaItem[] = []
  if (id === null) return items
  const pageAfter = (cursor: string | undefined) =>
    bodyOf(api.imports[':id'].failures.$get({ param: { id }, query: { cursor, limit: '200' } }))
  for (let page = await pageAfter(undefined); ; page = await pageAfter(page.nextCursor)) {
    items.push(...page.items)
    if (page.nextCursor === null) return items
  }
}
