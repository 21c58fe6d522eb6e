// The port to the place where photos are kept: photos by the sha256 of their bytes, crops by their detection. Two
// places implement it, the data folder (folder.ts) and a bucket of an S3-compatible server (bucket.ts). Names are the
// same in both (file-names.ts), so any tool can copy one to the other.

export type Photos = {
  /** Resolves when the bytes are safe: false where they were there already. Throws StorageError. */
  put(sha256: string, bytes: Uint8Array): Promise<boolean>
  /** Throws StorageError, also where the bytes are not those that were put. */
  get(sha256: string): Promise<Buffer>
  delete(sha256: string): Promise<void>
  /** A crop need not survive a power failure, because it can be cut again. */
  putCrop(detectionId: number, jpeg: Uint8Array): Promise<void>
  /** Null where there is none. */
  getCrop(detectionId: number): Promise<Buffer | null>
  deleteCrop(detectionId: number): Promise<void>
  /**
   * The photo as a JPEG of this width, kept until the photo is deleted or all are cleared. Null where it was not made
   * yet.
   */
  getScaled(sha256: string, width: number): Promise<Buffer | null>
  putScaled(sha256: string, width: number, jpeg: Uint8Array): Promise<void>
  /** True where neither photos nor crops are kept. */
  isEmpty(): Promise<boolean>
  /** Removes all photos, crops and scaled photos. */
  clear(): Promise<void>
}

export type Bucket = {
  name: string
  /** Before all names: empty, or ending with a slash. */
  prefix: string
  /** The address of a server other than Amazon's, where buckets are part of the path; null: Amazon's. */
  endpoint: string | null
  region: string
}
