import { openFolder } from './folder.ts'
import type { Bucket, Photos } from './photos.ts'
import { sealPhotos } from './sealed-photos.ts'

export type PhotosPlace = {
  dataDir: string
  /** Null: in the data folder. */
  bucket: Bucket | null
}

/**
 * Makes the folder if it is missing; a bucket must exist. `onDamaged` is told the name of each file that was found
 * overwritten. Throws StorageError.
 */
export async function openPhotos(place: PhotosPlace, onDamaged?: (name: string) => void): Promise<Photos> {
  return sealPhotos(await openPlace(place), onDamaged)
}

async function openPlace({ dataDir, bucket }: PhotosPlace): Promise<Photos> {
  if (bucket === null) return await openFolder(dataDir)
  // The client is large, so it is loaded only where photos are in a bucket.
  const { openBucket } = await import('./bucket.ts')
  return await openBucket(bucket)
}
