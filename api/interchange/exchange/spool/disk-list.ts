// A list that may be longer than memory holds: most of it lies on the disk. Values come back as JSON keeps them.

import { openSpool } from './spool.ts'

export type DiskList<T> = Iterable<T> & {
  readonly length: number
  push(value: T): void
  /** Gives its room back. */
  close(): void
}

export function openDiskList<T>(folder?: string): DiskList<T> {
  const spool = openSpool(folder)
  return {
    get length() {
      return spool.length
    },
    push: (value) => spool.put(0, JSON.stringify(value)),
    *[Symbol.iterator]() {
      // `push` put it there.
      for (const { text } of spool) yield JSON.parse(text) as T
    },
    close: () => spool.close(),
  }
}

/** Items of any sequence in lists of at most `most`. */
export function* inParts<T>(items: Iterable<T>, most: number): Generator<T[]> {
  let part: T[] = []
  for (const item of items) {
    part.push(item)
    if (part.length < most) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}
