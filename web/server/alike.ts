// The animals that look like one of them, and opening some of them together.

import { api, bodyOf } from './client.ts'
import { select } from './insight.ts'

/** At least this similar in the tree's metric, two animals are said to look alike. */
const ALIKE = 0.8
const NEIGHBOURS = 60

/** Of the animals that look like this one, those that wait. */
export async function waitingAlike(id: string, signal?: AbortSignal): Promise<string[]> {
  const { items } = await bodyOf(
    api.detections[':id'].alike.$get({ param: { id }, query: { k: '200' } }, { init: { signal } }),
  )
  return items
    .filter(({ detection: d, similarity }) => similarity >= ALIKE && d.taxon === null && d.mark === null && !d.conflict)
    .map(({ detection: d }) => d.id)
}

/** A stored selection of this animal and its neighbours. */
export async function selectNeighbours(id: string): Promise<string> {
  const { items } = await bodyOf(api.detections[':id'].alike.$get({ param: { id }, query: { k: String(NEIGHBOURS) } }))
  const detectionIds = [id, ...items.map(({ detection: d }) => d.id)]
  return (await select({ name: 'The most similar animals', detectionIds })).id
}

export const selectThese = async (detectionIds: string[]): Promise<string> =>
  (await select({ name: 'They look like the one just identified', detectionIds })).id
