// Rows of a table of any size, whatever encoding and separator it has. One bad row costs that row.

import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { tidyText } from '../../contract/exchange/text.ts'
import { encodingOf, openDecoder, trimCell } from '../plain-text.ts'
import { delimiterOf, foldedColumn, fromHeader, withoutPreface } from '../table-start.ts'
import { endsLikeMac, openTableText } from '../table-text.ts'
import { ExchangeError } from './exchange-error.ts'
import { numberOf, shareOf } from './json-entries.ts'

export type Row = Record<string, string | undefined>

export type TableOptions = {
  delimiter?: string
  /** '' where quotes are data. */
  quote?: string
  /** Names of the columns; by default the first line. */
  columns?: string[]
  skipLines?: number
  encoding?: string
  /** What the columns are called, by what the header calls them. */
  rename?: (header: string[]) => string[]
  /** `line`: of the file, from 1. */
  onBadRow?: (why: string, line: number) => void
  /** `rest`: cells beyond the last column, which the row does not keep. */
  onWideRow?: (rest: string, line: number) => void
}

/** Columns of one name get numbers, so that the first keeps its cells. */
export function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 || name === '' ? name : `${name} (${count})`
  })
}

const LONGEST_ROW = 1_000_000
const SAMPLE_BYTES = 65_536

export async function* tableRows(bytes: AsyncIterable<Uint8Array>, options: TableOptions = {}): AsyncGenerator<Row> {
  const { head, rest } = await sample(bytes)
  const decoder = openDecoder(options.encoding ?? encodingOf(head))
  const text = decoder.push(head)
  const delimiter = options.delimiter ?? delimiterOf(text)
  const table = openTableText(delimiter, options.quote ?? '"', endsLikeMac(text))
  const { rename = (header) => header, onWideRow } = options
  const parser = parse({
    columns: options.columns ?? ((names: string[]) => unique(rename(names.map((name) => tidyText(name))))),
    record_delimiter: '\n',
    ltrim: options.quote !== '',
    delimiter,
    quote: options.quote === '' ? false : (options.quote ?? '"'),
    from_line: 1 + (options.skipLines ?? 0),
    max_record_size: LONGEST_ROW,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      options.onBadRow?.(error?.message ?? 'no reason given', Number(error?.lines ?? 0))
      return undefined
    },
    // Not by csv-parse's `cast`, which drops cells beyond the last column unseen.
    on_record: (record: Row, { error, lines }) => {
      if (options.quote !== '')
        for (const [name, text] of Object.entries(record)) if (text !== undefined) record[name] = trimCell(text)
      if (onWideRow === undefined || !Array.isArray(error?.record)) return record
      const rest = error.record.slice(Object.keys(record).length).filter(Boolean)
      if (rest.length > 0) onWideRow(rest.join(', ').slice(0, 200), lines)
      return record
    },
  })
  async function* decoded() {
    yield table.push(options.columns === undefined ? fromHeader(text) : withoutPreface(text))
    for await (const part of rest) yield table.push(decoder.push(part))
    yield table.push(decoder.end())
    yield table.end()
  }
  // A fault of the parser is thrown to the reader of its rows, so this callback has nothing to do.
  const rows = pipeline(Readable.from(decoded()), parser, () => {})
  try {
    // csv-parse yields records of strings when it has columns; its type says unknown.
    for await (const row of rows as AsyncIterable<Row>) yield row
  } catch (error) {
    throw new ExchangeError(
      `Expected a table but it cannot be read (${error instanceof Error ? error.message : error}).`,
      {
        cause: error,
      },
    )
  }
}

async function sample(bytes: AsyncIterable<Uint8Array>) {
  const iterator = bytes[Symbol.asyncIterator]()
  const parts: Uint8Array[] = []
  for (let size = 0; size < SAMPLE_BYTES; ) {
    const next = await iterator.next()
    if (next.done) break
    parts.push(next.value)
    size += next.value.length
  }
  return { head: Buffer.concat(parts), rest: { [Symbol.asyncIterator]: () => iterator } }
}

/** The names of a table's columns, from the first bytes of a file. */
export function columnsOf(head: string): string[] {
  const line =
    fromHeader(head)
      .trimStart()
      .split(/\r\n?|\n/, 1)[0] ?? ''
  return line.split(delimiterOf(head)).map((name) => tidyText(name.trim().replace(/^"(.*)"$/, '$1')))
}

/** Whether a table has all these columns, whatever their capitals, blanks, underscores and quotes. */
export function hasColumns(head: string, wanted: readonly string[]): boolean {
  const columns = new Set(columnsOf(head).map(foldedColumn))
  return wanted.every((name) => columns.has(foldedColumn(name)))
}

/** For tables of other programs: `cell` finds columns however their names are written. */
export const foldedHeader = (header: string[]): string[] => header.map(foldedColumn)

const foldedNames = new Map<string, string>()
/** The names that readers ask for are few. */
function foldedOnce(name: string): string {
  const known = foldedNames.get(name)
  if (known !== undefined) return known
  const folded = foldedColumn(name)
  if (foldedNames.size < 1000) foldedNames.set(name, folded)
  return folded
}

/** `NA` and `NaN` stand for empty cells in tables that R and Python write. */
export const cell = (row: Row, name: string): string => {
  const text = (row[name] ?? row[foldedOnce(name)])?.trim() ?? ''
  return text === 'NA' || text === 'NaN' || text === 'nan' ? '' : restoreCell(text)
}

export const hasCell = (row: Row, name: string): boolean => name in row || foldedOnce(name) in row

/** A number as tables of any country have it: `48,15`, `−33.86`, `33.86°`; null for what is none. */
export function decimal(row: Row, name: string): number | null {
  const plain = cell(row, name)
    .replace(/^[−–]\s?/u, '-')
    .replace(/\s*[°º]$/u, '')
  return numberOf(/^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(plain) ? plain.replace(',', '.') : plain)
}
export const decimalShare = (row: Row, name: string): number | null => shareOf(decimal(row, name))

/** What begins a formula in spreadsheets. */
const FORMULA = /^[=+\-@\t\r]/
/** A cell that no spreadsheet takes for a formula: numbers stay as they are. */
export const harmlessCell = (text: string): string =>
  FORMULA.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text
/** Reverts `harmlessCell`. */
export const restoreCell = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text
