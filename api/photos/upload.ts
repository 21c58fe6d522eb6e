// Photos on their way in. A request is stored whole or not at all: rows are written when all its photos are on the
// disk. A photo that cannot be read is an item with a failure, and the others go on. Bytes go to the disk as they
// arrive and take a place in the gate only when a file is complete, so a slow connection keeps nobody waiting and holds
// no memory.

import { z } from 'zod'
import type { Db } from '../../db/connection/connect.ts'
import { getOwnFields } from '../../db/own-fields.ts'
import { addMedia, type MediaFacts } from '../../db/photos/add-media.ts'
import { importProgress } from '../../db/photos/imports.ts'
import { findMedia } from '../../db/photos/media.ts'
import { type Offer, type PhotoFacts, photoFactsSchema } from '../contract/exchange/import.ts'
import { idSchema } from '../contract/id.ts'
import type { MediaAdded, MediaItem } from '../contract/media.ts'
import { type IncomingFile, multipartOfRequest, readMultipart } from '../http/bodies/multipart.ts'
import { createGate } from '../http/load/gate.ts'
import { Problem } from '../http/problem.ts'
import { joinSentences, sentence } from '../http/sentences.ts'
import { presentItem } from '../present/media.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { fitToPhoto, type PhotoSize, readFindings, sizeToCompare } from './exchange/findings.ts'
import { createWordsFinder } from './exchange/words.ts'
import { completed, unplaced } from './file-facts.ts'
import { createTaxonFinder, unreadColumns } from './labels/label-taxon.ts'
import { requireDeployments } from './limited-uploads.ts'
import { openPhotoFiles } from './photo-files.ts'
import { openFileReceiver, type Received } from './receive-files.ts'
import { frameName } from './video.ts'
import { isZip, ZIP_LIMITS } from './zip.ts'

const SHARED = {
  class: true,
  order: true,
  family: true,
  genus: true,
  species: true,
  commonName: true,
  deployment: true,
  group: true,
} as const

/** What a request says about all its photos, besides their bytes. */
const fieldsSchema = photoFactsSchema.pick(SHARED).extend({
  importId: idSchema.optional(),
  taxonId: idSchema.optional(),
  facts: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown // JSON.parse answers any
      } catch {
        context.addIssue({ code: 'custom', message: 'Expected JSON for facts but received something else.' })
        return z.NEVER
      }
    })
    .pipe(z.array(photoFactsSchema))
    .optional(),
})
type Fields = z.infer<typeof fieldsSchema>

/** Connections that send photos at the same moment; a further one gets 503. */
const OPEN = { running: 200, waiting: 0, retryAfterSeconds: 2 }
/** Files in work at once, each with one photo in memory. The others wait on the disk. */
const WORKING = { running: 6, waiting: Number.POSITIVE_INFINITY, retryAfterSeconds: 2 }

const LIMITS = { maxFiles: 10_000, maxFileBytes: ZIP_LIMITS.zipBytes, maxFieldBytes: 16_000_000 }

export type Uploads = {
  /** Stores the photos of a multipart request. */
  receive(request: Request, person: string, limitedTo: number[] | null): Promise<MediaAdded>
  /** Photos by hash: a known one takes the facts; null asks for the bytes of another. */
  offer(offer: Offer, person: string): Promise<(MediaItem | null)[]>
  /** Removes a photo's file, unless a row or a request under way needs it. */
  forget(sha256: string): Promise<void>
}

export function openUploads(service: Service): Uploads {
  const files = openPhotoFiles(service)
  const open = createGate(OPEN)
  const working = createGate(WORKING)
  const receiveFile = openFileReceiver(service, files, working)

  const receive = async (request: Request, person: string, limitedTo: number[] | null): Promise<MediaAdded> => {
    const received: Received[] = []
    const leftOut: string[] = []
    const own = new Set<string>()
    let count = 0
    let zips = 0
    const takeFile = async (file: IncomingFile) => {
      if (isZip(file)) zips++
      received.push(...(await receiveFile(file, count++, own, (path) => leftOut.push(path))))
    }
    try {
      const text = await readMultipart(multipartOfRequest(request), LIMITS, async (file) => {
        if (file.field === 'photo') await takeFile(file)
        else file.stream.resume()
      })
      const fields = readFields(text, zips > 0 ? received.length : count, zips > 0)
      return await working.run(async () => {
        if (limitedTo !== null)
          await requireDeployments(
            service.db,
            limitedTo,
            received.map((photo) => ({
              sha256: 'sha256' in photo ? photo.sha256 : null,
              deployment: fields.facts?.[photo.of]?.deployment ?? fields.deployment ?? photo.folders?.deployment,
            })),
          )
        const items = await addReceived(service, received, fields, person)
        return { items, ...(leftOut.length > 0 && { leftOut }) }
      })
    } finally {
      await files.release(own)
    }
  }

  return {
    forget: files.forget,
    receive: (request, person, limitedTo) => open.run(() => receive(request, person, limitedTo)),
    offer: (offer, person) => addOffered(service, offer, person),
  }
}

