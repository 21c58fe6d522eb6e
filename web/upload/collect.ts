// Files that people drop or choose, with their paths. A zip counts as a folder: its files are listed at once but
// unpacked one by one when needed.

import { type FileFacts, type Found, ofFile } from './found.ts'

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
const isHidden = (name: string) => name.startsWith('.') || name === '__MACOSX' || name === 'Thumbs.db'
const isZip = (file: FileFacts) => /\.zip$/i.test(file.name)

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (isHidden(entry.name)) return
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
  [...list]
    .map((file) => ofFile(file, file.webkitRelativePath || file.name))
    .filter(({ path }) => !path.split('/').some(isHidden))

/** Replaces each zip by its files. Throws an error with a readable sentence if a zip cannot be read. */
export async function withZips(found: readonly Found[]): Promise<Found[]> {
  const all: Found[] = []
  for (const one of found) {
    if (!isZip(one.file)) {
      all.push(one)
      continue
    }
    const { filesOfZip } = await import('./zip.ts')
    const inside = await filesOfZip(await one.open(), one.path.replace(/\.zip$/i, ''))
    all.push(...inside.filter(({ path }) => !path.split('/').some(isHidden)))
  }
  return all
}
