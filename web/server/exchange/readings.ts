// What files of other programs hold, before anything is imported, and photos that are here already.

import type { PhotoFacts } from '../../../api/contract/exchange/import.ts'
import type { Reading } from '../../../api/contract/exchange/reading.ts'
import type { MediaItem } from '../../../api/contract/media.ts'
import type { NewDeployment } from '../../../api/contract/survey/deployment.ts'
import { api, bodyOf, Problem, send } from '../client.ts'

/** `photos`: the paths of the photos that may be sent. The typed client cannot send a form with many files. */
export async function readFiles(
  files: readonly { file: File; path: string }[],
  photos: readonly string[],
): Promise<Reading> {
  const body = new FormData()
  body.append('paths', JSON.stringify(photos))
  for (const { file, path } of files) body.append('file', file, path)
  const response = await send('/api/imports/read', { method: 'POST', body })
  return (await response.json()) as Reading // POST /api/imports/read
}

type Names = Parameters<typeof api.imports.names.$post>[0]['json']['names']

export const nameAnimals = async (names: Names) => (await bodyOf(api.imports.names.$post({ json: { names } }))).items

export type AskNames = typeof nameAnimals

const OFFERED_AT_ONCE = 200

/** Gives photos that were imported before what a file says of them. */
export async function offerKnown(
  importId: string,
  known: readonly { sha256: string; facts: PhotoFacts }[],
): Promise<MediaItem[]> {
  const items: MediaItem[] = []
  for (let i = 0; i < known.length; i += OFFERED_AT_ONCE) {
    const photos = known.slice(i, i + OFFERED_AT_ONCE)
    const answer = await bodyOf(api.media.offers.$post({ json: { importId, photos } }))
    items.push(...answer.items.filter((item) => item !== null))
  }
  return items
}

/** One of that name that is here already stays as it is. */
export async function addDeployments(deployments: readonly NewDeployment[]): Promise<void> {
  for (const json of deployments)
    await api.deployments.$post({ json, header: {} }).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.status !== 409) throw error
    })
}
