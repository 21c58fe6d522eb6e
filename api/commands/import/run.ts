// One import from start to end: every photo is sent, indexed and learned, or named with a reason. It is safe to
// interrupt and to repeat, because known photos are not sent again. Memory holds some hundred photos at a time: what is
// told of the others lies on the disk.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Import, photoFactsSchema } from '../../contract/exchange/import.ts'
import type { MediaItem } from '../../contract/media.ts'
import { joinSentences, sentence } from '../../http/sentences.ts'
import { type DiskList, inParts, openDiskList } from '../../interchange/exchange/spool/disk-list.ts'
import { type Gathering, openGathering } from '../../interchange/exchange/spool/gathering.ts'
import type { Progress } from '../progress.ts'
import type { ImportClient, OfferedPhoto } from './client.ts'
import { type Earlier, openEarlier } from './earlier.ts'
import type { LeftOut, Plan, PlannedPhoto } from './planned.ts'

export type ImportResult = Told & {
  indexed: number
  /** How many of those were known before. */
  known: number
  /** Sent but not indexed yet; only after an interruption. */
  waiting: number
  interrupted: boolean
  seconds: number
  /** Gives back what lies on the disk for it. */
  close(): void
}

/** What an import tells of single photos. */
type Told = {
  failures: DiskList<{ path: string; message: string }>
  /** Known photos of another deployment than this import gives. They keep theirs. */
  kept: DiskList<{ path: string; deployment: string }>
  leftOut: DiskList<LeftOut>
}

/** `wasKnown`: when it was planned, so no file of it is here. */
type Hashed = PlannedPhoto & { offer: OfferedPhoto; bytes: number; wasKnown: boolean }

const OFFERED_AT_ONCE = 200
const UPLOADED_AT_ONCE = { photos: 24, bytes: 32_000_000 }
const POLL_MS = 500

/**
 * `signal` ends it early: requests under way are completed, and no new one is begun. `scratch`: the folder for what
 * does not fit in memory.
 */
export async function runImport(
  client: ImportClient,
  plan: Plan,
  progress: Progress,
  signal: AbortSignal,
  scratch?: string,
): Promise<ImportResult> {
  const told: Told = {
    failures: openDiskList(scratch),
    kept: openDiskList(scratch),
    leftOut: openDiskList(scratch),
  }
  const close = () => {
    for (const list of Object.values(told)) list.close()
  }
  const run = new Run(client, plan, progress, signal, told, scratch)
  try {
    return { ...(await run.toItsEnd()), ...told, close }
  } catch (error) {
    close()
    throw error
  } finally {
    run.close()
  }
}

class Run {
  readonly #client: ImportClient
  readonly #plan: Plan
  readonly #progress: Progress
  readonly #signal: AbortSignal
  readonly #told: Told
  /** By the photo's bytes: where they were seen, and what was said of them there. */
  readonly #seen: Gathering<{ path: string; says: string }>
  readonly #earlier: Earlier
  #indexedBefore = 0
  #known = 0

  constructor(
    client: ImportClient,
    plan: Plan,
    progress: Progress,
    signal: AbortSignal,
    told: Told,
    scratch: string | undefined,
  ) {
    this.#client = client
    this.#plan = plan
    this.#progress = progress
    this.#signal = signal
    this.#told = told
    this.#seen = openGathering(scratch)
    this.#earlier = openEarlier(client, scratch)
  }

  close(): void {
    this.#seen.close()
    this.#earlier.close()
  }

