// What a CSV that was dropped with its photos says about each photo, by the photo's path in NFC, and what it leaves
// out; null if it has no column `path`. The columns are those of `npm run import`. Any encoding and separator is read;
// a bad row costs itself.

import type { PhotoFacts } from '../../../api/contract/exchange/import.ts'
import type { Found } from '../found.ts'
import type { LeftOut } from '../left-out/left-out.ts'
import {
  namedColumns,
  ofPhoto,
  ownColumns,
  photoSaid,
  type RowFacts,
  restored,
  seenOf,
  type Templates,
} from './seen-columns.ts'

const rankColumns = ['class', 'order', 'family', 'genus', 'species', 'commonName'] as const
const textColumns = [...rankColumns, 'group', 'deployment'] as const

type Box = [number, number, number, number]
/** Rounded numbers may reach so far beyond the edges, where boxes are cut. */
const A_HAIR = 0.01

/** Boxes as `x y w h` in fractions of the photo, separated by `;`. */
function boxesOf(text: string): Box[] {
  return text.split(';').flatMap((box): Box[] => {
    const [x = Number.NaN, y = Number.NaN, width = Number.NaN, height = Number.NaN] = box
      .trim()
      .split(/\s+/)
      .map(Number)
    const sides = [x, y, x + width, y + height]
    if (!sides.every((side) => side >= -A_HAIR && side <= 1 + A_HAIR)) return []
    if (width > 0 && height > 0 && sides.every((side) => side >= 0 && side <= 1)) return [[x, y, width, height]]
    const [left = 0, top = 0, right = 0, bottom = 0] = sides.map((side) => Math.min(1, Math.max(0, side)))
    return right > left && bottom > top ? [[left, top, right - left, bottom - top]] : []
  })
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** What separates most columns in the first line. */
function separatorOf(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1)
  const columns = (sign: string) => line.split(sign).length
  return [',', ';', '\t', '|'].reduce((best, sign) => (columns(sign) > columns(best) ? sign : best))
}

export type CsvFacts = { byPath: Map<string, PhotoFacts>; leftOut: LeftOut[] }

export async function factsOfCsv({ file, path, open }: Found, templates: Templates | null): Promise<CsvFacts | null> {
  const leftOut: LeftOut[] = []
  let header: string[] = []
  const { parse } = await import('csv-parse/browser/esm/sync')
  const text = decode(new Uint8Array(await (await open()).arrayBuffer())).replaceAll('\0', '')
  const rows: Record<string, string>[] = parse(text, {
    columns: (names) => {
      header = namedColumns(names, templates)
      return header
    },
    bom: true,
    // The parser's own `trim` loses the whole table where a word follows a closing quote.
    ltrim: true,
    cast: (cell) => restored(cell.trim()),
    delimiter: separatorOf(text),
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      leftOut.push({ what: file.name, why: `A row cannot be read: ${error?.message ?? 'no reason given'}.` })
      return undefined
    },
  })
  if (!header.includes('path')) return null
  if (rows.length === 0) leftOut.push({ what: path, why: 'It names columns, but has no rows that can be read.' })
  const folder = path.slice(0, path.length - file.name.length)
  const byPath = new Map<string, RowFacts[]>()
  for (const row of rows) {
    if (!row.path) {
      leftOut.push({ what: file.name, why: 'A row names no photo.' })
      continue
    }
    const boxes = (row.bboxes ?? '').split(';').filter((box) => box.trim() !== '').length
    if (boxesOf(row.bboxes ?? '').length < boxes)
      leftOut.push({ what: row.path, why: 'A box is left out: expected "x y w h" as fractions of the photo.' })
    const at = `${folder}${row.path.replaceAll('\\', '/').replace(/^\.\//, '')}`.normalize('NFC')
    byPath.set(at, [...(byPath.get(at) ?? []), factsOfRow(row, ownColumns(templates))])
  }
  return { byPath: new Map([...byPath].map(([at, facts]) => [at, together(facts)])), leftOut }
}

function factsOfRow(row: Record<string, string>, own: readonly string[]): RowFacts {
  const boxes = boxesOf(row.bboxes ?? '')
  const facts: RowFacts = { ...photoSaid(row), ...(boxes.length > 0 && { boxes }), ...seenOf(row, own) }
  for (const column of textColumns) {
    const value = row[column]?.trim()
    if (value !== undefined && value !== '') facts[column] = value
  }
  return facts
}

/** Several rows of one photo: one label with several boxes, or boxes that keep what their own row says. */
function together(rows: RowFacts[]): PhotoFacts {
  const [first = {}] = rows
  const boxes = rows.flatMap((row) => row.boxes ?? [])
  if (rows.every((row) => row.seen === undefined && rankColumns.every((column) => row[column] === first[column])))
    return boxes.length > 0 ? { ...first, boxes } : first
  const found = rows.flatMap((row) => {
    const label = rankColumns.findLast((column) => column !== 'commonName' && row[column]) ?? 'commonName'
    const ranks = Object.fromEntries(rankColumns.flatMap((column) => (row[column] ? [[column, row[column]]] : [])))
    const said = { taxon: { ...ranks, label: row[label] ?? '' }, verified: true, by: null, score: null }
    return (row.boxes ?? [null]).map((bbox) => ({
      bbox,
      kind: 'animal' as const,
      confidence: null,
      statements: row[label] ? [said] : [],
      ...row.seen,
    }))
  })
  const searched = rows.every((row) => row.boxes !== undefined)
  return { ...ofPhoto(first), findings: { searched, detector: null, found } }
}
