// Sends photos in the background while people use other views. The service recognises photos by their bytes, so sending
// one twice does no harm.

import { createSignal } from 'solid-js'
import type { Reading } from '../../api/contract/exchange/reading.ts'
import type { MediaItem } from '../../api/contract/media.ts'
import { sentenceOf } from '../server/client.ts'
import { closeImport, openImport } from '../server/exchange/imports.ts'
import { addDeployments, offerKnown } from '../server/exchange/readings.ts'
import { queries } from '../server/query-client.ts'
import { parcels } from './batches.ts'
import { deliver } from './deliver.ts'
import type { LeftOut } from './left-out/left-out.ts'
import { allLeftOut, type Plan, type Planned } from './plan.ts'

export type Upload = {
  name: string
  importId: string | null
  total: number
  sent: number
  /** cancelled: by the person; stopped: by a failure, which `reason` explains. */
  state: 'sending' | 'sent' | 'cancelled' | 'stopped'
  reason: string | null
  /** Photos that the service did not accept. */
  refused: MediaItem[]
  /** What was said of photos and is not taken over. */
  leftOut: LeftOut[]
}

const AT_ONCE = 2

const [upload, setUpload] = createSignal<Upload | null>(null)

export { upload }

let stop = new AbortController()
/** Photos not delivered yet, which can be sent again. */
let undelivered = new Set<Planned>()
/** What files say, until it is sent. */
let unsaid: Reading | null = null

export const isSending = (): boolean => upload()?.state === 'sending'
const change = (part: (now: Upload) => Partial<Upload>) =>
  setUpload((now) => (now === null ? null : { ...now, ...part(now) }))

async function sendAll(importId: string, photos: readonly Planned[], signal: AbortSignal): Promise<void> {
  const waiting = parcels(photos)
  const work = async () => {
    for (const parcel of waiting) {
      if (signal.aborted) return
      const items = await deliver(importId, parcel, signal)
      for (const photo of parcel) undelivered.delete(photo)
      change((now) => ({
        sent: now.sent + parcel.length,
        leftOut: [...now.leftOut, ...leftOutOf(items)],
        refused: [...now.refused, ...items.filter((item) => item.id === null)],
      }))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

const leftOutOf = (items: readonly MediaItem[]): LeftOut[] =>
  items.flatMap(({ filename, leftOut = [] }) => leftOut.map((why) => ({ what: filename, why })))

/** Photos that are not in, for the list of what stays out. */
export function failuresAsLeftOut(failed: readonly MediaItem[], refused: readonly MediaItem[]): LeftOut[] {
  const names = new Set(failed.map(({ filename }) => filename))
  return [...failed, ...refused.filter(({ filename }) => !names.has(filename))].map(({ filename, failure }) => ({
    what: filename,
    why: failure?.message ?? 'It could not be read.',
  }))
}

/** Deployments first, because photos look for theirs; then what is said of photos that were imported before. */
async function sendReading(importId: string, { deployments, known, leftOut }: Reading): Promise<void> {
  change((now) => ({ leftOut: [...now.leftOut, ...leftOut] }))
  await addDeployments(deployments)
  const items = await offerKnown(importId, known)
  change((now) => ({ sent: now.sent + known.length, leftOut: [...now.leftOut, ...leftOutOf(items)] }))
}

export async function send(
  plan: Pick<Plan, 'name' | 'photos'> & Partial<Pick<Plan, 'reading' | 'leftOut' | 'rowsLeftOut'>>,
): Promise<void> {
  const { name, photos, reading = null } = plan
  const total = photos.length + (reading?.known.length ?? 0)
  stop = new AbortController()
  undelivered = new Set(photos)
  unsaid = reading
  setUpload({
    name,
    importId: null,
    total,
    sent: 0,
    state: 'sending',
    reason: null,
    refused: [],
    leftOut: allLeftOut(plan),
  })
  let importId: string | null = null
  try {
    const opened = await openImport(name, total)
    importId = opened.id
    queries.setQueryData(['import', opened.id], opened)
    change(() => ({ importId: opened.id }))
    if (reading !== null) await sendReading(opened.id, reading)
    unsaid = null
    await sendAll(opened.id, photos, stop.signal)
    change((now) => ({ state: now.state === 'sending' ? 'sent' : now.state }))
  } catch (error) {
    stop.abort()
    change((now) => (now.state === 'cancelled' ? {} : { state: 'stopped', reason: sentenceOf(error) }))
  }
  // If closing fails, the service closes the import itself once nothing more arrives.
  if (importId !== null) await closeImport(importId).catch(() => undefined)
  for (const queryKey of [['summary'], ['imports'], ['media']]) void queries.invalidateQueries({ queryKey })
}

export function cancel(): void {
  change(() => ({ state: 'cancelled' }))
  stop.abort()
}

/** Sends the photos that were not delivered, and what files say if that is not sent yet. */
export function resume(): void {
  const now = upload()
  if (now === null || isSending()) return
  const rowsLeftOut = [...now.leftOut, ...failuresAsLeftOut([], now.refused)]
  // What the reading leaves out is listed already.
  const reading = unsaid && { ...unsaid, leftOut: [] }
  void send({ name: now.name, photos: [...undelivered], reading, rowsLeftOut })
}

export const forget = (): void => {
  if (!isSending()) setUpload(null)
}

window.addEventListener('beforeunload', (event) => {
  if (isSending()) event.preventDefault()
})
