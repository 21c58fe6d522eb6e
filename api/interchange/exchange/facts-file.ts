// What files say of each photo, kept on the disk: a plan of millions of photos holds a number for each of them.

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export type FactsStore<Facts> = {
  /** Returns the number by which `get` finds it. */
  put(facts: Facts): number
  get(at: number): Facts
}

export const openFactsMemory = <Facts>(): FactsStore<Facts> => {
  const kept: Facts[] = []
  return {
    put: (facts) => kept.push(facts) - 1,
    get: (at) => kept[at]!,
  }
}

/** Bytes that are gathered before they are written. */
const WRITTEN_AT_ONCE = 1 << 20

/** In a file of its own in `folder`, which `close` removes. The number is where the text begins. */
export function openFactsFile<Facts>(folder: string): FactsStore<Facts> & { close(): void } {
  const file = join(folder, `facts-${process.pid}-${performance.now()}`)
  const descriptor = openSync(file, 'wx+', 0o600)
  let gathered: Buffer[] = []
  let size = 0
  let written = 0
  const write = () => {
    if (gathered.length === 0) return
    const all = Buffer.concat(gathered)
    writeSync(descriptor, all, 0, all.length, written)
    written += all.length
    gathered = []
  }
  return {
    put(facts) {
      const text = Buffer.from(JSON.stringify(facts))
      const length = Buffer.alloc(4)
      length.writeUInt32LE(text.length)
      gathered.push(length, text)
      const at = size
      size += 4 + text.length
      if (size - written >= WRITTEN_AT_ONCE) write()
      return at
    },
    get(at) {
      if (at >= written) write()
      const length = Buffer.alloc(4)
      readSync(descriptor, length, 0, 4, at)
      const text = Buffer.alloc(length.readUInt32LE())
      readSync(descriptor, text, 0, text.length, at + 4)
      // It was put there by `put`.
      return JSON.parse(text.toString('utf8')) as Facts
    },
    close() {
      closeSync(descriptor)
      rmSync(file, { force: true })
    },
  }
}
