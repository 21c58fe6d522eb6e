// Where a table begins: below a byte order mark, Excel's line that names the delimiter, and what people write above the
// names of the columns: comments, a title, empty lines.

import { tidyText } from '../contract/exchange/text.ts'
import { EXPORT_COLUMNS } from './columns.ts'

export const DELIMITERS = [',', ';', '\t', '|'] as const

/** Lines above the header at most. */
const MOST_ABOVE = 30
const SAMPLE = 100_000

/**
 * The name of a column without what programs write in several ways: capitals, blanks, underscores, quotes, the
 * vocabulary before a term of Darwin Core (`dwc:`, `http://rs.tdwg.org/dwc/terms/`).
 */
export function foldedColumn(name: string): string {
  const tidy = tidyText(name.normalize('NFKC')).toLowerCase()
  const term = tidy.replace(/^["']?(https?:\/\/\S*[/#]|(dwc|dcterms|dc|ac|gbif|xmp|exif):)(?=\w)/, '')
  return term.replace(/[^\p{L}\p{M}\p{N}]/gu, '') || tidy
}

/** Names of columns by which a header is told from what stands above it: of this service's tables, and of others. */
const KNOWN_COLUMNS = new Set(
  [
    ...EXPORT_COLUMNS,
    ...['file', 'file name', 'file path', 'relative path', 'directory', 'folder', 'image id', 'media id', 'date time'],
    ...['deployment id', 'location', 'location id', 'station', 'placename', 'camera', 'name', 'setup date', 'start'],
    ...['scientific name', 'common name', 'taxon id', 'wi taxon id', 'taxon rank', 'identified by', 'quality grade'],
    ...['observed on', 'image url', 'occurrence id', 'basis of record', 'event date', 'observation id', 'synonyms'],
    ...['decimal latitude', 'decimal longitude', 'lat', 'lon', 'lng', 'start date', 'end date', 'end', 'date', 'url'],
  ].map(foldedColumn),
)

const cellsOf = (line: string): string[] => {
  const bare = line.replace(/"[^"]*"/g, (cell) => cell.replace(/[,;\t|]/g, ' '))
  return DELIMITERS.map((sign) => bare.split(sign)).reduce((most, cells) => (cells.length > most.length ? cells : most))
}

const COMMENT = /^["']?(#|\/\/|%)/

/** `known`: cells that are names of columns. */
function look(line: string) {
  const isComment = COMMENT.test(line)
  const cells = cellsOf(line.replace(COMMENT, '')).map(foldedColumn)
  const filled = cells.filter((cell) => cell !== '').length
  const known = cells.filter((cell) => KNOWN_COLUMNS.has(cell)).length
  // Some programs write the names of the columns as a comment.
  return { isComment, filled, known: isComment && (filled < 2 || known * 2 < filled) ? 0 : known }
}

/**
 * How many characters stand above the names of the columns. Comments do; other lines only where they have fewer cells
 * than names of columns that follow, because lists without a header begin with such lines, too.
 */
function lengthAboveHeader(text: string): number {
  const lines = text.slice(0, SAMPLE).split(/(?<=\n)|(?<=\r)(?!\n)/)
  let above = 0
  let comments = 0
  let widest = 0
  for (const line of lines.slice(0, MOST_ABOVE)) {
    const { isComment, filled, known } = look(line)
    if (known > 0 && (widest === 0 || (filled > widest && filled > 1))) return above
    if (!isComment) widest = Math.max(widest, filled)
    above += line.length
    if (widest === 0) comments = above
  }
  return comments
}

/** Without a byte order mark and Excel's first line, such as `sep=;`. */
export const withoutPreface = (text: string): string => text.replace(/^\uFEFF?("?sep=.{1,2}"?(\r\n?|\n))?/i, '')

/** From the names of the columns on. Lines above are empty ones then, so that the lines of rows keep their numbers. */
export function fromHeader(text: string): string {
  const plain = withoutPreface(text)
  const above = lengthAboveHeader(plain)
  return above === 0 ? plain : plain.slice(0, above).replace(/[^\r\n]/g, '') + plain.slice(above)
}

/** What separates the columns of a table: what Excel's first line says, else the sign that its header holds most of. */
export function delimiterOf(text: string): (typeof DELIMITERS)[number] {
  const start = text.slice(0, SAMPLE)
  const said = /^\uFEFF?"?sep=(.)/i.exec(start)?.[1]
  const header = (/^\s*(.*)/.exec(fromHeader(start))?.[1] ?? '').replace(/"[^"]*"/g, '')
  const most = DELIMITERS.reduce((best, sign) => (header.split(sign).length > header.split(best).length ? sign : best))
  return DELIMITERS.find((sign) => sign === said) ?? most
}
