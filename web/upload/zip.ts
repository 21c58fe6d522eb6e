// The files in a zip with their paths. The zip stays on the person's disk, and each file is unpacked only when opened,
// so a zip of any size needs the memory of one photo. This module is loaded only for a zip.

import { BlobReader, BlobWriter, configure, type FileEntry, ZipReader } from '@zip.js/zip.js'
import type { Found } from './found.ts'

// The library creates its workers from generated scripts, which the page's policy forbids. The browser's own
// decompression needs none.
configure({ useWebWorkers: false })

export class ZipError extends Error {
  override name = 'ZipError'
}

/** Throws ZipError with a readable sentence. */
export async function filesOfZip(zip: Blob, folder: string): Promise<Found[]> {
  // foundIn makes paths safe, so that one strange name does not block the other files.
  const reader = new ZipReader(new BlobReader(zip), { filenameValidation: 'tolerant' })
  try {
    const entries = await reader.getEntries()
    return entries.flatMap((entry) => (entry.directory ? [] : [foundIn(entry, folder)]))
  } catch (cause) {
    throw new ZipError(`${folder}.zip cannot be read as a zip. It may be damaged or not fully copied.`, { cause })
  }
}

function foundIn(entry: FileEntry, folder: string): Found {
  // Some programs write backslashes. A path must never lead out of its zip.
  const parts = entry.filename.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..')
  const name = parts.at(-1) ?? entry.filename
  return {
    file: { name, size: entry.uncompressedSize, type: '' },
    path: [folder, ...parts].join('/'),
    open: async () => {
      if (entry.encrypted) throw new ZipError('It is protected by a password. Unpack the zip, then add the photos.')
      try {
        return new File([await entry.getData(new BlobWriter(), { checkSignature: true })], name)
      } catch (cause) {
        throw new ZipError('It is damaged in the zip and cannot be unpacked. Copy the zip again.', { cause })
      }
    },
  }
}
