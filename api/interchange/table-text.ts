// The text of a table, mended so that one bad row costs that row: lines end alike, and a quote opens a cell of several
// lines only where that cell is closed as the standard (RFC 4180) says. Any other quote is a character of its cell.

import { trimCell } from './plain-text.ts'
import { delimiterOf, fromHeader, withoutPreface } from './table-start.ts'

/** A cell of several lines beyond it is none, and a row beyond it is cut. */
const LONGEST_ROW = 1_000_000
const LONGEST_CELL = 20_000

export type TableText = {
  /** What can be said of the text so far. */
  push(text: string): string
  end(): string
}

/** `quote`: '' where quotes are data. `isMac`: lines end in CR alone, as on old Macs. */
export function openTableText(delimiter: string, quote: string, isMac: boolean): TableText {
  let rest = ''
  let held = ''
  let columns = 0
  const take = (isEnd: boolean): string => {
    const out: string[] = []
    let at = 0
    while (at < rest.length) {
      const lineEnd = rest.indexOf('\n', at)
      if (lineEnd < 0 && !isEnd) break
      const end = lineEnd < 0 ? rest.length : lineEnd
      const line = rest.slice(at, end)
      if (quote === '' || !line.includes(quote)) {
        if (columns === 0 && line !== '') columns = line.split(delimiter).length
        out.push(withinLimit(line, delimiter, quote), '\n')
        at = end + 1
        continue
      }
      const row = readRow(rest, at, { delimiter, quote, columns })
      if (row === 'unfinished' && !isEnd && rest.length - at < LONGEST_ROW) break
      const read = row === 'unfinished' ? literalRow(line, delimiter, quote) : row
      if (columns === 0) columns = read.columns
      out.push(withinLimit(read.text, delimiter, quote), '\n')
      at = row === 'unfinished' ? end + 1 : row.end + 1
    }
    rest = rest.slice(at)
    return out.join('')
  }
  /** A CR at the end of a part may belong to the LF of the next. */
  const plain = (text: string): string => {
    // U+001A ends files of DOS.
    const whole = (held + text).replaceAll('\0', '').replaceAll('\x1a', '')
    held = isMac ? '' : (/\r+$/.exec(whole)?.[0] ?? '')
    const complete = whole.slice(0, whole.length - held.length)
    return isMac ? complete.replace(/\r\n?/g, '\n') : complete.replace(/\r*\n/g, '\n').replaceAll('\r', ' ')
  }
  return {
    push(text) {
      rest += plain(text)
      return take(false)
    },
    end() {
      held = ''
      return take(true)
    },
  }
}

/** How csv-parse reads a mended table. */
export const TABLE_OPTIONS = {
  ltrim: true,
  cast: trimCell,
  record_delimiter: '\n',
  skip_empty_lines: true,
  relax_column_count: true,
  relax_quotes: true,
} as const

/** The whole of a table for csv-parse: mended, without what stands above it where its delimiter is not known. */
export function mendTable(text: string, known?: string, quote = '"') {
  const delimiter = known ?? delimiterOf(text)
  const table = openTableText(delimiter, quote, endsLikeMac(text))
  const plain = known === undefined ? fromHeader(text) : withoutPreface(text)
  return { text: table.push(plain) + table.end(), options: { ...TABLE_OPTIONS, delimiter } }
}

export const endsLikeMac = (text: string): boolean => text.includes('\r') && !text.includes('\n')

type Signs = { delimiter: string; quote: string; columns: number }
/** `end`: where its line ends. */
type Row = { text: string; end: number; columns: number }

