// Files that people drop or choose, with their paths. A zip counts as a folder: its files are listed at once but
// unpacked one by one when needed. Only the service knows which names belong to systems.

import { type FileFacts, type Found, ofFile } from './found.ts'
import type { LeftOut } from './left-out/left-out.ts'
import type { AskZipNames } from './zip.ts'

const readBatch = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))

/** A directory returns its entries in portions; an empty portion is the end. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await readBatch(reader)
    if (some.length === 0) return all
    all.push(...some)
  }
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isZip = (file: FileFacts) => /\.zip$/i.test(file.name)

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    found.push(ofFile(file, entry.fullPath.replace(/^\//, '')))
  } else if (isDirectory(entry)) {
    for (const child of await entriesOf(entry)) await walk(child, found)
  }
}

/** Must be called during the drop event, because its items are gone afterwards. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Found[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  const plain = [...transfer.files]
  if (entries.length === 0) return plain.map((file) => ofFile(file, file.name))
  const found: Found[] = []
  for (const entry of entries) await walk(entry, found)
  return found
}

export const filesOfInput = (list: FileList): Found[] =>
  [...list].map((file) => ofFile(file, file.webkitRelativePath || file.name))

/** Replaces each zip by its files. Throws an error with a readable sentence if a zip cannot be read. */
export async function withZips(found: readonly Found[], askNames: AskZipNames): Promise<Found[]> {
  const all: Found[] = []
  for (const one of found) {
    if (!isZip(one.file)) {
      all.push(one)
      continue
    }
    const { filesOfZip } = await import('./zip.ts')
    all.push(...(await filesOfZip(await one.open(), one.path.replace(/\.zip$/i, ''), askNames)))
  }
  return all
}

/** Tells which names of files and folders are hidden or belong to a system. */
export type AskSystems = (names: readonly string[]) => Promise<ReadonlySet<string>>

const OF_SYSTEM = 'It is hidden, or in a folder that a system keeps for itself.'

/**
 * Sorts out what systems keep for themselves: trash, thumbnails, snapshots, hidden files, and all below such folders.
 */
export async function withoutSystems(
  found: readonly Found[],
  ask: AskSystems,
): Promise<{ kept: Found[]; leftOut: LeftOut[] }> {
  const partsOf = ({ path }: Found) => path.split('/').filter((name) => name !== '')
  const roots = new Set(found.map((one) => (partsOf(one).length > 1 ? partsOf(one)[0] : '')))
  // The one folder that was dropped is meant, whatever it is called.
  const namesOf = (one: Found) => partsOf(one).slice(roots.size === 1 && !roots.has('') ? 1 : 0)
  const ofSystems = await ask([...new Set(found.flatMap(namesOf))])
  const isOfSystem = (one: Found) => namesOf(one).some((name) => ofSystems.has(name))
  return {
    kept: found.filter((one) => !isOfSystem(one)),
    leftOut: found.filter(isOfSystem).map(({ path }) => ({ what: path, why: OF_SYSTEM })),
  }
}
