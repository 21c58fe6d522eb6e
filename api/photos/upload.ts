// Photos on their way in. In: bytes or hashes with what is known of them. Out: media rows that wait to be indexed, or a failure
// for the one photo. A request is taken whole or not at all: rows are written when all its photos are on the disk.

import { join } from 'node:path'
import { z } from 'zod'
import { importProgress } from '../../db/photos/imports.ts'
import { addMedia, findMedia, type MediaFacts } from '../../db/photos/media.ts'
import { findByName } from '../../db/taxonomy/paths.ts'
import { sha256Of } from '../../indexer/analyse.ts'
import { StorageError, UnsupportedType } from '../../indexer/errors.ts'
import { type FileFacts, readPhotoFacts } from '../../indexer/photos/metadata.ts'
import { idSchema } from '../contract/id.ts'
import { type PhotoFacts, photoFactsSchema } from '../contract/import.ts'
import type { MediaItem } from '../contract/media.ts'
import { type IncomingFile, readMultipart } from '../http/multipart.ts'
import { Problem } from '../http/problem.ts'
import { joinSentences, sentence } from '../http/sentences.ts'
import { presentItem } from '../present/present.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { type FolderFacts, factsOfFolders, folderWords } from './folder-labels.ts'
import { createTaxonFinder } from './label-taxon.ts'
import { isZip, unpackZip, ZIP_LIMITS, zipRoot } from './zip.ts'

/** What a request says of all its photos, beside their bytes. */
const fieldsSchema = z.object({
  importId: idSchema.optional(),
  taxonId: idSchema.optional(),
  class: z.string().max(200).optional(),
  order: z.string().max(200).optional(),
  family: z.string().max(200).optional(),
  genus: z.string().max(200).optional(),
  species: z.string().max(200).optional(),
  commonName: z.string().max(200).optional(),
  deployment: z.string().max(200).optional(),
  group: z.string().max(200).optional(),
  facts: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'Expected JSON for facts but received something else.' })
        return z.NEVER
      }
    })
    .pipe(z.array(photoFactsSchema))
    .optional(),
})
type Fields = z.infer<typeof fieldsSchema>

const LIMITS = { maxFiles: 10_000, maxFieldBytes: 16_000_000 }

/** `folders`: of a zip's entry, what its place in the zip says. */
type Received = { filename: string; folders?: FolderFacts } & (
  | { sha256: string; bytes: number; file: FileFacts }
  | { failure: NonNullable<MediaItem['failure']> }
)

export type Intake = {
  /** Takes a multipart request. Unreadable and too big photos are items with a failure; the others go on. */
  receive(request: Request, person: string): Promise<MediaItem[]>
  /** Photos by hash: what is known takes the facts, for the others the answer is null: send the bytes. */
  offer(offer: Offer, person: string): Promise<(MediaItem | null)[]>
  /** Removes a photo's file, unless a row or a request under way still needs it. */
  forget(sha256: string): Promise<void>
}
export type Offer = { importId?: string; photos: { sha256: string; facts: PhotoFacts }[] }

