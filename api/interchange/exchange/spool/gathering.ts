// Brings together what tells of one thing but stands in different places of a file: rows of one photo, annotations and
// their image.

import { openSpool, partOf } from './spool.ts'

export type Gathering<Row> = {
  readonly length: number
  add(key: string, row: Row): void
  /** By key, with its rows as they were added. Keys come as they first came, or part by part where there are many. */
  groups(): Iterable<{ key: string; rows: Row[] }>
  /** Gives its room back. */
  close(): void
}

/** Rows come back as JSON keeps them. */
export function openGathering<Row>(folder?: string): Gathering<Row> {
  const spool = openSpool(folder)
  return {
    get length() {
      return spool.length
    },
    add: (key, row) => spool.put(partOf(key), JSON.stringify([key, row])),
    *groups() {
      for (const { entries } of spool.batches()) {
        const groups = new Map<string, Row[]>()
        for (const { text } of entries) {
          // `add` put it there.
          const [key, row] = JSON.parse(text) as [string, Row]
          const rows = groups.get(key)
          if (rows === undefined) groups.set(key, [row])
          else rows.push(row)
        }
        for (const [key, rows] of groups) yield { key, rows }
      }
    },
    close: () => spool.close(),
  }
}
