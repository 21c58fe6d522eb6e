// Sends one parcel of photos and returns the result for each. If the service cannot be reached, this retries for a
// minute. If the service refuses the parcel, each photo is sent alone, so that one bad photo does not block the others.
// A photo that cannot be unpacked becomes a failed item.

import type { PhotoFacts } from '../../api/contract/exchange/import.ts'
import type { MediaItem } from '../../api/contract/media.ts'
import { Problem, sentenceOf } from '../server/client.ts'
import { type Parcel, sendPhotos } from '../server/exchange/imports.ts'
import type { Planned } from './plan.ts'

const PATIENCE_MS = 60_000

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

const passes = (error: unknown) =>
  error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500)

async function sendPatiently(importId: string, parcel: readonly Parcel[], signal: AbortSignal): Promise<MediaItem[]> {
  const giveUpAt = Date.now() + PATIENCE_MS
  for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 8000)) {
    try {
      return await sendPhotos(importId, parcel, signal)
    } catch (error) {
      if (signal.aborted || !passes(error) || Date.now() > giveUpAt) throw error
      await pause(waitMs, signal)
    }
  }
}

const refusal = (facts: PhotoFacts, name: string, error: unknown): MediaItem => ({
  id: null,
  filename: facts.path ?? name,
  status: 'failed',
  failure: { stage: 'read', message: sentenceOf(error) },
})

async function deliverOpened(importId: string, parcel: readonly Parcel[], signal: AbortSignal): Promise<MediaItem[]> {
  try {
    return await sendPatiently(importId, parcel, signal)
  } catch (error) {
    const atFault = error instanceof Problem && [400, 413, 415, 422].includes(error.status)
    if (!atFault) throw error
    const [only] = parcel
    if (parcel.length === 1 && only !== undefined) return [refusal(only.facts, only.file.name, error)]
    const items: MediaItem[] = []
    for (const photo of parcel) items.push(...(await deliverOpened(importId, [photo], signal)))
    return items
  }
}

export async function deliver(importId: string, parcel: readonly Planned[], signal: AbortSignal): Promise<MediaItem[]> {
  const opened: Parcel[] = []
  const items: MediaItem[] = []
  for (const { file, facts, open } of parcel) {
    try {
      opened.push({ file: await open(), facts })
    } catch (error) {
      items.push(refusal(facts, file.name, error))
    }
  }
  return opened.length === 0 ? items : [...items, ...(await deliverOpened(importId, opened, signal))]
}
