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

/** Reads names of one zip that are no UTF-8, given as bytes in base64. */
export type AskZipNames = (names: string[]) => Promise<string[]>

/** Throws ZipError with a readable sentence. */
export async function filesOfZip(zip: Blob, folder: string, askNames: AskZipNames): Promise<Found[]> {
  // foundIn makes paths safe, so that one strange name does not block the other files.
  const reader = new ZipReader(new BlobReader(zip), { filenameValidation: 'tolerant' })
  const entries = await reader.getEntries().catch((cause: unknown) => {
    throw new ZipError(`${folder}.zip cannot be read as a zip. It may be damaged or not fully copied.`, { cause })
  })
  const files = entries.filter((entry) => !entry.directory)
  const names = files.map(utf8Of)
  const others = files.filter((_, i) => names[i] === null)
  const read = others.length === 0 ? [] : await askNames(others.map((entry) => base64Of(entry.rawFilename)))
  const nameOf = new Map(others.map((entry, i) => [entry, read[i]]))
  return files.map((entry, i) => foundIn(entry, names[i] ?? nameOf.get(entry) ?? entry.filename, folder))
}

/**
 * Many programs write UTF-8 without the flag that says so, and some keep the name a second time, as UTF-8. Null where
 * the name is in a code page, which nothing tells.
 */
function utf8Of(entry: FileEntry): string | null {
  if (entry.filenameUTF8 || entry.extraFieldUnicodePath?.valid) return entry.filename
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(entry.rawFilename)
  } catch {
    return null
  }
}

const base64Of = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

const STORED = 0
const DEFLATED = 8
const DEFLATED_64 = 9
const METHOD = 'It is packed by a method that is not read here. Pack it again as a plain zip (Deflate).'

function foundIn(entry: FileEntry, filename: string, folder: string): Found {
  // Some programs write backslashes. A path must never lead out of its zip.
  const parts = filename.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..')
  const name = parts.at(-1) ?? filename
  return {
    file: { name, size: entry.uncompressedSize, type: '' },
    path: [folder, ...parts].join('/'),
    open: async () => {
      if (entry.encrypted) throw new ZipError('It is protected by a password. Unpack the zip, then add the photos.')
      if (![STORED, DEFLATED, DEFLATED_64].includes(entry.compressionMethod)) throw new ZipError(METHOD)
      try {
        return new File([await entry.getData(new BlobWriter(), { checkSignature: true })], name)
      } catch (cause) {
        throw new ZipError('It is damaged in the zip and cannot be unpacked. Copy the zip again.', { cause })
      }
    },
  }
}
