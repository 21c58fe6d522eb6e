// Files of other programs as a page sends them, read before anything is imported. They lie on the disk while they are
// read.

import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import type { Reading } from '../../contract/exchange/reading.ts'
import { multipartOfRequest, readMultipart } from '../../http/bodies/multipart.ts'
import { Problem } from '../../http/problem.ts'
import { ExchangeError } from '../../interchange/exchange/exchange-error.ts'
import { newDeployment } from '../../interchange/exchange/new-deployment.ts'
import type { PlanChoices } from '../../interchange/exchange/photo-facts.ts'
import { type FoundPhotos, planPhotos } from '../../interchange/exchange/plan-photos.ts'
import { type FileSet, watched } from '../../interchange/exchange/reader.ts'
import { closeRecognised, recognise } from '../../interchange/exchange/recognise.ts'
import { inParts } from '../../interchange/exchange/spool/disk-list.ts'
import { savedTemplates } from '../../interchange/exchange/tables/own-table/templates.ts'
import type { Service } from '../../service.ts'
import { knownPhotos } from './known-photos.ts'
import { type OwnReading, readOwnTables } from './own-tables.ts'
import { previewWords } from './words.ts'

const LIMITS = { maxFiles: 200_000, maxFileBytes: 4_000_000_000, maxFieldBytes: 64_000_000 }
const PATHS_AT_ONCE = 1000
/** Lists that a page shows. */
const MOST_NAMES = 500
const MOST_LEFT_OUT = 100_000
const LIST_ENDS = `This list ends after ${MOST_LEFT_OUT} rows. npm run import -- PATH --left-out FILE lists all.`

const pathsSchema = z.array(z.string().max(5000)).max(500_000)

export async function readFiles(service: Service, request: Request): Promise<Reading> {
  const folder = join(service.config.dataDir, 'photos', 'incoming', randomUUID())
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const places = new Map<string, string>()
    const fields = await readMultipart(multipartOfRequest(request), LIMITS, async (file) => {
      if (file.field !== 'file') return void file.stream.resume()
      const place = join(folder, String(places.size))
      await pipeline(file.stream, createWriteStream(place, { mode: 0o600 }))
      if (file.stream.truncated) throw new Problem(413, `Expected files of at most ${LIMITS.maxFileBytes} bytes.`)
      places.set(file.filename.normalize('NFC').replaceAll('\\', '/'), place)
    })
    const photos = pathsOf(fields.paths)
    const files: FileSet = {
      paths: [...places.keys()].sort(),
      has: async (path) => places.has(path),
      open(path) {
        const place = places.get(path)
        if (place === undefined) throw new ExchangeError(`There is no ${path}.`)
        return createReadStream(place, { highWaterMark: 1 << 16 })
      },
    }
    return await readWith(service, files, photos, { boxes: fields.boxes !== 'false', scratch: folder })
  } catch (error) {
    if (error instanceof ExchangeError) throw new Problem(422, error.message, { cause: error })
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function pathsOf(text: string | undefined): string[] {
  try {
    const json: unknown = JSON.parse(text ?? '[]')
    return pathsSchema.parse(json)
  } catch (cause) {
    throw new Problem(400, 'Expected a JSON list of paths in the field paths but received something else.', { cause })
  }
}

async function readWith(
  service: Service,
  files: FileSet,
  photos: string[],
  choices: PlanChoices & { scratch: string },
): Promise<Reading> {
  const recognised = await recognise(files, choices.scratch)
  try {
    const read = new Set<string>()
    const found = await planPhotos(
      watched(files, (path) => read.add(path)),
      recognised,
      photos,
      choices,
    )
    try {
      const taken = new Set(recognised.flatMap(({ paths }) => [...paths]))
      const others = [...files.paths].filter((path) => !taken.has(path) && !read.has(path))
      const own = await readOwnTables({ ...files, paths: others }, photos, {
        labelling: 'guess',
        ignoreBoxes: !choices.boxes,
        splits: [],
        templates: await savedTemplates(service.db),
        scratch: choices.scratch,
      })
      return { ...(await present(service, found, own)), read: [...read, ...own.files] }
    } finally {
      found.close()
    }
  } finally {
    closeRecognised(recognised)
  }
}

/**
 * As long as `photos` may be: what the page holds of the same photos is more. A table of this service outweighs what
 * other programs say.
 */
async function present(service: Service, found: FoundPhotos, own: OwnReading): Promise<Omit<Reading, 'read'>> {
  const known: Reading['known'] = []
  const all = {
    *[Symbol.iterator]() {
      yield* found.missing
      yield* own.missing
    },
  }
  for (const some of inParts<{ path: string; withoutEnding?: boolean; facts: PhotoFacts }>(all, PATHS_AT_ONCE)) {
    const sha256s = await knownPhotos(service, some)
    for (const [i, { path, facts }] of some.entries()) {
      const sha256 = sha256s[i] ?? null
      if (sha256 !== null) known.push({ sha256, facts: { ...facts, path } })
      else
        found.leftOut.push({
          what: path,
          why: 'There is no such photo, neither among those chosen nor among those imported before.',
        })
    }
  }
  const names: Reading['names'] = []
  for (const { words, count, verified } of [...own.names, ...found.names].slice(0, MOST_NAMES))
    names.push({ label: words.label, count, verified, ...(await previewWords(service.db, words)) })
  const photos = [...own.photos].map(([path, facts]): Reading['photos'][number] => ({ path, facts }))
  for (const { path, facts } of found.photos)
    if (facts !== null && !own.photos.has(path.normalize('NFC'))) photos.push({ path, facts })
  for (const one of own.leftOut) found.leftOut.push(one)
  const [leftOut = []] = inParts(found.leftOut, MOST_LEFT_OUT)
  const more = found.leftOut.length - leftOut.length
  if (more > 0) leftOut.push({ what: `${more} more`, why: LIST_ENDS })
  return {
    formats: [
      ...(own.files.length === 0 ? [] : [{ ...OWN_FORMAT, files: own.files }]),
      ...found.formats.map((format) => ({ ...format, files: [...format.files] })),
    ],
    counts: sums(found.counts, own.counts),
    photos,
    known,
    deployments: found.deployments.map(newDeployment),
    names,
    leftOut,
  }
}

const OWN_FORMAT = { name: 'csv', title: 'Clavis CSV', version: null, detector: null, threshold: null }

const sums = (a: Reading['counts'], b: Reading['counts']): Reading['counts'] => ({
  photos: a.photos + b.photos,
  boxes: a.boxes + b.boxes,
  verified: a.verified + b.verified,
  proposals: a.proposals + b.proposals,
  empty: a.empty + b.empty,
  events: a.events + b.events,
})
