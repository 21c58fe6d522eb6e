// Files to read from: a folder with everything below it, one file alone, or what a zip holds.

import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { openPromise } from 'yauzl'
import { faultOfZip, faultOfZipEntry, faultOfZipName, readZipNames } from '../zip-names.ts'
import { ExchangeError } from './exchange-error.ts'
import type { FileSet } from './reader.ts'
import { openDiskList } from './spool/disk-list.ts'
import { type WalkedFile, walkFolder } from './walk-folder.ts'

/** Close it when it was read. */
export type OpenFileSet = FileSet & { close(): void }

type OnDisk<T> = Iterable<T> & { readonly length: number }

/**
 * `names`: the same files as the disk has them, in whichever Unicode form. `ofSystems`: paths of those that belong to a
 * system. `leftOut`: what cannot be read.
 */
export type FolderSet = OpenFileSet & {
  names: OnDisk<WalkedFile>
  ofSystems: OnDisk<string>
  leftOut: OnDisk<{ what: string; why: string }>
}

const READ_AT_ONCE = { highWaterMark: 1 << 16 }

/**
 * `isOfSystem` says which names of files and folders belong to the system. `scratch`: where the names lie meanwhile,
 * because memory holds those of one folder at a time.
 */
export async function openFolder(
  root: string,
  isOfSystem: (name: string) => boolean,
  scratch?: string,
): Promise<FolderSet> {
  /** A path, or a path and its bytes where they are no UTF-8. */
  const list = openDiskList<string | [path: string, bytes: string]>(scratch)
  const ofSystems = openDiskList<string>(scratch)
  const leftOut = openDiskList<{ what: string; why: string }>(scratch)
  for await (const walked of walkFolder(root, isOfSystem))
    if (walked.type === 'leftOut') leftOut.push({ what: walked.what, why: walked.why })
    else if (walked.type === 'ofSystem') ofSystems.push(walked.path)
    else list.push(typeof walked.at === 'string' ? walked.path : [walked.path, walked.at.toString('base64')])
  const names: FolderSet['names'] = {
    length: list.length,
    *[Symbol.iterator]() {
      for (const one of list)
        if (typeof one === 'string') yield { path: one, at: `${root}/${one}` }
        else yield { path: one[0], at: Buffer.from(one[1], 'base64') }
    },
  }
  const placeOf = async (path: string): Promise<string | Buffer | null> => {
    const plain = (await isFileAt(join(root, path))) ? join(root, path) : await inAnotherForm(root, path)
    if (plain !== null) return plain
    for (const one of names) if (one.path.normalize('NFC') === path) return one.at
    return null
  }
  return {
    names,
    ofSystems,
    leftOut,
    paths: {
      *[Symbol.iterator]() {
        for (const { path } of names) yield path.normalize('NFC')
      },
    },
    has: async (path) => (await placeOf(path)) !== null,
    async *open(path) {
      yield* createReadStream((await placeOf(path)) ?? join(root, path), READ_AT_ONCE)
    },
    close() {
      for (const one of [list, ofSystems, leftOut]) one.close()
    },
  }
}

const isFileAt = async (place: string): Promise<boolean> => (await stat(place).catch(() => null))?.isFile() ?? false

/** A file whose name, or a folder's, is written in another Unicode form; null where there is none. */
async function inAnotherForm(root: string, path: string): Promise<string | null> {
  let at = root
  for (const part of path.split('/')) {
    const names = await readdir(at).catch(() => [])
    const name = names.find((one) => one.normalize('NFC') === part.normalize('NFC'))
    if (name === undefined) return null
    at = join(at, name)
  }
  return (await isFileAt(at)) ? at : null
}

export function openFile(file: string): OpenFileSet {
  const name = basename(file)
  return {
    paths: [name],
    has: async (path) => path === name,
    open: () => createReadStream(file, READ_AT_ONCE),
    close: () => {},
  }
}

const MOST_FILES = 1_000_000

/** `codePage`: of names that do not say theirs. */
export type OpenZip = OpenFileSet & { leftOut: { what: string; why: string }[]; codePage: string | null }

/** Throws ExchangeError for what is no zip. */
export async function openZip(file: string): Promise<OpenZip> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false } as const
  const zip = await openPromise(file, options).catch((cause: unknown) => {
    throw new ExchangeError(`Expected a zip, but this file cannot be read as one. ${faultOfZip(cause)}`, { cause })
  })
  const all: Parameters<typeof zip.openReadStreamPromise>[0][] = []
  try {
    for await (const entry of zip.eachEntry()) {
      all.push(entry)
      if (all.length > MOST_FILES) throw new ExchangeError(`Expected at most ${MOST_FILES} files in a zip.`)
    }
  } catch (cause) {
    zip.close()
    if (cause instanceof ExchangeError) throw cause
    throw new ExchangeError(`Expected a zip, but this file cannot be read as one. ${faultOfZip(cause)}`, { cause })
  }
  const entries = new Map<string, (typeof all)[number]>()
  const leftOut: OpenZip['leftOut'] = []
  const { names, codePage } = readZipNames(all)
  for (const [i, path] of names.entries()) {
    const entry = all[i]
    if (entry === undefined || path.endsWith('/')) continue
    const why = faultOfZipName(path) ?? faultOfZipEntry(entry)
    if (why !== null) leftOut.push({ what: path, why })
    else if (entries.has(path))
      leftOut.push({ what: path, why: 'The zip holds two files of this name: the first is read.' })
    else entries.set(path, entry)
  }
  async function* open(path: string): AsyncGenerator<Uint8Array> {
    const entry = entries.get(path)
    if (entry === undefined) throw new ExchangeError(`The zip holds no ${path}.`)
    try {
      for await (const part of await zip.openReadStreamPromise(entry)) yield part
    } catch (cause) {
      throw new ExchangeError(`${path} is damaged in its zip. Pack it again.`, { cause })
    }
  }
  return {
    paths: [...entries.keys()].sort(),
    has: async (path) => entries.has(path),
    leftOut,
    codePage,
    open,
    close: () => zip.close(),
  }
}

/** Files in memory, by path. */
export function filesInMemory(files: Record<string, string | Uint8Array>): FileSet {
  return {
    paths: Object.keys(files).sort(),
    has: async (path) => files[path] !== undefined,
    async *open(path) {
      const content = files[path]
      if (content === undefined) throw new ExchangeError(`There is no ${path}.`)
      yield typeof content === 'string' ? new TextEncoder().encode(content) : content
    },
  }
}
