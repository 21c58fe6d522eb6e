// What is known of a photo from its file, from its importer, and after it was added.

import type { AddedMedia } from '../../db/photos/add-media.ts'
import type { FileFacts } from '../../indexer/photos/metadata.ts'
import type { PhotoFacts } from '../contract/exchange/import.ts'

/** What the photo says itself, and where it says nothing, what the importer knows. */
export function completed(file: FileFacts, { capturedAt, latitude, longitude }: PhotoFacts): FileFacts {
  const place = file.latitude === null && latitude !== undefined && longitude !== undefined
  return {
    ...file,
    ...(file.capturedAt === null && capturedAt !== undefined && { capturedAt: capturedAt.replace('T', ' ') }),
    ...(place && { latitude, longitude }),
  }
}

export const unplaced = ({ unplacedBoxes }: AddedMedia): string[] =>
  unplacedBoxes === undefined ? [] : [`${unplacedBoxes} of its boxes lie on none of the boxes that it has here.`]
