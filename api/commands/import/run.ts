// One import from start to end: every photo is sent, indexed and learned, or named with a reason. It is safe to
// interrupt and to repeat, because known photos are not sent again.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { photoFactsSchema } from '../../contract/exchange/import.ts'
import type { MediaItem } from '../../contract/media.ts'
import { joinSentences, sentence } from '../../http/sentences.ts'
import type { Progress } from '../progress.ts'
import type { ImportClient, OfferedPhoto } from './client.ts'
import type { LeftOut, Plan, PlannedPhoto } from './planned.ts'

export type ImportResult = {
  indexed: number
  /** How many of those were known before. */
  known: number
  failures: { path: string; message: string }[]
  /** Known photos of another deployment than this import gives. They keep theirs. */
  kept: { path: string; deployment: string }[]
  leftOut: LeftOut[]
  /** Sent but not indexed yet; only after an interruption. */
  waiting: number
  interrupted: boolean
  seconds: number
}

type Hashed = PlannedPhoto & { offer: OfferedPhoto; bytes: number }

const OFFERED_AT_ONCE = 200
const UPLOADED_AT_ONCE = { photos: 24, bytes: 32_000_000 }
const POLL_MS = 500

/** `signal` ends it early: requests under way are completed, and no new one is begun. */
export async function runImport(
  client: ImportClient,
  plan: Plan,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImportResult> {
  const startedAt = performance.now()
  const failures = new Map<string, string>()
  const kept: ImportResult['kept'] = []
  const leftOut: LeftOut[] = []
  /** By the photo's bytes: where they were seen first, and what that said. */
  const seen = new Map<string, { path: string; says: string }>()
  /** Photos that an earlier, unfinished import sent. The counts of this import do not include them. */
  const earlier = new Map<string, OfferedPhoto>()
  let knownIndexed = 0
  let known = 0
  const batch = await client.begin(plan.name, plan.photos.length)
  let own = batch
  const place = (photo: PlannedPhoto) => photo.facts.path ?? photo.file
  const report = (note: string) =>
    progress.update(Math.min(plan.photos.length, knownIndexed + failures.size + own.indexed + own.failed), note)

  const upload = async (wanted: Hashed[]) => {
    for (const part of split(wanted)) {
      if (signal.aborted) return
      const photos = await Promise.all(
        part.map(async (photo) => ({
          bytes: new Uint8Array(await readFile(photo.at ?? photo.file)),
          facts: photo.facts,
        })),
      )
      const items = await client.upload(batch.id, photos)
      for (const [i, photo] of part.entries()) {
        const item = items[i]
        for (const why of item?.leftOut ?? []) leftOut.push({ what: place(photo), why })
        // Items with an id are in the import's own counts and its list of failures.
        if (item?.id === null) failures.set(place(photo), messageOf(item))
      }
    }
    own = await client.progress(batch.id)
    report('reading')
  }

  for (let start = 0; start < plan.photos.length && !signal.aborted; start += OFFERED_AT_ONCE) {
    const hashed: Hashed[] = []
    for (const photo of plan.photos.slice(start, start + OFFERED_AT_ONCE)) {
      const fault = faultOf(photo.facts)
      const found = fault ?? (await identify(photo).catch((error: NodeJS.ErrnoException) => error))
      if (typeof found === 'string') failures.set(place(photo), found)
      else if (found instanceof Error)
        failures.set(place(photo), `The file cannot be read (${found.code ?? found.message}).`)
      else {
        const other = otherLabel(seen, found.sha256, photo.facts)
        if (other !== null) leftOut.push({ what: place(photo), why: other })
        hashed.push({ ...photo, ...found, offer: { sha256: found.sha256, facts: photo.facts } })
      }
    }
    const items =
      hashed.length === 0
        ? []
        : await client.offer(
            batch.id,
            hashed.map((photo) => photo.offer),
          )
    const wanted: Hashed[] = []
    for (const [i, photo] of hashed.entries()) {
      const item = items[i]
      if (!item) {
        if (photo.sha256 !== undefined && photo.bytes === 0)
          failures.set(place(photo), 'It was removed since it was found.')
        else wanted.push(photo)
        continue
      }
      known++
      for (const why of item.leftOut ?? []) leftOut.push({ what: place(photo), why })
      if (item.keptDeployment) kept.push({ path: place(photo), deployment: item.keptDeployment })
      if (item.status === 'indexed') knownIndexed++
      else if (item.status === 'queued') earlier.set(place(photo), photo.offer)
      else failures.set(place(photo), messageOf(item))
    }
    await upload(wanted)
  }

  /** Offers the photos of an earlier import again, which tells what became of them. */
  const settle = async () => {
    const paths = [...earlier.keys()].slice(0, OFFERED_AT_ONCE)
    const items = await client.offer(
      batch.id,
      paths.map((path) => earlier.get(path)!),
    )
    for (const [i, path] of paths.entries()) {
      const item = items[i]
      if (item?.status === 'queued') continue
      earlier.delete(path)
      if (item?.status === 'indexed') knownIndexed++
      else failures.set(path, item ? messageOf(item) : 'It was removed while it waited.')
    }
  }

  own = await client.close(batch.id)
  while (!signal.aborted && (earlier.size > 0 || own.status !== 'done')) {
    report(own.status === 'learning' && earlier.size === 0 ? 'learning' : 'indexing')
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
    if (earlier.size > 0) await settle()
    own = await client.progress(batch.id)
  }
  if (own.failed > 0) for (const item of await client.failures(batch.id)) failures.set(item.filename, messageOf(item))
  report('')
  return {
    indexed: knownIndexed + own.indexed,
    known,
    leftOut,
    failures: [...failures].map(([path, message]) => ({ path, message })),
    kept,
    waiting: earlier.size + own.queued,
    interrupted: signal.aborted,
    seconds: (performance.now() - startedAt) / 1000,
  }
}

/**
 * Why the API would refuse a photo with these facts, and every photo that is sent with it; null where it takes them.
 */
function faultOf(facts: PlannedPhoto['facts']): string | null {
  const { error } = photoFactsSchema.safeParse(facts)
  return error ? joinSentences(error.issues.slice(0, 3).map((issue) => sentence(issue, facts))) : null
}

function messageOf(item: MediaItem): string {
  return item.failure?.message ?? 'It could not be read.'
}

/** What a photo is known by. One that was imported before needs no file. */
const identify = async ({ file, at, sha256 }: PlannedPhoto): Promise<{ sha256: string; bytes: number }> =>
  sha256 === undefined ? await hash(at ?? file) : { sha256, bytes: 0 }

const LABEL_FACTS = ['class', 'order', 'family', 'genus', 'species', 'commonName', 'folders'] as const

/** A sentence where the same bytes came before with another label, of which the first is kept. */
function otherLabel(
  seen: Map<string, { path: string; says: string }>,
  sha256: string,
  facts: PlannedPhoto['facts'],
): string | null {
  const says = JSON.stringify(LABEL_FACTS.map((name) => facts[name] ?? null))
  const before = seen.get(sha256)
  if (before === undefined) seen.set(sha256, { path: facts.path ?? '', says })
  if (before === undefined || before.says === says) return null
  return `It is the same photo as ${before.path}, which has another label. That label is kept, and this one is left out.`
}

async function hash(file: string | Buffer): Promise<{ sha256: string; bytes: number }> {
  const digest = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 18 }), digest)
  return { sha256: digest.digest('hex'), bytes: (await stat(file)).size }
}

function* split(photos: Hashed[]): Generator<Hashed[]> {
  let part: Hashed[] = []
  let bytes = 0
  for (const photo of photos) {
    if (part.length >= UPLOADED_AT_ONCE.photos || (part.length > 0 && bytes + photo.bytes > UPLOADED_AT_ONCE.bytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(photo)
    bytes += photo.bytes
  }
  if (part.length > 0) yield part
}
