// The records that the rows of a table tell, one after the other, and its rows that cannot be read.

import { type LeftOut, leftOut } from './left-out.ts'
import type { FileSet } from './reader.ts'
import type { ExchangeRecord } from './records.ts'
import { foldedHeader, type Row, type TableOptions, tableRows } from './table-rows.ts'

/** Columns are found by `cell`. `read`: what a row tells by itself; null where it is kept for later. */
export async function* recordsOfTable(
  files: FileSet,
  path: string,
  read: (row: Row) => ExchangeRecord | null,
  options: Omit<TableOptions, 'onBadRow'> = {},
): AsyncGenerator<ExchangeRecord> {
  let bad: LeftOut[] = []
  const onBadRow = (why: string) => void bad.push(leftOut(path, `A row cannot be read: ${why}.`))
  for await (const row of tableRows(files.open(path), { rename: foldedHeader, ...options, onBadRow })) {
    if (bad.length > 0) {
      yield* bad
      bad = []
    }
    const record = read(row)
    if (record !== null) yield record
  }
  yield* bad
}
