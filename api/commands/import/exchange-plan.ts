// Plans an import of what other programs wrote: a folder, a zip or a file that is recognised by its content, with the
// photos that it is about. Photos that are not in the folder are looked for among those that were imported before.

import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { diskFault } from '../../../db/errors.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import type { Named } from '../../contract/exchange/reading.ts'
import { openFactsFile } from '../../interchange/exchange/facts-file.ts'
import { type OpenFileSet, openFolder, openZip } from '../../interchange/exchange/file-sets.ts'
import { createPhotoFinder } from '../../interchange/exchange/photo-paths.ts'
import {
  type FoundPhoto,
  type FoundPhotos,
  type PlanChoices,
  planPhotos,
} from '../../interchange/exchange/plan-photos.ts'
import type { FileSet } from '../../interchange/exchange/reader.ts'
import { type Recognised, recognise } from '../../interchange/exchange/recognise.ts'
import type { TaxonWords } from '../../interchange/exchange/records.ts'
import { isSystemName } from '../../photos/made-by-machines.ts'
import type { ImportClient } from './client.ts'
import { isPhotoFile, planImport } from './plan.ts'
import type { Plan, PlanOptions } from './planned.ts'

export type ExchangePlan = Plan & {
  found: FoundPhotos
  /** Of the photos that the files are about. */
  counts: { here: number; known: number; missing: number }
  names: (Named & { label: string; count: number; verified: boolean })[]
  /** Removes what was unpacked. */
  close(): Promise<void>
}

export type ExchangeOptions = PlanOptions &
  Omit<PlanChoices, 'boxes'> & { client: Pick<ImportClient, 'known' | 'names'> }

const ASKED_AT_ONCE = 10_000
/** Lists of more rows tell nobody more. */
const MOST_LEFT_OUT = 100_000
const MAY_SAY_SOMETHING = /\.(json|csv|tsv|txt|xml|xmp|ya?ml|zip)$/i

/** Null where nothing of another program is recognised. Throws ExchangeError with a sentence for what is damaged. */
export async function planExchange(path: string, options: ExchangeOptions): Promise<ExchangePlan | null> {
  const start = resolve(path)
  const isFolder = (await stat(start)).isDirectory()
  if (!isFolder && !MAY_SAY_SOMETHING.test(start)) return null
  const unpacked = /\.zip$/i.test(start) && !isFolder ? await unpack(start) : null
  const root = unpacked?.folder ?? (isFolder ? start : dirname(start))
  const store = openFactsFile<FoundPhoto>(tmpdir())
  const close = async () => {
    store.close()
    if (unpacked !== null) await rm(unpacked.folder, { recursive: true, force: true })
  }
  try {
    const files = await openFolder(root, isSystemName)
    const isWhole = isFolder || unpacked !== null
    const recognised = await recognise(isWhole ? files : only(files, basename(start).normalize('NFC')))
    if (recognised.length === 0 && unpacked === null) {
      await close()
      return null
    }
    const found = await findPhotos(files, recognised, { ...options, boxes: !options.ignoreBoxes }, store)
    const name = options.name ?? basename(start, isFolder ? '' : extname(start))
    const base: Plan = isWhole
      ? await planImport(root, { ...options, name })
      : { name, photos: [], missing: [], notes: [] }
    const whole = await complete(base, root, found, options)
    return {
      ...base,
      ...whole,
      leftOut: [...(unpacked?.leftOut ?? []), ...(base.leftOut ?? []), ...whole.leftOut],
      found,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const only = (files: OpenFileSet, path: string): FileSet => ({
  paths: files.paths.filter((one) => one === path),
  open: files.open,
})

/** Read a second time where photos are missing: then it is known which folder all paths of the file begin with. */
async function findPhotos(
  files: FileSet,
  recognised: Recognised[],
  choices: PlanChoices,
  store: FoundPhotos['store'],
): Promise<FoundPhotos> {
  const photos = files.paths.filter(isPhotoFile)
  const found = await planPhotos(files, recognised, createPhotoFinder(photos, ''), choices, store)
  if (found.missing.length === 0 || found.commonFolder === '' || photos.length === 0) return found
  return await planPhotos(files, recognised, createPhotoFinder(photos, found.commonFolder), choices, store)
}

async function complete(base: Plan, root: string, found: FoundPhotos, { client }: ExchangeOptions) {
  const said = new Map(found.photos)
  const factsAt = (at: number) => found.store.get(at).facts
  const photos = base.photos.map((photo) => {
    const path = photo.facts.path?.normalize('NFC') ?? ''
    const at = said.get(path)
    said.delete(path)
    return at === undefined ? photo : lazily(photo.file, () => ({ ...labelledBy(photo.facts, factsAt(at)), path }))
  })
  for (const [path, at] of said) photos.push(lazily(join(root, path), () => ({ ...factsAt(at), path })))
  const here = found.photos.size
  const known: Plan['photos'] = []
  const leftOut = [...found.leftOut]
  for (let start = 0; start < found.missing.length; start += ASKED_AT_ONCE) {
    const some = found.missing.slice(start, start + ASKED_AT_ONCE)
    const wanted = some.map((at) => found.store.get(at))
    const sha256s = await client.known(wanted.map(({ path, withoutEnding }) => ({ path, withoutEnding })))
    for (const [i, { path }] of wanted.entries()) {
      const sha256 = sha256s[i] ?? null
      if (sha256 !== null) known.push(lazily(path, () => ({ ...factsAt(some[i]!), path }), sha256))
      else if (leftOut.length < MOST_LEFT_OUT)
        leftOut.push({
          what: path,
          why: 'There is no such photo, neither in the folder nor among those imported before.',
        })
    }
  }
  const named = await client.names(found.names.map(({ words }) => words))
  const names = found.names.flatMap(({ words, count, verified }, i) => {
    const one = named[i]
    return one === undefined ? [] : [{ ...one, label: labelOf(words), count, verified }]
  })
  const counts = { here, known: known.length, missing: found.missing.length - known.length }
  return { photos: [...photos, ...known], leftOut, names, counts }
}

/** A photo whose facts are read from the disk when they are needed. */
const lazily = (file: string, read: () => PhotoFacts, sha256?: string): Plan['photos'][number] => ({
  file,
  ...(sha256 !== undefined && { sha256 }),
  get facts() {
    return read()
  },
})

const labelOf = (words: TaxonWords) => words.label || words.species || words.scientificName || words.genus || '?'

/** What a file says of a photo outweighs its folders, which are labels only where the file names nothing. */
function labelledBy(fromFolders: PhotoFacts, fromFile: PhotoFacts): PhotoFacts {
  const { folders, ...rest } = fromFolders
  const isNamed = fromFile.empty || fromFile.findings?.found.some(({ statements }) => statements.length > 0)
  return { ...rest, ...(folders !== undefined && !isNamed && { folders }), ...fromFile }
}

type Unpacked = { folder: string; leftOut: { what: string; why: string }[] }

/** Into a folder of its own, which the plan removes when it is closed. A file that cannot be unpacked costs itself. */
async function unpack(zip: string): Promise<Unpacked> {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-import-'))
  const files = await openZip(zip)
  const leftOut = [...files.leftOut]
  try {
    for (const path of files.paths) {
      if (path.split('/').some(isSystemName)) continue
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
    return { folder, leftOut }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  } finally {
    files.close()
  }
}