export function createIntake(service: Service): Intake {
  /** Photos that requests under way have put on the disk and not yet written rows for, with how many requests hold each. */
  const held = new Map<string, number>()
  /** Writing and removing one photo's file run one after the other. */
  const turns = new Map<string, Promise<unknown>>()
  const inTurn = async <T>(sha256: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(sha256) ?? Promise.resolve()).then(work, work)
    turns.set(sha256, turn)
    try {
      return await turn
    } finally {
      if (turns.get(sha256) === turn) turns.delete(sha256)
    }
  }

  const forget = (sha256: string) =>
    inTurn(sha256, async () => {
      if (held.has(sha256) || (await findMedia(service.db, [sha256])).size > 0 || held.has(sha256)) return
      await service.photos.delete(sha256)
    })

  const tooBig = (filename: string): Received => {
    const message = `The photo is bigger than ${service.config.maxPhotoBytes} bytes. MAX_PHOTO_BYTES sets the limit.`
    return { filename, failure: { stage: 'read', message } }
  }

  const receiveFile = async (file: IncomingFile, put: Set<string>): Promise<Received> => {
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of file.stream) {
      size += part.length
      // The rest is let go by.
      if (size <= service.config.maxPhotoBytes) parts.push(part)
      else parts.length = 0
    }
    return size > service.config.maxPhotoBytes
      ? tooBig(file.filename)
      : await keep(file.filename, Buffer.concat(parts), put)
  }

  /** A zip is the folder that it was packed from. */
  const receiveZip = async ({ filename, stream }: IncomingFile, put: Set<string>): Promise<Received[]> => {
    const received: Received[] = []
    const folder = join(service.config.dataDir, 'photos', 'incoming')
    const known = new Map<string, boolean>()
    await unpackZip(stream, { folder, maxFileBytes: service.config.maxPhotoBytes }, async (file) => {
      for (const words of [zipRoot(filename), ...file.folders].map(folderWords))
        if (words !== '' && !known.has(words)) known.set(words, (await findByName(service.db, words)).length > 0)
      const folders = factsOfFolders(zipRoot(filename), file.folders, 'guess', (words) => known.get(words) ?? false)
      const one = file.problem
        ? { filename: file.path, failure: { stage: 'read' as const, message: file.problem } }
        : file.bytes
          ? await keep(file.path, file.bytes, put)
          : tooBig(file.path)
      received.push({ ...one, folders })
    })
    return received
  }

  const keep = async (filename: string, bytes: Buffer, put: Set<string>): Promise<Received> => {
    try {
      const facts = readPhotoFacts(bytes)
      const sha256 = sha256Of(bytes)
      if (!put.has(sha256)) held.set(sha256, (held.get(sha256) ?? 0) + 1)
      put.add(sha256)
      await inTurn(sha256, () => service.photos.put(sha256, bytes))
      return { filename, sha256, bytes: bytes.length, file: facts }
    } catch (error) {
      if (error instanceof UnsupportedType || error instanceof StorageError)
        return { filename, failure: { stage: error.stage, message: error.message } }
      throw error
    }
  }

  /** What got no row (the request broke off, or was refused) leaves nothing on the disk. */
  const release = async (put: Set<string>) => {
    for (const sha256 of put) {
      const others = (held.get(sha256) ?? 1) - 1
      if (others > 0) held.set(sha256, others)
      else held.delete(sha256)
      await forget(sha256)
    }
  }

  return {
    forget,
    async receive(request, person) {
      const received: Received[] = []
      const put = new Set<string>()
      try {
        const limits = { ...LIMITS, maxFileBytes: ZIP_LIMITS.zipBytes }
        let zips = 0
        const text = await readMultipart(request, limits, async (file) => {
          if (file.field !== 'photo') file.stream.resume()
          else if (isZip(file)) {
            zips++
            received.push(...(await receiveZip(file, put)))
          } else received.push(await receiveFile(file, put))
        })
        if (received.length === 0)
          throw new Problem(400, 'Expected at least one file in the field photo but received none.')
        const fields = parseFields(text)
        if (fields.facts !== undefined && zips > 0)
          throw new Problem(400, 'Expected no facts beside a zip: its folders say what its photos show.')
        if (fields.facts !== undefined && fields.facts.length !== received.length)
          throw new Problem(400, `Expected facts for ${received.length} photos but received ${fields.facts.length}.`)
        return await addRows(service, received, fields, person)
      } finally {
        await release(put)
      }
    },
    async offer({ importId, photos }, person) {
      const label = await labeller(service, { importId }, person)
      const items: (MediaItem | null)[] = []
      const media = await findMedia(
        service.db,
        photos.map(({ sha256 }) => sha256),
      )
      for (const { sha256, facts } of photos) {
        const known = media.get(sha256)
        if (known === undefined) {
          items.push(null)
          continue
        }
        const { mimeType, bytes, filename } = known
        const added = await addMedia(service.db, { sha256, mimeType, bytes, filename, ...(await label(facts)) })
        items.push(presentItem({ ...added, filename }))
      }
      await taken(service, items)
      return items
    },
  }
}

function parseFields(text: Record<string, string>): Fields {
  const result = fieldsSchema.safeParse(text)
  if (result.success) return result.data
  throw new Problem(400, joinSentences(result.error.issues.map((issue) => sentence(issue, text))), {
    cause: result.error,
  })
}

async function addRows(service: Service, received: Received[], fields: Fields, person: string): Promise<MediaItem[]> {
  const { facts: each, taxonId: _taxonId, importId: _importId, ...shared } = fields
  const label = await labeller(service, fields, person)
  const items: MediaItem[] = []
  for (const [i, photo] of received.entries()) {
    const own: PhotoFacts = { ...photo.folders, ...shared, ...each?.[i] }
    const filename = own.path ?? photo.filename
    if ('failure' in photo) {
      items.push({ id: null, filename, status: 'failed', failure: photo.failure })
      continue
    }
    const { sha256, bytes, file } = photo
    const added = await addMedia(service.db, { sha256, bytes, filename, ...file, ...(await label(own)) })
    items.push(presentItem({ ...added, filename }))
  }
  await taken(service, items)
  return items
}

/** Turns what is known of a photo into what its row needs: label, boxes, deployment, group, import. */
async function labeller(service: Service, fields: Pick<Fields, 'importId' | 'taxonId'>, person: string) {
  const importId = fields.importId === undefined ? null : Number(fields.importId)
  const name = importId === null ? person : (await importProgress(service.db, importId)).name
  const taxonId = fields.taxonId === undefined ? null : Number(fields.taxonId)
  if (taxonId !== null) await requireTaxon(service, taxonId)
  const find = createTaxonFinder(service.db)
  return async (facts: PhotoFacts): Promise<Omit<MediaFacts, 'sha256' | 'filename' | 'mimeType' | 'bytes'>> => {
    const shown = taxonId ?? (await find(facts))
    return {
      importId,
      deployment: facts.deployment ?? null,
      group: facts.group ?? null,
      label: shown === null ? null : { taxonId: shown, person: `import:${name}` },
      boxes: facts.boxes ?? null,
    }
  }
}

/** Rows are written: wake who works on them. Labels of photos that were here before are learned before the answer. */
async function taken(service: Service, items: (MediaItem | null)[]): Promise<void> {
  const queued = items.flatMap((item) => (item?.status === 'queued' && item.id !== null ? [Number(item.id)] : []))
  if (queued.length > 0) await service.queue.add(queued)
  if (items.some((item) => item?.status === 'indexed')) await service.learning.sync()
  service.importWatch.touch()
}
