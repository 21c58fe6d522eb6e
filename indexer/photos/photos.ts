// The port to the place where photos are kept: photos by the sha256 of their bytes, crops by their detection. Two places implement it,
// the data folder (folder.ts) and a bucket of an S3-compatible server (bucket.ts). Names are the same in both (file-names.ts), so any
// tool can copy one to the other.

export type Photos = {
  /** Returns when the bytes are safe. The same photo again costs one look. Throws StorageError. */
  put(sha256: string, bytes: Uint8Array): Promise<void>
  /** Throws StorageError. */
  get(sha256: string): Promise<Buffer>
  delete(sha256: string): Promise<void>
  /** A crop can be cut again, and need not survive a power failure. */
  putCrop(detectionId: number, jpeg: Uint8Array): Promise<void>
  /** null if there is none. */
  getCrop(detectionId: number): Promise<Buffer | null>
  deleteCrop(detectionId: number): Promise<void>
  /** The photo as a JPEG of this width; null if it was not made yet. Kept until the photo is deleted, or somebody clears them. */
  getScaled(sha256: string, width: number): Promise<Buffer | null>
  putScaled(sha256: string, width: number, jpeg: Uint8Array): Promise<void>
  /** Neither photos nor crops are kept. */
  isEmpty(): Promise<boolean>
  /** Removes all photos, crops and scaled photos. */
  clear(): Promise<void>
}

export type Bucket = {
  name: string
  /** In front of all names: '' or ending with a slash. */
  prefix: string
  /** Of a server other than Amazon's; buckets are then part of the path. */
  endpoint: string | null
  region: string
}
