// Plans an import of a folder, a CSV or a photo: which photos, what is known of each, and notes about missing files and
// ignored columns. It reads names and the CSV, but no photo.

import type { Stats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { parse } from 'csv-parse'
import type { Bbox } from '../../../db/schema.ts'
import type { Finding, TaxonWords } from '../../contract/exchange/findings.ts'
import type { FolderFacts, Folders, PhotoFacts } from '../../contract/exchange/import.ts'
import { EXPORT_COLUMNS } from '../../interchange/columns.ts'
import { clipBox } from '../../interchange/exchange/boxes.ts'
import { restoreCell } from '../../interchange/exchange/table-rows.ts'
import { decodeText, delimiterOf, trimCell } from '../../interchange/plain-text.ts'
import { isCardFolder } from '../../photos/made-by-machines.ts'

/** `sha256`: the photo was imported before, and no file of it is needed. */
export type PlannedPhoto = { file: string; sha256?: string; facts: PhotoFacts }

/** Something that stays out, and why. */
export type LeftOut = { what: string; why: string }

export type Plan = {
  name: string
  photos: PlannedPhoto[]
  /** Files that the CSV names but that do not exist. */
  missing: string[]
  /** Sentences for the person who asked. */
  notes: string[]
  leftOut?: LeftOut[]
}

export type PlanOptions = {
  name?: string
  labelling: Folders['labelling']
  ignoreBoxes: boolean
  /** Whether a table may name files outside of its own folder. */
  outside?: boolean
  /** Only rows with one of these values in the CSV's column `split`; empty: all rows. */
  splits: string[]
  /** What folders below a root say about the photos in them, in the same order (api/photos/folder-labels.ts). */
  factsOfFolders: (request: Folders) => Promise<FolderFacts[]>
}

/** An input that cannot be imported; the message says why. */
export class PlanError extends Error {
  override name = 'PlanError'
}

const PHOTO_ENDINGS = new Set(
  'jpg jpeg jpe jfif mpo png webp tif tiff gif avif heic heif dng cr2 cr3 nef arw orf rw2 raf bmp mp4 m4v mov avi mkv'
    .split(' ')
    .map((e) => `.${e}`),
)
export const isPhotoFile = (path: string): boolean => PHOTO_ENDINGS.has(extname(path).toLowerCase())
const RANK_COLUMNS = ['class', 'order', 'family', 'genus', 'species', 'commonName'] as const
/** Throws PlanError when there is nothing at `path`. */
export async function findPath(path: string): Promise<Stats> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new PlanError(`Expected a folder, a CSV or a photo, but there is nothing at ${path}.`)
  return found
}

export async function planImport(path: string, options: PlanOptions): Promise<Plan> {
  const found = await findPath(path)
  const start = resolve(path)
  if (found.isDirectory()) return planFolder(start, options)
  if (extname(start).toLowerCase() === '.csv') return planCsv(start, options)
  const name = options.name ?? basename(start)
  return { name, photos: [{ file: start, facts: { path: basename(start) } }], missing: [], notes: [] }
}

async function planFolder(root: string, options: PlanOptions): Promise<Plan> {
  const files: string[] = []
  const others = new Map<string, number>()
  const entries = await readdir(root, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const ending = extname(entry.name).toLowerCase()
    if (isPhotoFile(entry.name)) files.push(relative(root, join(entry.parentPath, entry.name)))
    else others.set(ending || entry.name, (others.get(ending || entry.name) ?? 0) + 1)
  }
  files.sort()
  const folders = [...new Set(files.map((file) => dirname(file)))]
  const segments = folders.map((folder) => (folder === '.' ? [] : folder.split(sep)))
  const found = await options.factsOfFolders({ root: placeOf(root), folders: segments, labelling: options.labelling })
  const facts = new Map(folders.map((folder, i) => [folder, found[i]]))
  const photos = files.flatMap((file) => {
    const { leftOut, ...known } = facts.get(dirname(file)) ?? {}
    return leftOut ? [] : [{ file: join(root, file), facts: { path: file.split(sep).join('/'), ...known } }]
  })
  const notes = [...others].map(
    ([ending, count]) => `Left out ${count} ${ending} file${count === 1 ? '' : 's'}: not photos.`,
  )
  const ofSystems = files.length - photos.length
  if (ofSystems > 0)
    notes.push(
      `Left out ${ofSystems} file${ofSystems === 1 ? '' : 's'} in folders that systems keep for themselves (hidden, trash, thumbnails, snapshots).`,
    )
  return { name: options.name ?? basename(root), photos, missing: [], notes }
}

/** The name of a folder, or of the one around it where a camera made this one: `DCIM` says nothing about the place. */
function placeOf(folder: string): string {
  const above = dirname(folder)
  return isCardFolder(basename(folder)) && above !== folder ? placeOf(above) : basename(folder)
}

