// What the rows of a table of this service say of one photo: a row for each photo, or for each animal in it.

import type { Bbox } from '../../../../../db/schema.ts'
import type { Finding, TaxonWords } from '../../../../contract/exchange/findings.ts'
import type { Folders, PhotoFacts } from '../../../../contract/exchange/import.ts'
import type { ExportTemplateList } from '../../../../contract/exchange/templates.ts'
import { namesIn } from '../../../scientific-name.ts'
import { clipBox } from '../../boxes.ts'
import { type Row, restoreCell } from '../../table-rows.ts'
import { ownColumns, photoSaid, type Seen, seenIn } from './seen-columns.ts'

export type RowChoices = {
  labelling: Folders['labelling']
  ignoreBoxes: boolean
  /** A lab's own names of columns, and the project's own fields. */
  templates?: ExportTemplateList
}

const RANK_COLUMNS = ['class', 'order', 'family', 'genus', 'species', 'commonName'] as const

/** Exports write an apostrophe before what a spreadsheet would take for a formula. */
export const restored = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text === undefined ? text : restoreCell(text)]))

/** What one row says; a photo with several rows puts its animals together. */
export type RowFacts = PhotoFacts & { seen?: Seen }

/** Several where the row names several taxa ("Canis lupus; Vulpes vulpes"). */
export function factsOfRow(row: Row, choices: RowChoices, leave: (why: string) => void): RowFacts[] {
  const facts: RowFacts = { path: row.path, ...photoSaid(row) }
  if (row.deployment) facts.deployment = row.deployment
  if (row.group) facts.group = row.group
  // Exported tables also hold people and vehicles, whose boxes are not animals.
  if (row.kind && row.kind !== 'animal') return [facts]
  const boxes = choices.ignoreBoxes ? [] : boxesOf(row.bboxes ?? '', leave)
  const seen = seenIn(row, choices.templates ? ownColumns(choices.templates) : [], leave)
  if (Object.keys(seen).length > 0) facts.seen = seen
  const withBoxes = boxes.length > 0 ? { ...facts, boxes } : facts
  if (choices.labelling === 'unlabelled') return [withBoxes]
  const [name = '', ...others] = namesIn(row.species ?? '')
  const label: PhotoFacts = {}
  for (const column of RANK_COLUMNS) if (row[column]) label[column] = row[column]
  // A trinomial names species and subspecies.
  if (label.species !== undefined && row.subspecies) label.species = row.subspecies
  if (others.length === 0) return [{ ...withBoxes, ...label }]
  // The row does not say which of several names a box is of.
  const { genus: _, family: __, order: ___, commonName: ____, ...above } = label
  const named = [name, ...others].map((species) => ({ ...facts, ...above, species }))
  return boxes.length > 0 ? [withBoxes, ...named] : named
}

/** What a row says of the photo, not of one animal in it. */
const PHOTO_KEYS = ['path', 'deployment', 'group', 'empty', 'unusable', 'notes', 'flagged'] as const

export const NOT_BOXES = 'Its boxes are not "x y w h" as fractions of the photo.'

function boxesOf(text: string, leave: (why: string) => void): Bbox[] {
  const parts = text.split(';').filter((part) => part.trim() !== '')
  const boxes = parts.map(parseBox).filter((box) => box !== null)
  if (boxes.length < parts.length) leave(NOT_BOXES)
  return boxes
}

/** Null for what is no box. */
function parseBox(text: string): Bbox | null {
  const words = text
    .replace(/[[\]()]/g, ' ')
    .trim()
    .split(/\s+/)
  // Four words may have commas as their decimal signs, or after them.
  const parts =
    words.length === 4 ? words.map((word) => word.replace(/,$/, '').replace(',', '.')) : words.join().split(',')
  const numbers = parts.map(Number)
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
export function factsOfRows(all: RowFacts[]): PhotoFacts {
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
export function notesOf(rows: RowFacts[]): PhotoFacts {
  const notes = [...new Set(rows.flatMap((row) => row.notes ?? []))]
  return notes.length === 0 ? {} : { notes: notes.join('\n') }
}

/** What several rows of one photo say and a photo cannot keep, in sentences. */
export function lostOf(rows: RowFacts[]): string[] {
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

export function wordsOf(row: PhotoFacts): TaxonWords {
  const ranks = Object.fromEntries(RANK_COLUMNS.flatMap((column) => (row[column] ? [[column, row[column]]] : [])))
  const label = row.species ?? row.genus ?? row.family ?? row.order ?? row.class ?? row.commonName ?? ''
  return { ...ranks, label }
}

function isLabelled(facts: PhotoFacts): boolean {
  return RANK_COLUMNS.some((column) => facts[column] !== undefined)
}
