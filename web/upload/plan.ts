// Plans an upload: the photos with the facts from their folders or a CSV, and the files left out. The service decides
// which folder names are taxa, by the same rules as for `npm run import`.

import type { PhotoFacts } from '../../api/contract/exchange/import.ts'
import type { Reading } from '../../api/contract/exchange/reading.ts'
import type { ExportTemplateList } from '../../api/contract/exchange/templates.ts'
import type { FolderFacts } from '../server/exchange/imports.ts'
import type { FileFacts, Found } from './found.ts'
import type { LeftOut } from './left-out/left-out.ts'
import { beginningsWithKeywords } from './photo-keywords.ts'

const PHOTO =
  /\.(jpe?g|jpe|jfif|png|webp|tiff?|gif|avif|heic|heif|mpo|cr2|cr3|nef|arw|dng|raf|orf|rw2|mp4|m4v|mov|avi|mkv)$/i

export type Labelling = 'labelled' | 'unlabelled' | 'guess'
export type AskFolders = (request: {
  root: string
  folders: string[][]
  labelling: Labelling
  corrections?: NonNullable<PhotoFacts['corrections']>
}) => Promise<FolderFacts[]>
/** A lab's own names of columns, and the project's own fields. */
export type AskTemplates = () => Promise<ExportTemplateList>
export type Planned = Pick<Found, 'file' | 'open'> & { facts: PhotoFacts }
export type Plan = {
  name: string
  photos: Planned[]
  bytes: number
  /** The paths of files that are not photos, or lie in folders that systems keep for themselves. */
  leftOut: string[]
  /** What a CSV of this service says and nothing comes of, and what was left out before the plan was made. */
  rowsLeftOut: LeftOut[]
  /** The number of folders with photos, and how many of them name a taxon. */
  folders: number
  labelled: number
  /** The labels of folders with their numbers of photos, most frequent first. */
  labels: { name: string; photos: number }[]
  csv: string | null
  /** What files of another program say; null where none was recognised. */
  reading: Reading | null
}

/** Reads files of other programs without importing anything. */
export type ReadFiles = (files: readonly { file: File; path: string }[], photos: readonly string[]) => Promise<Reading>
const MAY_BE_READ = /\.(json|csv|tsv|txt|xml|xmp|ya?ml|names)$/i

export const isPhoto = (file: FileFacts): boolean => file.type.startsWith('image/') || PHOTO.test(file.name)

const NO_PHOTO = 'It is neither a photo nor a file that was recognised, or systems keep its folder for themselves.'

/** All that stays out before anything is sent. What files of other programs say is listed in `reading`. */
export const allLeftOut = ({ leftOut = [], rowsLeftOut = [] }: Partial<Plan>): LeftOut[] => [
  ...leftOut.map((what) => ({ what, why: TABLE.test(what) ? NO_COLUMNS : NO_PHOTO })),
  ...rowsLeftOut,
]

const TABLE = /\.(csv|tsv)$/i
const NO_COLUMNS =
  'It names no column `path`, nor those of a program that is known here. Its first line names the columns.'

const NOT_CHOSEN = 'The table names it, but there is no such photo among those chosen.'

const foldersOf = (path: string) => path.split('/').slice(0, -1)

/** The folder that contains all photos, if there is one. The import is named after it. */
function commonRoot(paths: readonly string[]): string | null {
  const first = foldersOf(paths[0] ?? '')[0]
  return first !== undefined && paths.every((path) => foldersOf(path)[0] === first) ? first : null
}

export async function planPhotos(
  found: readonly Found[],
  labelling: Labelling,
  ask: AskFolders,
  read?: ReadFiles,
  templates?: AskTemplates,
): Promise<Plan> {
  const reading = read === undefined ? null : await readingOf(found, read)
  if (reading === null) return planOfFolders(found, labelling, ask, templates)
  // Tables of other programs also have columns that a plain table has, such as `fileName`.
  const used = new Set(reading.read)
  const rest = found.filter(({ file, path }) => isPhoto(file) || !used.has(path))
  const plan = await planOfFolders(rest, labelling, ask, templates)
  return plan.csv === null ? withReading(plan, rest, reading) : plan
}

/** Null where no file of another program is among them. */
async function readingOf(found: readonly Found[], read: ReadFiles): Promise<Reading | null> {
  const files = found.filter(({ file }) => MAY_BE_READ.test(file.name))
  const photos = found.filter(({ file }) => isPhoto(file))
  const opened = await Promise.all(files.map(async ({ path, open }) => ({ file: await open(), path })))
  opened.push(...(await beginningsWithKeywords(photos)))
  if (opened.length === 0) return null
  const reading = await read(
    opened,
    photos.map(({ path }) => path),
  )
  return reading.formats.length === 0 ? null : reading
}

