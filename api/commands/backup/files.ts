// A backup on disk: a folder, or one tar file with the same names in it, which is read in the order in which it was
// written. `SHA256SUMS` is the last file and lists all others, so `sha256sum -c SHA256SUMS` checks a folder by hand. A
// backup without it is not complete.

import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'
import { UsageError } from '../usage.ts'

export const SUMS = 'SHA256SUMS'

export type BackupWriter = {
  add(name: string, bytes: Buffer): Promise<void>
  addFile(name: string, file: string): Promise<void>
  /** Writes the checksums, which completes the backup. */
  finish(): Promise<void>
  /** Removes what was written. */
  abandon(): Promise<void>
}
export type BackupEntry = { name: string; stream: Readable }

/** A `path` that ends with .tar is one file, any other a folder, which must be new or empty. Throws UsageError. */
export async function createBackup(path: string): Promise<BackupWriter> {
  const isFile = path.endsWith('.tar')
  const there = await stat(path).catch(() => null)
  const used = there !== null && (isFile || !there.isDirectory() || (await readdir(path)).length > 0)
  if (used) throw new UsageError(`Expected a new file or an empty folder but ${path} already exists.`)
  await mkdir(isFile ? dirname(path) : path, { recursive: true })
  return withSums(isFile ? writeTar(path) : writeFolder(path), isFile ? `${path}.sums` : join(path, `${SUMS}.lines`))
}

/** Where bytes go. `put` reads all of `stream`. */
type Sink = {
  put(name: string, size: number, stream: Readable): Promise<void>
  finish(): Promise<void>
  abandon(): Promise<void>
}

function withSums(sink: Sink, sumsFile: string): BackupWriter {
  const sums = createWriteStream(sumsFile)
  const put = async (name: string, size: number, source: Readable) => {
    const hash = createHash('sha256')
    const through = hashing(hash)
    await Promise.all([pipeline(source, through), sink.put(name, size, through)])
    await new Promise<void>((resolve, reject) => {
      sums.write(`${hash.digest('hex')}  ${name}\n`, (error) => (error ? reject(error) : resolve()))
    })
  }
  const endSums = () => new Promise<void>((resolve) => sums.end(() => resolve()))
  return {
    add: (name, bytes) => put(name, bytes.length, streamOf(bytes)),
    addFile: async (name, file) => put(name, (await stat(file)).size, createReadStream(file)),
    async finish() {
      await endSums()
      await sink.put(SUMS, (await stat(sumsFile)).size, createReadStream(sumsFile))
      await rm(sumsFile)
      await sink.finish()
    },
    async abandon() {
      await endSums()
      await rm(sumsFile, { force: true })
      await sink.abandon()
    },
  }
}

const streamOf = (bytes: Buffer) => Readable.from([bytes], { objectMode: false })

/** Passes bytes on, and adds them to a checksum. */
function hashing(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
}

function writeFolder(folder: string): Sink {
  return {
    async put(name, _size, stream) {
      const target = join(folder, name)
      await mkdir(dirname(target), { recursive: true })
      await pipeline(stream, createWriteStream(`${target}.part`))
      await rename(`${target}.part`, target)
    },
    finish: async () => {},
    abandon: () => rm(folder, { recursive: true, force: true }),
  }
}

function writeTar(file: string): Sink {
  const half = `${file}.part`
  const pack = tar.pack()
  const written = pipeline(pack, createWriteStream(half))
  // `put` and `finish` pass the error on. Without this, an error between two of them would end the process.
  written.catch(() => {})
  return {
    async put(name, size, stream) {
      const entry = pack.entry({ name, size, mode: 0o600 })
      await Promise.race([pipeline(stream, entry), written])
    },
    async finish() {
      pack.finalize()
      await written
      const handle = await open(half, 'r')
      await handle.sync().finally(() => handle.close())
      await rename(half, file)
    },
    async abandon() {
      pack.destroy()
      await written.catch(() => {})
      await rm(half, { force: true })
    },
  }
}

/**
 * Every entry in the order in which it was written, `SHA256SUMS` last. Each must be read before the next one. Throws
 * UsageError.
 */
export async function* readBackup(path: string): AsyncGenerator<BackupEntry> {
  const there = await stat(path).catch(() => null)
  if (there === null) throw new UsageError(`Expected a backup but there is nothing at ${path}.`)
  yield* there.isDirectory() ? readFolder(path) : readTar(path)
}

async function* readFolder(folder: string): AsyncGenerator<BackupEntry> {
  const sums = join(folder, SUMS)
  if (!(await stat(sums).catch(() => null)))
    throw new UsageError(`${folder} is not a complete backup: it has no ${SUMS}, which is written last.`)
  for await (const line of createInterface({ input: createReadStream(sums) })) {
    const name = line.slice(66)
    yield { name, stream: createReadStream(join(folder, safe(name))) }
  }
  yield { name: SUMS, stream: createReadStream(sums) }
}

async function* readTar(file: string): AsyncGenerator<BackupEntry> {
  const extract = tar.extract()
  const read = pipeline(createReadStream(file), extract)
  read.catch(() => {})
  try {
    for await (const entry of extract)
      yield { name: safe(entry.header.name), stream: Readable.from(bytesInside(entry, file)) }
    await read
  } catch (error) {
    throw saidOfTar(error, file)
  }
}

/** The end of the file may be missing in the middle of an entry, which only its reader notices. */
async function* bytesInside(entry: AsyncIterable<unknown>, file: string): AsyncGenerator<unknown> {
  try {
    yield* entry
  } catch (error) {
    throw saidOfTar(error, file)
  }
}

const saidOfTar = (error: unknown, file: string) =>
  error instanceof Error && /^(Unexpected end|Invalid tar)/.test(error.message)
    ? new UsageError(`The backup is damaged: ${file} is not whole (${error.message}).`, { cause: error })
    : error

/** Returns the name. Throws UsageError for one that leads out of the backup. */
function safe(name: string): string {
  if (name.split('/').every((part) => !['', '.', '..'].includes(part) && /^[^\\\p{Cc}]+$/u.test(part))) return name
  throw new UsageError(`The backup is damaged: it holds a file named ${JSON.stringify(name)}.`)
}

/** All bytes of an entry, and their sha256. */
export async function bytesOf({ stream }: BackupEntry): Promise<{ bytes: Buffer; sha256: string }> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  const bytes = Buffer.concat(parts)
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Writes an entry to a file that must not exist yet. Returns its sha256. */
export async function fileOf({ stream }: BackupEntry, file: string): Promise<string> {
  const hash = createHash('sha256')
  await mkdir(dirname(file), { recursive: true })
  await pipeline(stream, hashing(hash), createWriteStream(file, { flags: 'wx' }))
  return hash.digest('hex')
}
