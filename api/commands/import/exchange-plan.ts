// Plans an import of what other programs wrote: a folder, a zip or a file that is recognised by its content, with the
// photos that it is about. Photos that are not in the folder are looked for among those that were imported before.

import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isRunning } from '../../../db/connection/data-folder-lock.ts'
import { diskFault } from '../../../db/errors.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import type { Named } from '../../contract/exchange/reading.ts'
import { type FolderSet, openFolder, openZip } from '../../interchange/exchange/file-sets.ts'
import type { NameCount, PlanChoices } from '../../interchange/exchange/photo-facts.ts'
import { type FoundPhotos, planPhotos } from '../../interchange/exchange/plan-photos.ts'
import { type FileSet, watched } from '../../interchange/exchange/reader.ts'
import { closeRecognised, recognise } from '../../interchange/exchange/recognise.ts'
import { type DiskList, inParts, openDiskList } from '../../interchange/exchange/spool/disk-list.ts'
import type { WalkedFile } from '../../interchange/exchange/walk-folder.ts'
import { isSystemName } from '../../photos/labels/made-by-machines.ts'
import type { ImportClient } from './client.ts'
import { type FolderReading, isPhotoFile, OF_SYSTEM, placed, readFolder } from './plan-folder.ts'
import type { Plan, PlannedPhoto, PlannedPhotos, PlanOptions } from './planned.ts'

export type ExchangePlan = Plan & {
  found: FoundPhotos
  /** Of the photos that the files are about. */
  counts: { here: number; known: number; missing: number }
  names: (Named & { label: string; count: number; verified: boolean })[]
  close(): Promise<void>
}

export type ExchangeOptions = PlanOptions &
  Omit<PlanChoices, 'boxes'> & { client: Pick<ImportClient, 'known' | 'names'> }

const ASKED_AT_ONCE = 2000
const MAY_SAY_SOMETHING = /\.(json|csv|tsv|txt|xml|xmp|ya?ml|zip)$/i

