// Plans an upload: the photos with the facts from their folders or a CSV, and the files left out. The service decides
// which folder names are taxa, by the same rules as for `npm run import`.

import type { PhotoFacts } from '../../api/contract/exchange/import.ts'
import type { Reading } from '../../api/contract/exchange/reading.ts'
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
export type Planned = Pick<Found, 'file' | 'open'> & { facts: PhotoFacts }
export type Plan = {
  name: string
  photos: Planned[]
  bytes: number
  /** The paths of files that are not photos, or lie in folders that systems keep for themselves. */
  leftOut: string[]
  /** What was left out before the plan was made. */
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
): Promise<Plan> {
  const photos = found.filter(({ file }) => isPhoto(file))
  const reading = read === undefined ? null : await readingOf(found, photos, read)
  const used = new Set(reading?.read)
  const plan = emptyPlan(
    found.filter(({ file, path }) => isPhoto(file) || !used.has(path.normalize('NFC'))),
    photos,
  )
  // A table of this service says all that is known of its photos.
  const table = reading?.formats.find(({ name }) => name === OWN_TABLE)?.files[0]
  if (table === undefined) await planFolders(plan, photos, labelling, ask)
  else {
    const inside = belowRoot(photos)
    plan.csv = table.split('/').at(-1) ?? table
    if (commonRoot(photos.map(({ path }) => path)) === null) plan.name = plan.csv
    plan.photos = photos.map(({ file, path, open }) => ({ file, open, facts: { path: inside(path) } }))
  }
  return reading === null ? { ...plan, ...labelsOf(plan.photos) } : withReading(plan, photos, reading)
}

/** As POST /api/imports/read calls a table of this service. */
const OWN_TABLE = 'csv'

/** What the files say; null where none of them is recognised. */
async function readingOf(found: readonly Found[], photos: readonly Found[], read: ReadFiles): Promise<Reading | null> {
  const files = found.filter(({ file }) => MAY_BE_READ.test(file.name))
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
function withReading(plan: Plan, photos: readonly Found[], reading: Reading): Plan {
  const said = new Map(reading.photos.map(({ path, facts }) => [path.normalize('NFC'), facts]))
  const isNamed = (facts: PhotoFacts) =>
    facts.empty === true || facts.findings?.found.some(({ statements }) => statements.length > 0)
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

/** Takes the folder that all photos lie in from a path. */
function belowRoot(photos: readonly Found[]): (path: string) => string {
  const root = commonRoot(photos.map(({ path }) => path))
  return (path) => (root === null ? path : path.slice(root.length + 1))
}

function emptyPlan(found: readonly Found[], photos: readonly Found[]): Plan {
  const table = found.find(({ file }) => TABLE.test(file.name))
  const first = photos.length === 1 ? photos[0]?.file.name : undefined
  return {
    name: commonRoot(photos.map(({ path }) => path)) ?? table?.file.name ?? first ?? `${photos.length} photos`,
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
}

/** Fills `plan` with the photos and what their folders mean. */
async function planFolders(plan: Plan, photos: readonly Found[], labelling: Labelling, ask: AskFolders): Promise<void> {
  const root = commonRoot(photos.map((p) => p.path))
  const inside = belowRoot(photos)
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
  plan.folders = lieInFolders ? distinct.length : 0
  plan.labelled = told.filter((facts) => facts.folders !== undefined && facts.folders.length > 0).length
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
