// The animals that a filter finds, and their photos, for an export.

import { type DetectionFilter, listDetections } from '../../../db/photos/queues.ts'
import type { Service } from '../../service.ts'

export type Filter = Omit<DetectionFilter, 'limit' | 'cursor' | 'order'>

const PAGE_DETECTIONS = 1000

export type Chosen = { media: Set<number>; detections: Set<number> }

/** Null where nothing narrows the animals: everything is meant. */
export async function choose({ db }: Pick<Service, 'db'>, filter: Filter): Promise<Chosen | null> {
  if (Object.values(filter).every((value) => value === undefined)) return null
  const chosen: Chosen = { media: new Set(), detections: new Set() }
  let cursor: DetectionFilter['cursor'] = null
  do {
    const page: Awaited<ReturnType<typeof listDetections>> = await listDetections(db, {
      ...filter,
      order: 'oldest',
      limit: PAGE_DETECTIONS,
      cursor,
    })
    for (const { id, mediaId } of page.items) {
      chosen.detections.add(id)
      chosen.media.add(mediaId)
    }
    cursor = page.nextCursor
  } while (cursor !== null)
  return chosen
}
