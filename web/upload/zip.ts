// What a zip holds. In: the zip, which stays on the visitor's disk, and the folder it stands for. Out: its files with their paths; each
// is unpacked alone when it is opened, so that a zip of any size costs the memory of one photo. Loaded when there is a zip.

import { BlobReader, BlobWriter, configure, type FileEntry, ZipReader } from '@zip.js/zip.js'
import type { Found } from './found.ts'

// Workers of its own come from scripts made up on the spot, which this page does not allow; the browser unpacks by itself.
configure({ useWebWorkers: false })

export class ZipError extends Error {
  override name = 'ZipError'
}

/** Throws ZipError, in a sentence. */
export async function filesOfZip(zip: Blob, folder: string): Promise<Found[]> {
  // Paths are made harmless below, so that one strange name does not cost the others.
  const reader = new ZipReader(new BlobReader(zip), { filenameValidation: 'tolerant' })
  try {
    const entries = await reader.getEntries()
    return entries.flatMap((entry) => (entry.directory ? [] : [foundIn(entry, folder)]))
  } catch (cause) {
    throw new ZipError(`${folder}.zip cannot be read as a zip. It may be damaged or not fully copied.`, { cause })
  }
}

function foundIn(entry: FileEntry, folder: string): Found {
  // Some programs write backslashes; a path never leads out of its zip.
  const parts = entry.filename.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..')
  const name = parts.at(-1) ?? entry.filename
  return {
    file: { name, size: entry.uncompressedSize, type: '' },
    path: [folder, ...parts].join('/'),
    open: async () => {
      if (entry.encrypted) throw new ZipError('It is protected by a password. Unpack the zip first.')
      try {
        return new File([await entry.getData(new BlobWriter(), { checkSignature: true })], name)
      } catch (cause) {
        throw new ZipError('It is damaged in the zip and cannot be unpacked.', { cause })
      }
    },
  }
}
