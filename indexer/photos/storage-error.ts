// Faults of the data folder's disk, as sentences that say what to do.

import { StorageError } from '../errors.ts'

const SENTENCES: Record<string, string> = {
  ENOSPC: 'The disk that holds the data folder is full. Make room there and try again.',
  EDQUOT: 'The quota of the data folder is used up. Make room there and try again.',
  EROFS: 'The data folder is on a disk that is read-only.',
  EACCES: 'The data folder may not be written to or read by this user.',
  EPERM: 'The data folder may not be written to or read by this user.',
  EMFILE: 'Too many files are open at once. Try again.',
  ENOENT: 'The file is missing from the data folder.',
  EIO: 'The disk that holds the data folder reports an error.',
}

/** What to do about a system's code; null for one that nobody knows. */
export const storageSentence = (code: string): string | null => SENTENCES[code] ?? null

/** Faults of the file system in `action` are thrown as StorageError. */
export async function asStorageError<T>(stage: 'read' | 'store', action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    // Node's file functions throw errors with the system's code.
    const { code = 'unknown', message } = cause as NodeJS.ErrnoException
    throw new StorageError(stage, code, SENTENCES[code] ?? `The data folder cannot be used: ${message}.`, { cause })
  }
}
