// Plans an import of a table with a row for each photo, or for each animal in it. One bad row costs that row, and is
// listed.

import { createReadStream } from 'node:fs'
import { basename, dirname, extname, isAbsolute, relative, sep } from 'node:path'
import type { Bbox } from '../../../db/schema.ts'
import type { Finding, TaxonWords } from '../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import { tidyText } from '../../contract/exchange/text.ts'
import { EXPORT_COLUMNS } from '../../interchange/columns.ts'
import { clipBox } from '../../interchange/exchange/boxes.ts'
import { openDiskList } from '../../interchange/exchange/spool/disk-list.ts'
import { openGathering } from '../../interchange/exchange/spool/gathering.ts'
import { type Row, restoreCell, tableRows, unique } from '../../interchange/exchange/table-rows.ts'
import { namesIn } from '../../interchange/scientific-name.ts'
import { createFileFinder } from './find-file.ts'
import { type LeftOut, type Plan, PlanError, type PlannedPhoto, type PlanOptions } from './planned.ts'
import { ownColumns, photoSaid, type Seen, seenIn, templateColumns } from './seen-columns.ts'

const RANK_COLUMNS = ['class', 'order', 'family', 'genus', 'species', 'commonName'] as const

/** Columns by their names without regard to capitals, blanks and underscores: `Common name` is commonName. */
const COLUMN_BY_NAME = new Map(EXPORT_COLUMNS.map((name) => [foldedName(name), name]))
function foldedName(name: string): string {
  return tidyText(name)
    .toLowerCase()
    .replace(/[\s_-]/g, '')
}

/** `Scientific name` is the species of a table that has no such column. */
function columnsOf(header: string[], { templates }: PlanOptions): { named: string[]; ignored: string[] } {
  const plain = header.map(restoreCell)
  const byTemplate = templates && templateColumns(templates, plain)
  const own = templates ? ownColumns(templates) : []
  const exact = plain.map((name) => byTemplate?.get(name) ?? COLUMN_BY_NAME.get(foldedName(name)) ?? name)
  const named = exact.map((name) =>
    foldedName(name) === 'scientificname' && !exact.includes('species') ? 'species' : name,
  )
  // A table without paths may name the files.
  const withPath = unique(named.includes('path') ? named : named.map((name) => (name === 'filename' ? 'path' : name)))
  return {
    named: withPath,
    ignored: withPath.filter((name) => name !== '' && !EXPORT_COLUMNS.includes(name) && !own.includes(name)),
  }
}

export async function planCsv(csv: string, options: PlanOptions): Promise<Plan> {
  const notes = new Set<string>()
  const leftOut = openDiskList<LeftOut>(options.scratch)
  const photos = openDiskList<PlannedPhoto>(options.scratch)
  const factsByFile = openGathering<RowFacts>(options.scratch)
  const missing: string[] = []
  let header: string[] = []
  const findFile = createFileFinder(dirname(csv))
  const rows = tableRows(createReadStream(csv), {
    rename: (names) => {
      const { named, ignored } = columnsOf(names, options)
      if (ignored.length > 0) notes.add(`Ignored the column${ignored.length === 1 ? '' : 's'} ${ignored.join(', ')}.`)
      header = named
      return named
    },
    onBadRow: (why, line) =>
      leftOut.push({ what: `${basename(csv)}, line ${line}`, why: `The row cannot be read: ${why}.` }),
    onWideRow: (rest, line) =>
      leftOut.push({ what: `${basename(csv)}, line ${line}`, why: `Beyond the last column, so not read: ${rest}` }),
  })
  let isEmpty = true
  for await (const row of rows) {
    isEmpty = false
    requirePath(csv, header)
    if (!row.path || (options.splits.length > 0 && !options.splits.includes(row.split ?? ''))) continue
    const file = await findFile(row.path)
    if (file === null) {
      missing.push(row.path)
      continue
    }
    if (!options.outside && !isInside(dirname(csv), file)) {
      notes.add('Left out files outside of the folder of the table. With --outside they are imported too.')
      missing.push(row.path)
      continue
    }
    const facts = factsOfRow(restored(row), options, (why) => {
      if (why === NOT_BOXES)
        notes.add(
          `Left out boxes that are not "x y w h" as fractions of the photo, the first in the row of ${row.path}.`,
        )
      leftOut.push({ what: row.path ?? '', why })
    })
    for (const one of facts) factsByFile.add(file, one)
  }
  requirePath(csv, header)
  if (isEmpty) throw new PlanError(`Expected rows below the header of ${csv} but found none that can be read.`)
  for (const { key, rows: ofFile } of factsByFile.groups()) {
    const [first] = ofFile
    for (const why of lostOf(ofFile)) leftOut.push({ what: first?.path ?? key, why })
    photos.push({ file: key, facts: { ...factsOfRows(ofFile), ...notesOf(ofFile) } })
  }
  factsByFile.close()
  return {
    name: options.name ?? basename(csv, extname(csv)),
    photos,
    missing,
    notes: [...notes],
    leftOut,
    async close() {
      leftOut.close()
      photos.close()
    },
  }
}

function requirePath(csv: string, header: readonly string[]): void {
  if (header.length === 0) throw new PlanError(`Expected a table in ${csv} but it is empty.`)
  if (!header.includes('path'))
    throw new PlanError(
      `Expected a column path in ${csv} but found ${header.join(', ').slice(0, 500)}. The first line names the columns.`,
    )
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Exports write an apostrophe before what a spreadsheet would take for a formula. */
const restored = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text === undefined ? text : restoreCell(text)]))

/** What one row says; a photo with several rows puts its animals together. */
type RowFacts = PhotoFacts & { seen?: Seen }

