// Files on their way in, on the disk while they arrive and while they are read; then they are removed. What a
// killed process leaves behind is removed when the photos are opened again (indexer/photos/folder.ts).

import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { asStorageError } from '../../indexer/photos/storage-error.ts'

/**
 * Calls `work` with the path of a file that holds the whole stream. Throws StorageError where there is no room for it.
 */
export async function withIncoming<T>(
  stream: AsyncIterable<Uint8Array>,
  folder: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(folder, randomUUID())
  try {
    await asStorageError('store', () => mkdir(folder, { recursive: true, mode: 0o700 }))
    await pipeline(stream, createWriteStream(path, { mode: 0o600 })).catch(asStorage)
    return await work(path)
  } finally {
    await rm(path, { force: true })
  }
}

/** The file's faults come from the system; those of the connection are the caller's. */
async function asStorage(error: unknown): Promise<void> {
  const isSystem = error instanceof Error && 'syscall' in error
  if (!isSystem) throw error
  await asStorageError('store', () => Promise.reject(error))
}

/** One byte more than `maxBytes` at most; the rest is read and dropped. */
export async function* upTo(stream: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let left = maxBytes + 1
  for await (const part of stream) {
    if (left > 0) yield part.subarray(0, left)
    left -= part.length
  }
}
