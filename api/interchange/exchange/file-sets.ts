// Files to read from: a folder with everything below it, one file alone, or a zip.

import { createReadStream } from 'node:fs'
import { basename, join } from 'node:path'
import { openPromise } from 'yauzl'
import { faultOfZipName, namesOfZip } from '../zip-names.ts'
import { ExchangeError } from './exchange-error.ts'
import type { FileSet } from './reader.ts'
import { walkFolder } from './walk-folder.ts'

/** Close it where it has `close`. */
export type OpenFileSet = FileSet & { close(): void }

const nothing = () => {}

/** `isLeftOut` says which names of files and folders belong to the system. */
export async function openFolder(root: string, isLeftOut: (name: string) => boolean): Promise<OpenFileSet> {
  const { files } = await walkFolder(root, isLeftOut)
  const onDisk = new Map(files.map(({ path, at }) => [path.normalize('NFC'), at]))
  return {
    paths: [...onDisk.keys()].sort(),
    open: (path) => createReadStream(onDisk.get(path) ?? join(root, path), { highWaterMark: 1 << 18 }),
    close: nothing,
  }
}

export function openFile(file: string): OpenFileSet {
  return { paths: [basename(file)], open: () => createReadStream(file, { highWaterMark: 1 << 18 }), close: nothing }
}

const MOST_FILES = 1_000_000

export type OpenZip = OpenFileSet & { leftOut: { what: string; why: string }[] }

/** Throws ExchangeError for what is no zip. */
export async function openZip(file: string): Promise<OpenZip> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false } as const
  const zip = await openPromise(file, options).catch((cause: unknown) => {
    throw new ExchangeError('Expected a zip, but this file cannot be read as one. Pack it again.', { cause })
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
    throw new ExchangeError('Expected a zip, but its list of files is damaged. Pack it again.', { cause })
  }
  const entries = new Map<string, (typeof all)[number]>()
  const leftOut: OpenZip['leftOut'] = []
  for (const [i, path] of namesOfZip(all).entries()) {
    const entry = all[i]
    if (entry === undefined || path.endsWith('/')) continue
    const why = faultOfZipName(path) ?? (entry.isEncrypted() ? 'It is encrypted in its zip.' : null)
    if (why !== null) leftOut.push({ what: path, why })
    else if (entries.has(path))
      leftOut.push({ what: path, why: 'The zip holds two files of this name: the first is read.' })
    else entries.set(path, entry)
  }
  async function* open(path: string): AsyncGenerator<Uint8Array> {
    const entry = entries.get(path)
    if (entry === undefined) throw new ExchangeError(`The zip holds no ${path}.`)
    for await (const part of await zip.openReadStreamPromise(entry)) yield part
  }
  return { paths: [...entries.keys()].sort(), leftOut, open, close: () => zip.close() }
}

/** Files in memory, by path. */
export function filesInMemory(files: Record<string, string | Uint8Array>): FileSet {
  return {
    paths: Object.keys(files).sort(),
    async *open(path) {
      const content = files[path]
      if (content === undefined) throw new ExchangeError(`There is no ${path}.`)
      yield typeof content === 'string' ? new TextEncoder().encode(content) : content
    },
  }
}
