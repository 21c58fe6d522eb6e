import { openFolder } from './folder.ts'
import type { Bucket, Photos } from './photos.ts'

export type PhotosPlace = {
  dataDir: string
  /** null: the data folder. */
  bucket: Bucket | null
}

/** Makes the folder if it is missing; a bucket must exist. Throws StorageError. */
export async function openPhotos({ dataDir, bucket }: PhotosPlace): Promise<Photos> {
  if (bucket === null) return await openFolder(dataDir)
  // Only who keeps photos in a bucket loads the client, which is large.
  const { openBucket } = await import('./bucket.ts')
  return await openBucket(bucket)
}
