// An import by two versions of Clavis in turns: this one, and an earlier one that lies in another folder, each as it
// comes, with its own nets. The same photos are sent to a new server of each over HTTP.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { PROJECT_DIR } from '../../../api/config.ts'
import { JSON_TYPE } from '../../../api/http/json.ts'
import { type Measured, quantile, type RunningServer, startServer } from '../measuring.ts'
import { processorSeconds } from '../processes.ts'

const SENT_AT_ONCE = 24
const POLL_MS = 250
/** The fields that all versions answer. */
const importState = z.object({ id: z.string(), indexed: z.number(), failed: z.number() })

type Timed = { perSecond: number; processorMs: number }

/** Throws Error where a photo cannot be indexed. */
export async function compareVersions(
  files: readonly string[],
  options: { before: string; rounds: number; folder: string },
): Promise<Measured> {
  const photos = await Promise.all(files.map((file) => readFile(file)))
  const versions = { before: options.before, now: PROJECT_DIR }
  const timed: Record<keyof typeof versions, Timed[]> = { before: [], now: [] }
  for (let round = 0; round < options.rounds; round++)
    for (const name of ['before', 'now'] as const)
      timed[name].push(await importInto(versions[name], join(options.folder, `${name}-${round}`), photos))
  const ratios = timed.now.map(({ perSecond }, round) => perSecond / timed.before[round]!.perSecond)
  const median = (name: keyof typeof versions, of: keyof Timed) =>
    quantile(
      timed[name].map((one) => one[of]),
      0.5,
    )
  return {
    photos: photos.length,
    rounds: options.rounds,
    'before: photos per second': median('before', 'perSecond'),
    'now: photos per second': median('now', 'perSecond'),
    'now, times before: median': quantile(ratios, 0.5),
    'now, times before: least': Math.min(...ratios),
    'now, times before: most': Math.max(...ratios),
    'before: processor time, ms per photo': median('before', 'processorMs'),
    'now: processor time, ms per photo': median('now', 'processorMs'),
  }
}

async function importInto(version: string, dataDir: string, photos: readonly Buffer[]): Promise<Timed> {
  const server = await startServer({ DATA_DIR: dataDir }, version)
  try {
    // The first photos are slower, because code is compiled and models are planned while they run.
    await importPhotos(server, photos.slice(0, SENT_AT_ONCE))
    const processorBefore = await processorSeconds(server.pid)
    const startedAt = performance.now()
    await importPhotos(server, photos.slice(SENT_AT_ONCE))
    const seconds = (performance.now() - startedAt) / 1000
    const count = photos.length - SENT_AT_ONCE
    const processorMs = ((await processorSeconds(server.pid)) - processorBefore) * 1000
    return { perSecond: count / seconds, processorMs: processorMs / count }
  } finally {
    await server.stop()
  }
}

async function importPhotos({ url }: RunningServer, photos: readonly Buffer[]): Promise<void> {
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(new URL(path, url), init)
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`)
    return await response.json()
  }
  const begun = { name: 'measured', total: photos.length }
  const { id } = importState.parse(
    await ask('/api/imports', {
      method: 'POST',
      headers: { 'Content-Type': JSON_TYPE },
      body: JSON.stringify(begun),
    }),
  )
  for (let start = 0; start < photos.length; start += SENT_AT_ONCE) {
    const some = photos.slice(start, start + SENT_AT_ONCE)
    const body = new FormData()
    body.set('importId', id)
    body.set('facts', JSON.stringify(some.map((_, i) => ({ path: `${start + i}.jpg` }))))
    for (const [i, photo] of some.entries()) body.append('photo', new Blob([new Uint8Array(photo)]), `${start + i}.jpg`)
    await ask('/api/media', { method: 'POST', body })
  }
  await ask(`/api/imports/${id}/close`, { method: 'POST' })
  for (;;) {
    const { indexed, failed } = importState.parse(await ask(`/api/imports/${id}`))
    if (failed > 0) throw new Error(`Expected every photo to be indexed but ${failed} failed.`)
    if (indexed === photos.length) return
    await sleep(POLL_MS)
  }
}