/** Null where nothing of another program is recognised. Throws ExchangeError with a sentence for what is damaged. */
export async function planExchange(path: string, options: ExchangeOptions): Promise<ExchangePlan | null> {
  const start = resolve(path)
  const isFolder = (await stat(start)).isDirectory()
  if (!isFolder && !MAY_SAY_SOMETHING.test(start)) return null
  const unpacked = /\.zip$/i.test(start) && !isFolder ? await unpack(start, options.scratch) : null
  const opened: (() => unknown)[] = []
  if (unpacked !== null) opened.push(() => rm(unpacked.folder, { recursive: true, force: true }))
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one()
  }
  try {
    const root = unpacked?.folder ?? (isFolder ? start : dirname(start))
    const files = await openFolder(root, isSystemName, options.scratch)
    opened.push(() => files.close())
    const isWhole = isFolder || unpacked !== null
    const given = isWhole ? files : only(files, basename(start).normalize('NFC'))
    const recognised = await recognise(given, options.scratch)
    opened.push(() => closeRecognised(recognised))
    if (recognised.length === 0 && unpacked === null) {
      await close()
      return null
    }
    const used = openDiskList<string>(options.scratch)
    opened.push(() => used.close())
    const choices = { ...options, boxes: !options.ignoreBoxes }
    const found = await planPhotos(
      watched(files, (path) => used.push(path)),
      recognised,
      pathsOf(photosIn(files)),
      choices,
    )
    opened.push(() => found.close())
    for (const one of unpacked?.leftOut ?? []) found.leftOut.push(one)
    const name = options.name ?? basename(start, isFolder ? '' : extname(start))
    const read = isWhole ? await readFolder(root, files, options, found.leftOut, used) : null
    const known = await findKnown(found, options)
    opened.push(() => known.close())
    return {
      name,
      photos: plannedPhotos(root, files, found, read, known),
      missing: [],
      notes: [...(unpacked?.notes ?? []), ...(read?.notes ?? [])],
      leftOut: found.leftOut,
      names: await namesOf(found.names, options),
      counts: { here: found.here, known: known.length, missing: found.missing.length - known.length },
      found,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function* photosIn({ names }: FolderSet): Generator<WalkedFile> {
  for (const one of names) if (isPhotoFile(one.path)) yield one
}
function* pathsOf(files: Iterable<WalkedFile>): Generator<string> {
  for (const { path } of files) yield path
}

const only = (files: FolderSet, path: string): FileSet => ({ ...files, paths: [path] })

/**
 * Photos of the folder with what the files say of them, then those that were imported before. What a file says
 * outweighs the folders around a photo. Where one file was given (`read` is null), only photos that it is about.
 */
function plannedPhotos(
  root: string,
  files: FolderSet,
  found: FoundPhotos,
  read: FolderReading | null,
  known: DiskList<PlannedPhoto>,
): PlannedPhotos {
  const planned = (path: string, facts: PhotoFacts | null): PhotoFacts | null => {
    const fromFolders = read?.factsOf(path) ?? null
    if (facts === null) return fromFolders && { path, ...fromFolders }
    return { ...labelledBy(fromFolders ?? {}, facts), path: path.normalize('NFC') }
  }
  let length = known.length
  for (const { path, facts } of found.photos) if (planned(path, facts) !== null) length++
  return {
    length,
    *[Symbol.iterator]() {
      // Both have the same photos in the same order.
      const places = photosIn(files)
      for (const { path, facts } of found.photos) {
        const { at = join(root, path) } = places.next().value ?? {}
        const all = planned(path, facts)
        if (all !== null) yield { ...placed(root, path, at), facts: all }
      }
      yield* known
    },
  }
}

/** Of the photos that are not in the folder, those that were imported before. The others are left out. */
async function findKnown(
  { missing, leftOut }: FoundPhotos,
  { client, scratch }: ExchangeOptions,
): Promise<DiskList<PlannedPhoto>> {
  const known = openDiskList<PlannedPhoto>(scratch)
  try {
    for (const some of inParts(missing, ASKED_AT_ONCE)) {
      const sha256s = await client.known(some.map(({ path, withoutEnding }) => ({ path, withoutEnding })))
      for (const [i, { path, facts }] of some.entries()) {
        const sha256 = sha256s[i] ?? null
        if (sha256 !== null) known.push({ file: path, sha256, facts: { ...facts, path } })
        else
          leftOut.push({
            what: path,
            why: 'There is no such photo, neither in the folder nor among those imported before.',
          })
      }
    }
    return known
  } catch (error) {
    known.close()
    throw error
  }
}

async function namesOf(names: NameCount[], { client }: ExchangeOptions): Promise<ExchangePlan['names']> {
  const named = await client.names(names.map(({ words }) => words))
  return names.flatMap(({ words, count, verified }, i) => {
    const one = named[i]
    const label = words.label || words.species || words.scientificName || words.genus || '?'
    return one === undefined ? [] : [{ ...one, label, count, verified }]
  })
}

/** What a file says of a photo outweighs its folders, which are labels only where the file names nothing. */
function labelledBy(fromFolders: PhotoFacts, fromFile: PhotoFacts): PhotoFacts {
  const { folders, ...rest } = fromFolders
  const isNamed = fromFile.empty || fromFile.findings?.found.some(({ statements }) => statements.length > 0)
  return { ...rest, ...(folders !== undefined && !isNamed && { folders }), ...fromFile }
}

const UNPACKED = 'clavis-import-'

type Unpacked = { folder: string; leftOut: { what: string; why: string }[]; notes: string[] }

/** Into a folder of its own, which the plan removes when it is closed. A file that cannot be unpacked costs itself. */
async function unpack(zip: string, scratch = tmpdir()): Promise<Unpacked> {
  await mkdir(scratch, { recursive: true, mode: 0o700 })
  await sweep(scratch)
  const folder = await mkdtemp(join(scratch, `${UNPACKED}${process.pid}-`))
  const files = await openZip(zip)
  const leftOut = [...files.leftOut]
  try {
    for (const path of files.paths) {
      if (path.split('/').some(isSystemName)) {
        leftOut.push({ what: path, why: OF_SYSTEM })
        continue
      }
      const at = join(folder, path)
      try {
        await mkdir(dirname(at), { recursive: true })
        await pipeline(Readable.from(files.open(path)), createWriteStream(at))
      } catch (error) {
        if (diskFault(error) !== null) throw error
        const reason = error instanceof Error && 'code' in error ? error.code : error
        leftOut.push({ what: path, why: `It cannot be unpacked (${reason}).` })
      }
    }
    const { codePage } = files
    const note = `Names in the zip that do not say how they are written are read as ${codePage}.`
    return { folder, leftOut, notes: codePage === null ? [] : [note] }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  } finally {
    files.close()
  }
}

/** Removes what imports left that were killed. */
async function sweep(scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    const owner = new RegExp(`^${UNPACKED}(\\d+)-`).exec(name)?.[1]
    if (owner !== undefined && !isRunning(Number(owner)))
      await rm(join(scratch, name), { recursive: true, force: true })
  }
}