async function planCsv(csv: string, options: PlanOptions): Promise<Plan> {
  const notes = new Set<string>()
  const photos = new Map<string, PhotoFacts[]>()
  const missing: string[] = []
  const text = decodeText(await readFile(csv))
  const nuls = text.includes('\0')
  if (nuls) notes.add('Removed NUL characters from the table: names have none.')
  const rows = parse(nuls ? text.replaceAll('\0', '') : text, {
    columns: true,
    bom: true,
    ltrim: true,
    cast: trimCell,
    delimiter: delimiterOf(text),
    skip_empty_lines: true,
    relax_column_count: true,
    // One stray quote must not spoil the rows after it.
    relax_quotes: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      notes.add(`Left out a row that cannot be read (${error?.message ?? 'no reason given'}).`)
      return undefined
    },
  })
  let first = true
  // csv-parse yields records of strings when `columns` is true; its type says unknown.
  for await (const row of rows as AsyncIterable<Record<string, string | undefined>>) {
    if (first) {
      first = false
      if (!('path' in row))
        throw new PlanError(`Expected a column path in ${csv} but found ${Object.keys(row).join(', ')}.`)
      const ignored = Object.keys(row).filter((column) => !EXPORT_COLUMNS.includes(column))
      if (ignored.length > 0) notes.add(`Ignored the column${ignored.length === 1 ? '' : 's'} ${ignored.join(', ')}.`)
    }
    if (!row.path || (options.splits.length > 0 && !options.splits.includes(row.split ?? ''))) continue
    const file = await findFile(dirname(csv), row.path)
    if (file !== null && !options.outside && !isInside(dirname(csv), file)) {
      notes.add('Left out files outside of the folder of the table. With --outside they are imported too.')
      missing.push(row.path)
      continue
    }
    if (file === null) missing.push(row.path)
    else photos.set(file, [...(photos.get(file) ?? []), factsOfRow(restored(row), options, notes)])
  }
  return {
    name: options.name ?? basename(csv, extname(csv)),
    photos: [...photos].map(([file, facts]) => ({ file, facts: factsOfRows(facts) })),
    missing,
    notes: [...notes],
  }
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/**
 * Finds a file that a table names: as written, with its accents in the other Unicode form, or with backslashes as on
 * Windows. Null where there is none.
 */
async function findFile(folder: string, path: string): Promise<string | null> {
  const slashed = path.replaceAll('\\', '/')
  for (const written of new Set([
    path,
    path.normalize('NFC'),
    path.normalize('NFD'),
    slashed,
    slashed.normalize('NFC'),
    slashed.normalize('NFD'),
  ])) {
    const file = resolve(folder, written)
    if ((await stat(file).catch(() => null))?.isFile()) return file
  }
  return null
}

/** Exports write an apostrophe before what a spreadsheet would take for a formula. */
const restored = (row: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text === undefined ? text : restoreCell(text)]))

function factsOfRow(row: Record<string, string | undefined>, options: PlanOptions, notes: Set<string>): PhotoFacts {
  const facts: PhotoFacts = { path: row.path }
  if (row.deployment) facts.deployment = row.deployment
  if (row.group) facts.group = row.group
  // Exported tables also hold people and vehicles, whose boxes are not animals.
  if (row.kind && row.kind !== 'animal') return facts
  if (options.labelling !== 'unlabelled')
    for (const column of RANK_COLUMNS) if (row[column]) facts[column] = row[column]
  // A trinomial names species and subspecies.
  if (facts.species !== undefined && row.subspecies) facts.species = row.subspecies
  if (row.bboxes && !options.ignoreBoxes) {
    const boxes = row.bboxes.split(';').map(parseBox)
    if (boxes.every((box) => box !== null)) facts.boxes = boxes
    else
      notes.add(`Left out boxes that are not "x y w h" as fractions of the photo, the first in the row of ${row.path}.`)
  }
  return facts
}

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
function factsOfRows(all: PhotoFacts[]): PhotoFacts {
  const saying = all.filter((row) => row.boxes !== undefined || isLabelled(row))
  const rows = saying.length > 0 ? saying : all
  const first = rows[0] ?? {}
  if (rows.every((row) => RANK_COLUMNS.every((column) => row[column] === first[column]))) {
    const boxes = rows.flatMap((row) => row.boxes ?? [])
    return boxes.length > 0 ? { ...first, boxes } : first
  }
  const { path, deployment, group } = first
  const found = rows.flatMap((row): Finding[] => {
    const statements = isLabelled(row) ? [{ taxon: wordsOf(row), verified: true, by: null, score: null }] : []
    return (row.boxes ?? [null]).map((bbox) => ({ bbox, kind: 'animal', confidence: null, statements }))
  })
  const searched = rows.every((row) => row.boxes !== undefined)
  return {
    path,
    ...(deployment && { deployment }),
    ...(group && { group }),
    findings: { searched, detector: null, found },
  }
}

function wordsOf(row: PhotoFacts): TaxonWords {
  const ranks = Object.fromEntries(RANK_COLUMNS.flatMap((column) => (row[column] ? [[column, row[column]]] : [])))
  const label = row.species ?? row.genus ?? row.family ?? row.order ?? row.class ?? row.commonName ?? ''
  return { ...ranks, label }
}

function isLabelled(facts: PhotoFacts): boolean {
  return RANK_COLUMNS.some((column) => facts[column] !== undefined)
}
