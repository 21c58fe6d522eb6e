// Plans an import of a folder: its photos with what the folders around them say, and what stays out.

import { basename, dirname, extname, join } from 'node:path'
import type { FolderFacts } from '../../contract/exchange/import.ts'
import { type FolderSet, openFolder } from '../../interchange/exchange/file-sets.ts'
import { type DiskList, openDiskList } from '../../interchange/exchange/spool/disk-list.ts'
import { openGathering } from '../../interchange/exchange/spool/gathering.ts'
import { isCardFolder, isSystemName } from '../../photos/labels/made-by-machines.ts'
import type { LeftOut, Plan, PlannedPhoto, PlanOptions } from './planned.ts'

const PHOTO_ENDINGS = new Set(
  'jpg jpeg jpe jfif mpo png webp tif tiff gif avif heic heif dng cr2 cr3 nef arw orf rw2 raf bmp mp4 m4v mov avi mkv'
    .split(' ')
    .map((e) => `.${e}`),
)
export const isPhotoFile = (path: string): boolean => PHOTO_ENDINGS.has(extname(path).toLowerCase())

export async function planFolder(root: string, options: PlanOptions): Promise<Plan> {
  const files = await openFolder(root, isSystemName, options.scratch)
  const leftOut = openDiskList<LeftOut>(options.scratch)
  const close = async () => {
    files.close()
    leftOut.close()
  }
  try {
    const { total, factsOf, notes } = await readFolder(root, files, options, leftOut)
    const photos = {
      length: total,
      *[Symbol.iterator]() {
        for (const { path, at } of files.names) {
          const facts = isPhotoFile(path) ? factsOf(path) : null
          if (facts !== null) yield { ...placed(root, path, at), facts: { path, ...facts } }
        }
      },
    }
    return { name: options.name ?? basename(root), photos, missing: [], notes, leftOut, close }
  } catch (error) {
    await close()
    throw error
  }
}

export const placed = (root: string, path: string, at: string | Buffer): Pick<PlannedPhoto, 'file' | 'at'> =>
  typeof at === 'string' ? { file: at } : { file: join(root, path), at }

/** As the API takes them. */
const MOST_FOLDERS = 100

export type FolderReading = {
  /** Of the photos that come in. */
  total: number
  /** What the folders around a photo say of it; null where it stays out. */
  factsOf(path: string): FolderFacts | null
  notes: string[]
}

/**
 * Sorts what lies in a folder. What is neither a photo nor among `used`, the files that were read for what they say,
 * goes to `leftOut`.
 */
export async function readFolder(
  root: string,
  files: FolderSet,
  { labelling, factsOfFolders, scratch }: PlanOptions,
  leftOut: DiskList<LeftOut>,
  used: Iterable<string> = [],
): Promise<FolderReading> {
  const photosIn = new Map<string, number>()
  for (const { path } of files.names) if (isPhotoFile(path) && !isTooDeep(path)) add(photosIn, dirname(path))
  const folders = [...photosIn.keys()]
  const segments = folders.map((folder) => (folder === '.' ? [] : folder.split('/')))
  const found = await factsOfFolders({ root: placeOf(root), folders: segments, labelling })
  const facts = new Map(folders.map((folder, i) => [folder, found[i] ?? {}]))
  const factsOf = (path: string) => {
    const { leftOut: isOut = isTooDeep(path), ...known } = facts.get(dirname(path)) ?? {}
    return isOut ? null : known
  }
  for (const one of files.leftOut) leftOut.push(one)
  const notes = [...leaveOthers(files, used, leftOut, scratch), ...leavePhotos(files, factsOf, leftOut)]
  const total = folders.reduce((sum, folder) => sum + (facts.get(folder)?.leftOut ? 0 : (photosIn.get(folder) ?? 0)), 0)
  return { total, factsOf, notes }
}

const isTooDeep = (path: string) => path.split('/').length > MOST_FOLDERS
const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
const countOf = (count: number, kind = '') => `Left out ${count} ${kind}file${count === 1 ? '' : 's'}`

/** Returns a sentence for each ending. */
function leaveOthers(
  files: FolderSet,
  used: Iterable<string>,
  leftOut: DiskList<LeftOut>,
  scratch: string | undefined,
): string[] {
  const others = new Map<string, number>()
  const paths = openGathering<'used' | 'there'>(scratch)
  try {
    for (const path of used) paths.add(path, 'used')
    for (const path of files.paths) if (!isPhotoFile(path)) paths.add(path, 'there')
    for (const { key, rows } of paths.groups())
      if (!rows.includes('used')) {
        add(others, extname(key).toLowerCase() || basename(key))
        leftOut.push({ what: key, why: 'It is neither a photo nor a file that was recognised.' })
      }
  } finally {
    paths.close()
  }
  return [...others].map(([ending, count]) => `${countOf(count, `${ending} `)}: not photos.`)
}

export const OF_SYSTEM = 'It is hidden, or in a folder that a system keeps for itself.'

/** What belongs to systems, and photos that stay out by where they lie. The note counts photos alone. */
function leavePhotos(files: FolderSet, factsOf: FolderReading['factsOf'], leftOut: DiskList<LeftOut>): string[] {
  let count = 0
  for (const path of files.ofSystems) {
    if (isPhotoFile(path) && path.split('/').slice(0, -1).some(isSystemName)) count++
    leftOut.push({ what: path, why: OF_SYSTEM })
  }
  for (const { path } of files.names) {
    if (!isPhotoFile(path) || factsOf(path) !== null) continue
    if (!isTooDeep(path)) count++
    leftOut.push({ what: path, why: isTooDeep(path) ? `It lies more than ${MOST_FOLDERS} folders deep.` : OF_SYSTEM })
  }
  const where = 'in folders that systems keep for themselves (hidden, trash, thumbnails, snapshots)'
  return count === 0 ? [] : [`${countOf(count)} ${where}.`]
}

/** The name of a folder, or of the one around it where a camera made this one: `DCIM` says nothing about the place. */
function placeOf(folder: string): string {
  const above = dirname(folder)
  return isCardFolder(basename(folder)) && above !== folder ? placeOf(above) : basename(folder)
}
