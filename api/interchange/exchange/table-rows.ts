// Rows of a table of any size, whatever encoding and separator it has. One bad row costs that row.

import { isUtf8 } from 'node:buffer'
import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { delimiterOf, trimCell } from '../plain-text.ts'
import { ExchangeError } from './exchange-error.ts'

export type Row = Record<string, string | undefined>

export type TableOptions = {
  delimiter?: string
  /** '' where quotes are data. */
  quote?: string
  /** Names of the columns; by default the first line. */
  columns?: string[]
  skipLines?: number
  encoding?: string
  onBadRow?: (why: string) => void
}

const LONGEST_ROW = 1_000_000
const SAMPLE_BYTES = 65_536

export async function* tableRows(bytes: AsyncIterable<Uint8Array>, options: TableOptions = {}): AsyncGenerator<Row> {
  const { head, rest } = await sample(bytes)
  const decoder = new TextDecoder(options.encoding ?? encodingOf(head))
  const text = decoder.decode(head, { stream: true })
  const delimiter = options.delimiter ?? delimiterOf(text)
  const parser = parse({
    columns: options.columns ?? ((names: string[]) => names.map((name) => name.trim())),
    bom: true,
    ...(options.quote !== '' && { ltrim: true, cast: trimCell }),
    delimiter,
    quote: options.quote === '' ? false : (options.quote ?? '"'),
    from_line: 1 + (options.skipLines ?? 0),
    max_record_size: LONGEST_ROW,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      options.onBadRow?.(error?.message ?? 'no reason given')
      return undefined
    },
  })
  async function* decoded() {
    yield clean(text)
    for await (const part of rest) yield clean(decoder.decode(part, { stream: true }))
    yield clean(decoder.decode())
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

const clean = (text: string): string => text.replaceAll('\0', '')

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

/** UTF-8 where the first part is that, its last character perhaps cut. */
export function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  for (let cut = 0; cut < 4; cut++) if (isUtf8(head.subarray(0, head.length - cut))) return 'utf-8'
  return 'windows-1252'
}

/** The names of a table's columns, from the first bytes of a file. */
export function columnsOf(head: string): string[] {
  const line = head.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? ''
  return line.split(delimiterOf(line)).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
}

/** `NA` and `NaN` stand for empty cells in tables that R and Python write. */
export const cell = (row: Row, name: string): string => {
  const text = row[name]?.trim() ?? ''
  return text === 'NA' || text === 'NaN' || text === 'nan' ? '' : restoreCell(text)
}

/** What begins a formula in spreadsheets. */
const FORMULA = /^[=+\-@\t\r]/
/** A cell that no spreadsheet takes for a formula: numbers stay as they are. */
export const harmlessCell = (text: string): string =>
  FORMULA.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text
/** Reverts `harmlessCell`. */
export const restoreCell = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text
