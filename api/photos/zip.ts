// A zip with photos: its files one after the other, each with the folders it lies in. A zip's list of files is at its
// end, so the whole zip is on the disk first. What it claims is checked before anything is unpacked.

import type { Readable } from 'node:stream'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { Problem } from '../http/problem.ts'
import { faultOfZip, faultOfZipEntry, faultOfZipName, namesOfZip } from '../interchange/zip-names.ts'
import { withIncoming } from './incoming.ts'
import { isSystemName } from './labels/made-by-machines.ts'

export const ZIP_LIMITS = {
  /** Of the zip itself, in bytes. */
  zipBytes: 4_000_000_000,
  files: 10_000,
  /** Of all files together, unpacked. */
  unpackedBytes: 16_000_000_000,
  /** Photos hardly shrink. Files that shrink more than this are made to fill disks. */
  ratio: 200,
}
type ZipLimits = typeof ZIP_LIMITS

export type ZippedFile = {
  /** Its path inside the zip. */
  path: string
  folders: string[]
  /** null when it is bigger than the limit. */
  bytes: Buffer | null
  /** Why it cannot be read; null when it can. */
  problem: string | null
}

const isZipName = /\.zip$/i
const isZipType = /^application\/(zip|x-zip(-compressed)?)$/i
export const isZip = (file: { filename: string; mimeType: string }) =>
  isZipType.test(file.mimeType) || isZipName.test(file.filename)
/** The name of the folder that it stands for. */
export const zipRoot = (filename: string) => filename.split('/').at(-1)!.replace(isZipName, '')

/** `take` runs for one file at a time. Throws a Problem for a file that is no zip, or for more than `limits` allow. */
export async function unpackZip(
  stream: Readable & { truncated?: boolean },
  where: { folder: string; maxFileBytes: number; limits?: ZipLimits },
  take: (file: ZippedFile) => Promise<void>,
): Promise<void> {
  await withIncoming(stream, where.folder, (path) => unpackFile(path, stream.truncated === true, where, take))
}

/** The same for a zip on the disk. `truncated`: it was bigger than it may be. `leave`: is told of what systems keep. */
export async function unpackFile(
  path: string,
  truncated: boolean,
  where: { maxFileBytes: number; limits?: ZipLimits },
  take: (file: ZippedFile) => Promise<void>,
  leave: (path: string) => void = () => {},
): Promise<void> {
  const limits = where.limits ?? ZIP_LIMITS
  if (truncated) throw new Problem(413, `Expected a zip of at most ${limits.zipBytes} bytes.`)
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false }).catch(unreadable)
  try {
    for (const { entry, path } of await listed(zip, limits, leave))
      await take(await unpack(zip, entry, path, where.maxFileBytes))
  } finally {
    zip.close()
  }
}

/** The files to unpack. */
async function listed(
  zip: ZipFile,
  limits: ZipLimits,
  leave: (path: string) => void,
): Promise<{ entry: Entry; path: string }[]> {
  const entries: Entry[] = []
  let unpacked = 0
  if (zip.entryCount > limits.files) throw new Problem(413, `Expected at most ${limits.files} files in a zip.`)
  try {
    for await (const entry of zip.eachEntry()) {
      unpacked += entry.uncompressedSize
      if (unpacked > limits.unpackedBytes)
        throw new Problem(413, `Expected at most ${limits.unpackedBytes} bytes in a zip when it is unpacked.`)
      if (entry.uncompressedSize > entry.compressedSize * limits.ratio)
        throw new Problem(
          413,
          'Expected a zip with photos, but its files would become many times larger when unpacked.',
        )
      entries.push(entry)
    }
  } catch (error) {
    if (error instanceof Problem) throw error
    return unreadable(error)
  }
  const names = namesOfZip(entries)
  const faults = names.map(faultOfZipName)
  // One such name costs its file; a zip of nothing else was made to do harm.
  if (faults.length > 0 && faults.every((fault) => fault !== null))
    throw new Problem(422, `Expected a zip, but this file cannot be read as one. ${faults[0]}`)
  return entries.flatMap((entry, i) => {
    const path = names[i] ?? ''
    if (path.endsWith('/')) return []
    if (!path.split('/').some(isSystemName)) return [{ entry, path }]
    leave(path)
    return []
  })
}

async function unpack(zip: ZipFile, entry: Entry, path: string, maxBytes: number): Promise<ZippedFile> {
  const folders = path
    .split('/')
    .filter((part) => part !== '' && part !== '..')
    .slice(0, -1)
  const file = { path, folders, bytes: null, problem: faultOfZipName(path) }
  if (file.problem !== null) return file
  if (entry.uncompressedSize > maxBytes) return file
  if (isZipName.test(path)) return { ...file, problem: 'It is a zip inside the zip. Unpack it first.' }
  const fault = faultOfZipEntry(entry)
  if (fault !== null) return { ...file, problem: fault }
  try {
    const parts: Uint8Array[] = []
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part)
    return { ...file, bytes: Buffer.concat(parts) }
  } catch {
    return { ...file, problem: 'The file is damaged in its zip. Pack it again.' }
  }
}

function unreadable(cause: unknown): never {
  throw new Problem(422, `Expected a zip, but this file cannot be read as one. ${faultOfZip(cause)}`, { cause })
}