/** The row that begins at `start`, over several lines where a cell in quotes is. */
function readRow(text: string, start: number, signs: Signs): Row | 'unfinished' {
  const { delimiter, quote, columns } = signs
  const newline = text.indexOf('\n', start)
  const lineEnd = newline < 0 ? text.length : newline
  const out: string[] = []
  let at = start
  let count = 0
  let end = lineEnd
  for (;;) {
    const cellEnd = endOfCell(text, at, delimiter, end)
    const quoteAt = at + (/^ */.exec(text.slice(at, cellEnd))?.[0].length ?? 0)
    count++
    if (text[quoteAt] !== quote || quoteAt >= cellEnd) {
      out.push(text.slice(at, cellEnd))
      at = cellEnd
    } else {
      const close = closingQuote(text, quoteAt, delimiter, quote)
      if (close === 'open') return 'unfinished'
      if (close !== 'stray' && close <= end) {
        const after = endOfCell(text, close + 1, delimiter, end)
        out.push(text.slice(at, after))
        at = after
      } else if (close !== 'stray' && isOfSeveralLines(text, start, close, signs)) {
        const next = text.indexOf('\n', close)
        end = next < 0 ? text.length : next
        const after = endOfCell(text, close + 1, delimiter, end)
        out.push(text.slice(at, after))
        at = after
      } else {
        const literal = endOfLiteral(text, quoteAt, end, delimiter, quote)
        // A quote that is closed nowhere is none.
        const from = text.slice(quoteAt + 1, literal).includes(quote) ? quoteAt : quoteAt + 1
        out.push(inQuotes(text.slice(from, literal), quote))
        at = literal
      }
    }
    if (at >= end || text[at] !== delimiter) break
    at++
  }
  const isTooWide = columns > 0 && end > lineEnd && count > columns
  return isTooWide
    ? literalRow(text.slice(start, lineEnd), delimiter, quote, lineEnd)
    : { text: out.join(delimiter), end, columns: count }
}

const endOfCell = (text: string, from: number, delimiter: string, lineEnd: number): number => {
  const found = text.indexOf(delimiter, from)
  return found < 0 || found > lineEnd ? lineEnd : found
}

/**
 * Where the quote that opened at `from` is closed: a delimiter or the end of a line follows, perhaps after blanks.
 * 'stray': something else follows. 'open': the text ends before.
 */
function closingQuote(text: string, from: number, delimiter: string, quote: string): number | 'stray' | 'open' {
  for (let at = text.indexOf(quote, from + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (text[at + 1] === quote) {
      at++
      continue
    }
    let after = at + 1
    while (text[after] === ' ') after++
    return after >= text.length || text[after] === delimiter || text[after] === '\n' ? at : 'stray'
  }
  return 'open'
}

/** Not where lines inside it look like rows of the table themselves. */
function isOfSeveralLines(text: string, start: number, close: number, { delimiter, columns }: Signs): boolean {
  if (close - start > LONGEST_ROW) return false
  const [first = '', ...others] = text.slice(start, close).split('\n')
  const cellsIn = (line: string) => line.split(delimiter).length
  return columns < 3 || cellsIn(first) !== columns || !others.some((line) => cellsIn(line) === columns)
}

/**
 * A cell whose quotes are characters: it ends with the first delimiter after a quote that closes on its line, if any.
 */
function endOfLiteral(text: string, from: number, lineEnd: number, delimiter: string, quote: string): number {
  const next = text.indexOf(quote, from + 1)
  const isOpening = next > 0 && text[next - 1] === delimiter
  return endOfCell(text, next < 0 || next > lineEnd || isOpening ? from : next, delimiter, lineEnd)
}

/** The parser loses all rows after one that is too long. Its cells are longer than any that is taken. */
function withinLimit(row: string, delimiter: string, quote: string): string {
  if (row.length < LONGEST_ROW) return row
  const cells = row.replaceAll('\n', ' ').split(delimiter)
  const cut = cells.map((cell) => cell.slice(0, LONGEST_CELL)).join(delimiter)
  return literalRow(cut.slice(0, LONGEST_ROW / 2), delimiter, quote).text
}

const inQuotes = (cell: string, quote: string): string => `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`

function literalRow(line: string, delimiter: string, quote: string, end = line.length): Row {
  const cells = line.split(delimiter)
  const text = cells
    .map((cell) => (cell.includes(quote) ? inQuotes(cell.replaceAll(quote, ''), quote) : cell))
    .join(delimiter)
  return { text, end, columns: cells.length }
}