/** Several where the row names several taxa ("Canis lupus; Vulpes vulpes"). */
function factsOfRow(row: Row, options: PlanOptions, leave: (why: string) => void): RowFacts[] {
  const facts: RowFacts = { path: row.path, ...photoSaid(row) }
  if (row.deployment) facts.deployment = row.deployment
  if (row.group) facts.group = row.group
  // Exported tables also hold people and vehicles, whose boxes are not animals.
  if (row.kind && row.kind !== 'animal') return [facts]
  const boxes = options.ignoreBoxes ? [] : boxesOf(row.bboxes ?? '', leave)
  const seen = seenIn(row, options.templates ? ownColumns(options.templates) : [], leave)
  if (Object.keys(seen).length > 0) facts.seen = seen
  const withBoxes = boxes.length > 0 ? { ...facts, boxes } : facts
  if (options.labelling === 'unlabelled') return [withBoxes]
  const [name = '', ...others] = namesIn(row.species ?? '')
  const label: PhotoFacts = {}
  for (const column of RANK_COLUMNS) if (row[column]) label[column] = row[column]
  // A trinomial names species and subspecies.
  if (label.species !== undefined && row.subspecies) label.species = row.subspecies
  if (others.length === 0) return [{ ...withBoxes, ...label }]
  // Which of several names a box is of, the row does not say.
  const { genus: _, family: __, order: ___, commonName: ____, ...above } = label
  const named = [name, ...others].map((species) => ({ ...facts, ...above, species }))
  return boxes.length > 0 ? [withBoxes, ...named] : named
}

/** What a row says of the photo, not of one animal in it. */
const PHOTO_KEYS = ['path', 'deployment', 'group', 'empty', 'unusable', 'notes', 'flagged'] as const

const NOT_BOXES = 'Its boxes are not "x y w h" as fractions of the photo.'

function boxesOf(text: string, leave: (why: string) => void): Bbox[] {
  const parts = text.split(';').filter((part) => part.trim() !== '')
  const boxes = parts.map(parseBox).filter((box) => box !== null)
  if (boxes.length < parts.length) leave(NOT_BOXES)
  return boxes
}

/** Null for what is no box. */
function parseBox(text: string): Bbox | null {
  const numbers = text.trim().split(/\s+/).map(Number)
  const [x, y, width, height] = numbers
  if (x === undefined || y === undefined || width === undefined || height === undefined || numbers.length !== 4)
    return null
  // Rounded numbers may reach a little beyond all edges, where boxes are cut.
  const isWithin = (hair: number) =>
    width > 0 && height > 0 && [x, y, x + width, y + height].every((side) => side >= -hair && side <= 1 + hair)
  if (isWithin(0)) return [x, y, width, height]
  return isWithin(0.01) ? clipBox(numbers) : null
}

/**
 * A photo with several rows has several boxed animals. Rows that all name one taxon are a label with boxes; otherwise
 * each box keeps what its own row says.
 */
function factsOfRows(all: RowFacts[]): PhotoFacts {
  const saying = all.filter((row) => row.boxes !== undefined || row.seen !== undefined || isLabelled(row))
  const rows = saying.length > 0 ? saying : all
  const first = rows[0] ?? {}
  const isOne = (row: RowFacts) => RANK_COLUMNS.every((column) => row[column] === first[column])
  if (rows.every((row) => row.seen === undefined && isOne(row))) {
    // A row that stands there twice is one animal.
    const boxes = [...new Map(rows.flatMap((row) => row.boxes ?? []).map((box) => [box.join(), box])).values()]
    return boxes.length > 0 ? { ...first, boxes } : first
  }
  const found = rows.flatMap((row): Finding[] => {
    const statements = isLabelled(row) ? [{ taxon: wordsOf(row), verified: true, by: null, score: null }] : []
    return (row.boxes ?? [null]).map((bbox) => ({ bbox, kind: 'animal', confidence: null, statements, ...row.seen }))
  })
  const searched = rows.every((row) => row.boxes !== undefined)
  const photo = Object.fromEntries(PHOTO_KEYS.flatMap((key) => (first[key] === undefined ? [] : [[key, first[key]]])))
  return { ...photo, findings: { searched, detector: null, found } }
}

/** Notes of several animals are one text. */
function notesOf(rows: RowFacts[]): PhotoFacts {
  const notes = [...new Set(rows.flatMap((row) => row.notes ?? []))]
  return notes.length === 0 ? {} : { notes: notes.join('\n') }
}

/** What several rows of one photo say and a photo cannot keep, in sentences. */
function lostOf(rows: RowFacts[]): string[] {
  const lost: string[] = []
  for (const key of ['deployment', 'group'] as const) {
    const [kept, ...others] = new Set(rows.flatMap((row) => row[key] ?? []))
    if (others.length > 0)
      lost.push(`Its rows name several ${key}s: ${kept} is kept, and ${others.join(', ')} is left out.`.slice(0, 1000))
  }
  const whole = rows.filter(({ boxes, seen }) => boxes === undefined && seen !== undefined)
  if (new Set(whole.map(({ seen }) => JSON.stringify(seen))).size > 1)
    lost.push('Several of its rows tell counts and the like of animals without boxes: those of the first are kept.')
  return lost
}

function wordsOf(row: PhotoFacts): TaxonWords {
  const ranks = Object.fromEntries(RANK_COLUMNS.flatMap((column) => (row[column] ? [[column, row[column]]] : [])))
  const label = row.species ?? row.genus ?? row.family ?? row.order ?? row.class ?? row.commonName ?? ''
  return { ...ranks, label }
}

function isLabelled(facts: PhotoFacts): boolean {
  return RANK_COLUMNS.some((column) => facts[column] !== undefined)
}
