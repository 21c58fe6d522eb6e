// Texts on the disk, of things that are too many for memory. Each lies in a part that its key chooses: all texts of one
// key are in one part, and one part fits in memory. What is small never reaches the disk.
//
// The file loses its name as soon as it is made, so that the system frees its room however this process ends.

import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mergeByOrder } from './merge-by-order.ts'

/** `order`: of all entries of the spool, as they were put. */
export type Entry = { order: number; text: string }

/** Entries by rising order. Those of one key are in one batch. `part`: where to put what is made of them. */
export type Batch = { part: number; entries: Iterable<Entry> }

export type Spool = {
  readonly length: number
  /**
   * `order`: by default, after all others. The orders of one part must rise. Unpaired surrogates become U+FFFD.
   * Throws the system's error where the disk is full.
   */
  put(part: number, text: string, order?: number): void
  /** Each batch fits in memory: everything where there is little, else one part after the other. */
  batches(): Iterable<Batch>
  /** All entries by rising order. */
  [Symbol.iterator](): Iterator<Entry>
  /** Gives its room back. */
  close(): void
}

/** One part holds 1/256 of the texts: some 9,000 of 2.2 million photos. */
const PARTS = 256
/** Bytes of a part that are gathered before they are written. */
const BLOCK = 32_768
/** Before each text: its order and its number of bytes. */
const HEAD = 12
/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3

/** The part of a key: FNV-1a. */
export function partOf(key: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % PARTS
}

/** Outside of the heap, whose old part would fill with texts that wait to be written. */
type Part = { gathered: Buffer; used: number; blocks: { at: number; bytes: number }[] }

/** `folder`: where its file lies, made where it is missing; by default the system's folder for such files. */
export function openSpool(folder = tmpdir()): Spool {
  const parts = new Map<number, Part>()
  let file: number | null = null
  let size = 0
  let length = 0

  const write = (part: Part) => {
    file ??= openNameless(folder)
    for (let done = 0; done < part.used; ) done += writeSync(file, part.gathered, done, part.used - done, size + done)
    part.blocks.push({ at: size, bytes: part.used })
    size += part.used
    part.used = 0
  }

  /** Makes room for so many bytes more. */
  const makeRoom = (part: Part, bytes: number) => {
    if (part.used > 0 && part.used + bytes > BLOCK) write(part)
    if (part.used + bytes <= part.gathered.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(part.used + bytes, Math.min(BLOCK, 2 * part.gathered.length)))
    part.gathered.copy(larger, 0, 0, part.used)
    part.gathered = larger
  }

  function* entriesOf({ blocks, gathered, used }: Part): Generator<Entry> {
    const buffer = Buffer.allocUnsafe(blocks.reduce((most, { bytes }) => Math.max(most, bytes), 0))
    for (const block of blocks) yield* entriesIn(read(file, buffer, block))
    yield* entriesIn(gathered.subarray(0, used))
  }
  const all = () => mergeByOrder<Entry>([...parts.values()].map(entriesOf))

  return {
    get length() {
      return length
    },
    put(which, text, order = length) {
      const part = parts.get(which) ?? { gathered: Buffer.allocUnsafeSlow(512), used: 0, blocks: [] }
      parts.set(which, part)
      makeRoom(part, HEAD + MOST_BYTES * text.length)
      const bytes = part.gathered.write(text, part.used + HEAD)
      part.gathered.writeDoubleLE(order, part.used)
      part.gathered.writeUInt32LE(bytes, part.used + 8)
      part.used += HEAD + bytes
      length++
    },
    *batches() {
      if (file === null) yield { part: 0, entries: all() }
      else for (const [which, part] of parts) yield { part: which, entries: entriesOf(part) }
    },
    [Symbol.iterator]: all,
    close() {
      if (file !== null) closeSync(file)
      file = null
      parts.clear()
    },
  }
}

function openNameless(folder: string): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `clavis-spool-${randomUUID()}`)
  const file = openSync(path, 'wx+', 0o600)
  rmSync(path, { force: true })
  return file
}

/** Into `buffer`, of which it returns the part that was read. */
function read(file: number | null, buffer: Buffer, { at, bytes }: { at: number; bytes: number }): Buffer {
  if (file === null) throw new Error('Expected an open spool, but it was closed.')
  for (let done = 0; done < bytes; ) {
    const more = readSync(file, buffer, done, bytes - done, at + done)
    if (more === 0) throw new Error('Expected more of a spool, but its file was cut.')
    done += more
  }
  return buffer.subarray(0, bytes)
}

function* entriesIn(block: Buffer): Generator<Entry> {
  for (let at = 0; at < block.length; ) {
    const start = at + HEAD
    const end = start + block.readUInt32LE(at + 8)
    yield { order: block.readDoubleLE(at), text: block.toString('utf8', start, end) }
    at = end
  }
}
