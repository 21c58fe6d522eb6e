// What every reader of a format is, and the files that it reads from.

import type { ExchangeRecord } from './records.ts'

/** Files below one folder, or in one zip, by path with `/`. */
export type FileSet = {
  /** All of them, photos too, which may be too many for a list in memory. May be read again. */
  paths: Iterable<string>
  has(path: string): Promise<boolean>
  /** From its first byte. May be called again. */
  open(path: string): AsyncIterable<Uint8Array>
}

/** `read` gets the path of each file that is opened. */
export const watched = (files: FileSet, read: (path: string) => void): FileSet => ({
  ...files,
  open(path) {
    read(path)
    return files.open(path)
  },
})

export type ReadOptions = {
  /** The column of a table that names the species, where the format leaves its name to people. */
  speciesColumn?: string
  /** The folder for what does not fit in memory; by default the system's own for such files. */
  scratch?: string
}

export type Reader = {
  /** As commands name it: `camtrap-dp`. */
  name: string
  /** As people call it. */
  title: string
  /** Whether a file is of this format, by its first bytes as text (at most HEAD_BYTES) and its path. */
  recognises(head: string, path: string): boolean
  /** Records of the recognised files, as they are read. Throws ExchangeError with a sentence. */
  read(files: FileSet, recognised: Iterable<string>, options: ReadOptions): AsyncIterable<ExchangeRecord>
}

export const HEAD_BYTES = 65_536

/** The first bytes of a file. */
export async function headOf(files: FileSet, path: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of files.open(path)) {
    parts.push(part)
    size += part.length
    if (size >= HEAD_BYTES) break
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES)
}

/** A small file as a whole. Throws for one larger than `mostBytes`. */
export async function bytesOf(files: FileSet, path: string, mostBytes = 64_000_000): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of files.open(path)) {
    parts.push(part)
    size += part.length
    if (size > mostBytes) throw new RangeError(`Expected at most ${mostBytes} bytes in ${path}.`)
  }
  return Buffer.concat(parts)
}

/** The path of a file that another one names relative to itself: `beside('a/x.json', 'y.csv')` is `a/y.csv`. */
export function beside(path: string, name: string): string {
  const parts = path.split('/').slice(0, -1)
  for (const part of name.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}
export const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/')
export const nameOfPath = (path: string): string => path.split('/').at(-1) ?? ''
