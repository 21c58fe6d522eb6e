// Computes the map of look-alikes in a process of its own, from the embeddings in the metric of the tree.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LayoutReply, LayoutRequest } from '../../classifiers/map/layout-worker.ts'
import { countEmbedded, failMap, finishMap, hearOfMap, type MapPoints as MapRows } from '../../db/insight/maps.ts'
import { embeddings } from '../../db/trees/models.ts'
import { latestPublished } from '../../db/trees/trees.ts'
import type { Service } from '../service.ts'

/** A map of more animals would be one blot of colour. The newest animals are left out. */
const MOST_ANIMALS = 250_000
/** Reading and sending the embeddings is about this share of the work. */
const READING = 0.15
const HEARTBEAT_MS = 2000

/**
 * Writes the outcome into the map's row. If the service ends before, the row gets no more heartbeats, and another
 * computation may begin.
 */
export async function computeMap(service: Service, id: number, modelSha256: string): Promise<void> {
  const { db, log, closing } = service
  try {
    const points = await layOutInProcess(service, id, modelSha256)
    await finishMap(db, id, points)
    log.info({ map: id, animals: points.detectionIds.length }, 'the map of look-alikes is ready')
  } catch (error) {
    if (closing.aborted) return
    log.error({ err: error }, 'computing the map of look-alikes failed')
    const message = error instanceof Error ? error.message : String(error)
    await failMap(db, id, message).catch((fault) => log.error({ err: fault }, 'recording the failed map failed'))
  }
}

async function layOutInProcess(service: Service, id: number, modelSha256: string): Promise<MapRows> {
  const { db, closing } = service
  const tree = await latestPublished(db, modelSha256)
  if (tree === null) throw new Error('There is no tree yet whose metric the map could use.')
  const total = Math.min(MOST_ANIMALS, await countEmbedded(db, modelSha256))
  const child = fork(fileURLToPath(new URL('../../classifiers/map/layout-worker.ts', import.meta.url)), [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
    signal: closing,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let progress = 0
  // Sent even while nothing changes, because a map without heartbeats counts as failed.
  const heartbeat = setInterval(() => void hearOfMap(db, id, progress).catch(() => {}), HEARTBEAT_MS)
  try {
    const places = new Promise<{ x: Float32Array; y: Float32Array }>((resolve, reject) => {
      child.on('message', (reply: LayoutReply) => {
        if (reply.kind === 'progress') progress = READING + (1 - READING) * reply.share
        else if (reply.kind === 'done') resolve({ x: reply.x, y: reply.y })
        else reject(new Error(reply.error))
      })
      child.once('error', reject)
      child.once('exit', (code, signal) =>
        reject(new Error(`The process that lays out the map ended (${signal ?? code}) before it was ready.`)),
      )
    })
    // It may fail while pages are still being sent; the failure is awaited below.
    places.catch(() => {})
    await send(child, { kind: 'begin', statistics: tree.statistics })
    const detectionIds: number[] = []
    for await (const page of embeddings(db, modelSha256, { taught: false })) {
      const rows = page.slice(0, total - detectionIds.length)
      if (rows.length === 0) break
      const dimensions = rows[0]!.embedding.length
      const values = new Float32Array(rows.length * dimensions)
      rows.forEach((row, i) => {
        values.set(row.embedding, i * dimensions)
        detectionIds.push(row.detectionId)
      })
      await send(child, { kind: 'page', embeddings: values })
      progress = (READING * detectionIds.length) / Math.max(1, total)
    }
    if (detectionIds.length === 0) throw new Error('There are no animals to lay out yet.')
    await send(child, { kind: 'end' })
    return { detectionIds, ...(await places) }
  } finally {
    clearInterval(heartbeat)
    child.removeAllListeners()
    child.on('error', () => {})
    child.kill()
  }
}

const send = (child: ReturnType<typeof fork>, request: LayoutRequest) =>
  new Promise<void>((resolve, reject) => child.send(request, (error) => (error ? reject(error) : resolve())))