function readFields(text: Record<string, string>, photos: number, hasZip: boolean): Fields {
  if (photos === 0) throw new Problem(400, 'Expected at least one file in the field photo but received none.')
  const result = fieldsSchema.safeParse(text)
  if (!result.success)
    throw new Problem(400, joinSentences(result.error.issues.map((issue) => sentence(issue, text))), {
      cause: result.error,
    })
  const { facts } = result.data
  if (facts !== undefined && hasZip)
    throw new Problem(400, 'Expected no facts together with a zip: its folders say what its photos show.')
  if (facts !== undefined && facts.length !== photos)
    throw new Problem(400, `Expected facts for ${photos} photos but received ${facts.length}.`)
  return result.data
}

async function addReceived(
  service: Service,
  received: Received[],
  { facts: each, taxonId, importId, ...shared }: Fields,
  person: string,
): Promise<MediaItem[]> {
  const facts = received.map((photo) => factsOf(photo, { ...photo.folders, ...shared, ...each?.[photo.of] }))
  const labelIn = await labeller(service, { taxonId, importId }, person)
  const sizes: PhotoSize[] = []
  for (const [i, photo] of received.entries())
    sizes.push('failure' in photo ? null : await sizeToCompare(service, facts[i]!, photo.sha256))
  const items = await service.db.transaction(async (tx) => {
    const label = labelIn(tx)
    const labels: Labelled[] = []
    for (const [i, own] of facts.entries()) labels.push(await label(own, sizes[i] ?? null))
    const added: MediaItem[] = []
    for (const [i, photo] of received.entries()) added.push(await addOne(tx, photo, facts[i]!, labels[i]!))
    return added
  })
  await wakeFor(service, items)
  return items
}

async function addOne(tx: Db, photo: Received, own: PhotoFacts, { leftOut, ...known }: Labelled): Promise<MediaItem> {
  const filename = own.path ?? photo.filename
  if ('failure' in photo) return { id: null, filename, status: 'failed', failure: photo.failure }
  const { sha256, bytes, file } = photo
  const added = await addMedia(tx, { sha256, bytes, filename, ...known, ...completed(file, own) })
  return presentItem({ ...added, filename, leftOut: [...leftOut, ...unplaced(added)] })
}

/** Pictures of one video are one sequence, and each says where in the video it is. */
function factsOf(photo: Received, said: PhotoFacts): PhotoFacts {
  if (!('frame' in photo) || photo.frame === undefined) return said
  const video = said.path ?? photo.filename
  // What was said of boxes cannot be of one picture.
  const { boxes: _, findings: __, ...facts } = said
  return { ...facts, path: frameName(video, photo.frame.atMs), group: said.group ?? `video ${video}` }
}

async function addOffered(service: Service, { importId, photos }: Offer, person: string) {
  const label = (await labeller(service, { importId }, person))(service.db)
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
    const size = await sizeToCompare(service, facts, sha256)
    const { leftOut, ...given } = await label(facts, size)
    const added = await addMedia(service.db, { sha256, mimeType, bytes, filename, ...given })
    items.push(presentItem({ ...added, filename, leftOut: [...leftOut, ...unplaced(added)] }))
  }
  await wakeFor(service, items)
  return items
}

/** What a photo's row needs. Other parts are asked before the transaction: an embedded database has one connection. */
async function labeller(service: Service, fields: Pick<Fields, 'importId' | 'taxonId'>, person: string) {
  const importId = fields.importId === undefined ? null : Number(fields.importId)
  const name = importId === null ? person : (await importProgress(service.db, importId)).name
  const taxonId = fields.taxonId === undefined ? null : Number(fields.taxonId)
  if (taxonId !== null) await requireTaxon(service, taxonId)
  const ownFields = await getOwnFields(service.db)
  return (db: Db) => {
    const find = createTaxonFinder(db)
    const finder = createWordsFinder(db)
    return async (facts: PhotoFacts, size: PhotoSize): Promise<Labelled> => {
      const shown = taxonId ?? (await find(facts))
      const fitting = facts.findings && fitToPhoto(facts.findings, size)
      const read =
        fitting && (await readFindings({ finder, fields: ownFields }, fitting.findings, name, facts.corrections))
      return {
        importId,
        deployment: facts.deployment ?? null,
        group: facts.group ?? null,
        label: shown === null ? null : { taxonId: shown, person: `import:${name}` },
        boxes: facts.boxes ?? null,
        findings: read?.findings ?? null,
        mark: facts.empty ? 'empty' : facts.unusable ? 'unusable' : null,
        notes: facts.notes,
        favourite: facts.flagged,
        leftOut: [...unread(facts, taxonId), ...(fitting?.leftOut ?? []), ...(read?.leftOut ?? [])],
      }
    }
  }
}

/** What columns say that names no taxon, where nothing else names the photo. */
const unread = (facts: PhotoFacts, taxonId: number | null): string[] =>
  taxonId !== null
    ? []
    : unreadColumns(facts).map(
        (text) => `"${text.slice(0, 100)}" is no scientific name, so it is left out of the label.`,
      )

type Labelled = Omit<MediaFacts, 'sha256' | 'filename' | 'mimeType' | 'bytes'> & { leftOut: string[] }

/** Wakes the queue for new photos. New labels of photos that were known before are learned before the answer. */
async function wakeFor(service: Service, items: (MediaItem | null)[]): Promise<void> {
  const queued = items.flatMap((item) => (item?.status === 'queued' && item.id !== null ? [Number(item.id)] : []))
  if (queued.length > 0) await service.queue.add(queued)
  if (items.some((item) => item?.status === 'indexed')) await service.learning.sync()
  service.importWatch.touch()
}
