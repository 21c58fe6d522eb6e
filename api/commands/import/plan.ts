// Plans an import of a folder, a CSV or a photo: which photos, what is known of each, and notes about missing files and
// ignored columns. It reads names and the CSV, but no photo.

import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { walkFolder } from '../../interchange/exchange/walk-folder.ts'
import { isCardFolder, isSystemName } from '../../photos/made-by-machines.ts'
import { planCsv } from './plan-csv.ts'
import { type LeftOut, type Plan, PlanError, type PlanOptions } from './planned.ts'

const PHOTO_ENDINGS = new Set(
  'jpg jpeg jpe jfif mpo png webp tif tiff gif avif heic heif dng cr2 cr3 nef arw orf rw2 raf bmp mp4 m4v mov avi mkv'
    .split(' ')
    .map((e) => `.${e}`),
)
export const isPhotoFile = (path: string): boolean => PHOTO_ENDINGS.has(extname(path).toLowerCase())
/** As the API takes them. */
const MOST_FOLDERS = 100

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
  if (/\.(csv|tsv)$/i.test(start)) return planCsv(start, options)
  const name = options.name ?? basename(start)
  return { name, photos: [{ file: start, facts: { path: basename(start) } }], missing: [], notes: [] }
}

async function planFolder(root: string, options: PlanOptions): Promise<Plan> {
  const walked = await walkFolder(root, isSystemName)
  const leftOut: LeftOut[] = walked.leftOut
  const others = new Map<string, number>()
  const files = walked.files.filter(({ path }) => {
    const ending = extname(path).toLowerCase() || basename(path)
    if (!isPhotoFile(path)) others.set(ending, (others.get(ending) ?? 0) + 1)
    else if (path.split('/').length > MOST_FOLDERS)
      leftOut.push({ what: path, why: `It lies more than ${MOST_FOLDERS} folders deep.` })
    else return true
    return false
  })
  const folders = [...new Set(files.map(({ path }) => dirname(path)))]
  const segments = folders.map((folder) => (folder === '.' ? [] : folder.split('/')))
  const found = await options.factsOfFolders({ root: placeOf(root), folders: segments, labelling: options.labelling })
  const facts = new Map(folders.map((folder, i) => [folder, found[i]]))
  const photos = files.flatMap(({ path, at }) => {
    const { leftOut: isOfSystem, ...known } = facts.get(dirname(path)) ?? {}
    return isOfSystem ? [] : [{ ...place(root, path, at), facts: { path, ...known } }]
  })
  const notes = [...others].map(
    ([ending, count]) => `Left out ${count} ${ending} file${count === 1 ? '' : 's'}: not photos.`,
  )
  const ofSystems = walked.ofSystems.filter(isPhotoFile)
  for (const what of ofSystems)
    leftOut.push({ what, why: 'It is hidden, or in a folder that a system keeps for itself.' })
  const inFolders = ofSystems.filter((path) => dirname(path).split('/').some(isSystemName)).length
  if (inFolders > 0)
    notes.push(
      `Left out ${inFolders} file${inFolders === 1 ? '' : 's'} in folders that systems keep for themselves (hidden, trash, thumbnails, snapshots).`,
    )
  return { name: options.name ?? basename(root), photos, missing: [], notes, leftOut }
}

const place = (root: string, path: string, at: string | Buffer) =>
  typeof at === 'string' ? { file: at } : { file: join(root, path), at }

/** The name of a folder, or of the one around it where a camera made this one: `DCIM` says nothing about the place. */
function placeOf(folder: string): string {
  const above = dirname(folder)
  return isCardFolder(basename(folder)) && above !== folder ? placeOf(above) : basename(folder)
}