/** What a file says of a photo outweighs its folders, which are labels only where the file names nothing. */
function withReading(plan: Plan, found: readonly Found[], reading: Reading): Plan {
  const said = new Map(reading.photos.map(({ path, facts }) => [path, facts]))
  const isNamed = (facts: PhotoFacts) =>
    facts.empty === true || facts.findings?.found.some(({ statements }) => statements.length > 0)
  const photos = found.filter(({ file }) => isPhoto(file))
  const pathOf = new Map(photos.map(({ open, path }) => [open, path.normalize('NFC')]))
  const planned = plan.photos.map((photo): Planned => {
    const facts = said.get(pathOf.get(photo.open) ?? '')
    if (facts === undefined) return photo
    const { folders, ...rest } = photo.facts
    const kept = folders !== undefined && !isNamed(facts) ? { folders } : {}
    return { ...photo, facts: { ...rest, ...kept, ...facts, path: photo.facts.path } }
  })
  const name = plan.photos.length > 0 ? plan.name : (reading.formats[0]?.files[0] ?? plan.name)
  return { ...plan, ...labelsOf(planned), name, photos: planned, reading }
}

async function planOfFolders(
  found: readonly Found[],
  labelling: Labelling,
  ask: AskFolders,
  templates?: AskTemplates,
): Promise<Plan> {
  const photos = found.filter(({ file }) => isPhoto(file))
  const tables = found.filter(({ file }) => TABLE.test(file.name))
  const root = commonRoot(photos.map((p) => p.path))
  const inside = (path: string) => (root === null ? path : path.slice(root.length + 1))
  const plan: Plan = {
    name:
      root ?? tables[0]?.file.name ?? (photos.length === 1 ? (photos[0]?.file.name ?? '') : `${photos.length} photos`),
    photos: [],
    bytes: photos.reduce((sum, { file }) => sum + file.size, 0),
    leftOut: found.filter((f) => !isPhoto(f.file)).map((f) => f.path),
    rowsLeftOut: [],
    folders: 0,
    labelled: 0,
    labels: [],
    csv: null,
    reading: null,
  }

  for (const csv of tables) {
    const { factsOfCsv } = await import('./table/csv-facts.ts')
    const facts = await factsOfCsv(csv, (await templates?.()) ?? null)
    if (facts !== null) {
      plan.csv = csv.file.name
      plan.leftOut = plan.leftOut.filter((path) => path !== csv.path)
      const there = new Set(photos.map(({ path }) => path.normalize('NFC')))
      const missing = [...facts.byPath.keys()].filter((path) => !there.has(path))
      plan.rowsLeftOut = [...facts.leftOut, ...missing.map((what) => ({ what, why: NOT_CHOSEN }))]
      plan.photos = photos.map(({ file, path, open }) => ({
        file,
        open,
        facts: { ...facts.byPath.get(path.normalize('NFC')), path: inside(path) },
      }))
      return { ...plan, ...labelsOf(plan.photos) }
    }
  }

  const distinct = [...new Set(photos.map((p) => foldersOf(inside(p.path)).join('/')))]
  const lieInFolders = root !== null || distinct.some((folder) => folder !== '')
  const told = lieInFolders
    ? await ask({
        root: root ?? '',
        folders: distinct.map((folder) => (folder === '' ? [] : folder.split('/'))),
        labelling,
      })
    : []
  const factsIn = new Map(distinct.map((folder, i) => [folder, told[i] ?? {}]))
  for (const { file, path, open } of photos) {
    const { leftOut, ...facts } = factsIn.get(foldersOf(inside(path)).join('/')) ?? {}
    if (leftOut) plan.leftOut.push(path)
    else plan.photos.push({ file, open, facts: { path: inside(path), ...facts } })
  }
  plan.bytes = plan.photos.reduce((sum, { file }) => sum + file.size, 0)
  const named = told.filter((facts) => facts.folders !== undefined && facts.folders.length > 0)
  return { ...plan, ...labelsOf(plan.photos), folders: lieInFolders ? distinct.length : 0, labelled: named.length }
}

function labelsOf(photos: readonly Planned[]): Pick<Plan, 'labels'> {
  const counts = new Map<string, number>()
  for (const { facts } of photos) {
    const label = facts.species ?? facts.genus ?? facts.family ?? facts.folders?.at(-1)?.replaceAll('_', ' ')
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const labels = [...counts].map(([name, photosOfIt]) => ({ name, photos: photosOfIt }))
  return { labels: labels.sort((a, b) => b.photos - a.photos || a.name.localeCompare(b.name)) }
}
