// Files of other programs as a page sends them, read before anything is imported. They lie on the disk while they are
// read.

import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Reading } from '../../contract/exchange/reading.ts'
import { multipartOfRequest, readMultipart } from '../../http/bodies/multipart.ts'
import { Problem } from '../../http/problem.ts'
import { ExchangeError } from '../../interchange/exchange/exchange-error.ts'
import { newDeployment } from '../../interchange/exchange/new-deployment.ts'
import { createPhotoFinder } from '../../interchange/exchange/photo-paths.ts'
import { type FoundPhotos, planPhotos } from '../../interchange/exchange/plan-photos.ts'
import type { FileSet } from '../../interchange/exchange/reader.ts'
import { recognise } from '../../interchange/exchange/recognise.ts'
import type { Service } from '../../service.ts'
import { knownPhotos } from './known-photos.ts'
import { previewWords } from './words.ts'

const LIMITS = { maxFiles: 200_000, maxFileBytes: 4_000_000_000, maxFieldBytes: 64_000_000 }
const PATHS_AT_ONCE = 1000
/** Lists that a page shows. */
const MOST_NAMES = 500
const MOST_LEFT_OUT = 10_000

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
      open(path) {
        const place = places.get(path)
        if (place === undefined) throw new ExchangeError(`There is no ${path}.`)
        return createReadStream(place, { highWaterMark: 1 << 18 })
      },
    }
    return await present(service, await findPhotos(files, photos, fields.boxes !== 'false'))
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

async function findPhotos(files: FileSet, photos: string[], boxes: boolean): Promise<FoundPhotos> {
  const recognised = await recognise(files)
  const found = await planPhotos(files, recognised, createPhotoFinder(photos, ''), { boxes })
  if (found.missing.length === 0 || found.commonFolder === '' || photos.length === 0) return found
  return await planPhotos(files, recognised, createPhotoFinder(photos, found.commonFolder), { boxes })
}

async function present(service: Service, found: FoundPhotos): Promise<Reading> {
  const known: Reading['known'] = []
  const leftOut = [...found.leftOut]
  for (let start = 0; start < found.missing.length; start += PATHS_AT_ONCE) {
    const some = found.missing.slice(start, start + PATHS_AT_ONCE).map((at) => found.store.get(at))
    const sha256s = await knownPhotos(service, some)
    for (const [i, { path, facts }] of some.entries()) {
      const sha256 = sha256s[i] ?? null
      if (sha256 === null)
        leftOut.push({
          what: path,
          why: 'There is no such photo, neither among those chosen nor among those imported before.',
        })
      else known.push({ sha256, facts: { ...facts, path } })
    }
  }
  const names: Reading['names'] = []
  for (const { words, count, verified } of found.names.slice(0, MOST_NAMES))
    names.push({ label: words.label, count, verified, ...(await previewWords(service.db, words)) })
  return {
    formats: found.formats,
    counts: found.counts,
    photos: [...found.photos].map(([path, at]) => ({ path, facts: found.store.get(at).facts })),
    known,
    deployments: found.deployments.map(newDeployment),
    names,
    leftOut: leftOut.slice(0, MOST_LEFT_OUT),
  }
}