  async toItsEnd(): Promise<Omit<ImportResult, keyof Told | 'close'>> {
    const startedAt = performance.now()
    const { id } = await this.#client.begin(this.#plan.name, this.#plan.photos.length)
    for (const photos of inParts(this.#plan.photos, OFFERED_AT_ONCE)) {
      if (this.#signal.aborted) break
      await this.#bring(id, photos)
    }
    leaveOtherLabels(this.#seen, this.#told.leftOut)
    const own = await this.#untilLearned(id)
    if (own.failed > 0) for await (const item of this.#client.failures(id)) this.#fail(item.filename, messageOf(item))
    this.#report(own, '')
    return {
      indexed: this.#indexedBefore + own.indexed,
      known: this.#known,
      waiting: this.#earlier.waiting + own.queued,
      interrupted: this.#signal.aborted,
      seconds: (performance.now() - startedAt) / 1000,
    }
  }

  #fail(path: string, message: string): void {
    this.#told.failures.push({ path, message })
  }

  #leave(what: string, reasons: readonly string[] = []): void {
    for (const why of reasons) this.#told.leftOut.push({ what, why })
  }

  #report({ indexed, failed }: Import, note: string): void {
    const done = this.#indexedBefore + this.#told.failures.length + indexed + failed
    this.#progress.update(Math.min(this.#plan.photos.length, done), note)
  }

  /** Offers photos by their hashes, and sends those that the server lacks. */
  async #bring(id: string, photos: PlannedPhoto[]): Promise<void> {
    const hashed: Hashed[] = []
    for (const photo of photos) {
      const fault = faultOf(photo.facts)
      const found = fault ?? (await identify(photo).catch((error: NodeJS.ErrnoException) => error))
      if (typeof found === 'string') this.#fail(placeOf(photo), found)
      else if (found instanceof Error)
        this.#fail(placeOf(photo), `The file cannot be read (${found.code ?? found.message}).`)
      else {
        this.#seen.add(found.sha256, { path: photo.facts.path ?? '', says: saysOf(photo.facts) })
        const wasKnown = photo.sha256 !== undefined
        hashed.push({ ...photo, ...found, wasKnown, offer: { sha256: found.sha256, facts: photo.facts } })
      }
    }
    const offers = hashed.map(({ offer }) => offer)
    const items = offers.length === 0 ? [] : await this.#client.offer(id, offers)
    const wanted = hashed.filter((photo, i) => !this.#isKnown(photo, items[i] ?? null))
    for (const part of split(wanted)) {
      if (this.#signal.aborted) return
      await this.#upload(id, part)
    }
    this.#report(await this.#client.progress(id), 'reading')
  }

  #isKnown(photo: Hashed, item: MediaItem | null): boolean {
    const path = placeOf(photo)
    if (item === null) {
      const isGone = photo.wasKnown
      if (isGone) this.#fail(path, 'It was removed since it was found.')
      return isGone
    }
    this.#known++
    this.#leave(path, item.leftOut)
    if (item.keptDeployment) this.#told.kept.push({ path, deployment: item.keptDeployment })
    if (item.status === 'indexed') this.#indexedBefore++
    else if (item.status === 'queued') this.#earlier.add(path, photo.offer)
    else this.#fail(path, messageOf(item))
    return true
  }

  async #upload(id: string, part: Hashed[]): Promise<void> {
    const photos = await Promise.all(
      part.map(async (photo) => ({
        bytes: new Uint8Array(await readFile(photo.at ?? photo.file)),
        facts: photo.facts,
      })),
    )
    const items = await this.#client.upload(id, photos)
    for (const [i, photo] of part.entries()) {
      const item = items[i]
      this.#leave(placeOf(photo), item?.leftOut)
      if (item?.keptDeployment) this.#told.kept.push({ path: placeOf(photo), deployment: item.keptDeployment })
      // Items with an id are in the import's own counts and its list of failures.
      if (item?.id === null) this.#fail(placeOf(photo), messageOf(item))
    }
  }

  async #untilLearned(id: string): Promise<Import> {
    let own = await this.#client.close(id)
    while (!this.#signal.aborted && (this.#earlier.waiting > 0 || own.status !== 'done')) {
      this.#report(own, own.status === 'learning' && this.#earlier.waiting === 0 ? 'learning' : 'indexing')
      await sleep(POLL_MS, undefined, { signal: this.#signal }).catch(() => {})
      for (const { path, item } of await this.#earlier.settle(id))
        if (item?.status === 'indexed') this.#indexedBefore++
        else this.#fail(path, item ? messageOf(item) : 'It was removed while it waited.')
      own = await this.#client.progress(id)
    }
    return own
  }
}

const placeOf = (photo: PlannedPhoto) => photo.facts.path ?? photo.file

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

const saysOf = (facts: PlannedPhoto['facts']) => JSON.stringify(LABEL_FACTS.map((name) => facts[name] ?? null))

const SAYS_NOTHING = saysOf({})

/** Names photos whose bytes came before with another label, of which the first is kept. */
function leaveOtherLabels(seen: Gathering<{ path: string; says: string }>, leftOut: DiskList<LeftOut>): void {
  for (const { rows } of seen.groups()) {
    const [first, ...others] = rows.filter(({ says }) => says !== SAYS_NOTHING)
    for (const { path, says } of others)
      if (says !== first?.says)
        leftOut.push({
          what: path,
          why: `It is the same photo as ${first?.path}, which has another label. That label is kept, and this one is left out.`,
        })
  }
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
