// The composition root of every command: opens the parts of the service in order, and closes them in the reverse order.
// No part opens another.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openLearning } from '../classifiers/live/learning.ts'
import { openSearchIndex } from '../classifiers/live/search-index.ts'
import { type Database, openDatabase } from '../db/connection/connect.ts'
import { lockDataFolder } from '../db/connection/data-folder-lock.ts'
import { refuseUnfinishedTransfer } from '../db/copy/transfer-mark.ts'
import { claimKey, findAnswer, keepAnswer } from '../db/idempotency.ts'
import { ensureModel } from '../db/trees/models.ts'
import { indexMedia } from '../indexer/index-media.ts'
import { sweepDownloads } from '../indexer/models/catalogue.ts'
import { firstEmbedder } from '../indexer/models/first-embedder.ts'
import { openModels } from '../indexer/models/models.ts'
import { openPhotos } from '../indexer/photos/open-photos.ts'
import { openInProcessQueue } from '../indexer/queue/in-process.ts'
import { type MediaSource, type Queue, type QueueEvents, queuedMedia } from '../indexer/queue/queue.ts'
import type { Config } from './config.ts'
import { createEvents } from './http/events.ts'
import { createOnce } from './http/idempotency.ts'
import { openLog, within } from './http/log.ts'
import { createMetrics } from './http/metrics.ts'
import { chosenModels, modelFolders } from './installation/model-choice.ts'
import { openModelSwitch } from './installation/model-switch.ts'
import { readReference } from './installation/reference.ts'
import { watchImports } from './photos/import-watch.ts'
import { presentEvent } from './present/events.ts'
import type { Service } from './service.ts'

type ServiceOptions = {
  /** Whether this process indexes photos. With a shared queue, workers may do it alone. */
  indexing: boolean
  /** An open database to use, and close, instead of the one that the settings name. */
  database?: Database
}

/** Photos in work at once: the models batch some while others are read, decoded and stored. */
const CONCURRENCY_PER_THREAD = 4

/** Throws DataFolderInUse, DatabaseError or ModelError, each with a sentence, and leaves nothing open. */
export async function openService(config: Config, options: ServiceOptions): Promise<Service> {
  const closers: (() => Promise<void>)[] = []
  const closeAll = async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
  const opened = <T extends { close(): Promise<void> }>(part: T): T => {
    closers.push(() => part.close())
    return part
  }
  try {
    const log = openLog(config.logLevel)
    const onError = (error: unknown, doing: string) => log.error({ err: error }, `${doing} failed`)
    const events = createEvents()
    const metrics = opened(createMetrics())
    const closing = new AbortController()
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 })

    // With a shared queue several processes work on one database; without, the data folder belongs to one.
    const lock = config.queueUrl === null ? await lockDataFolder(config.dataDir) : null
    if (lock) closers.push(() => lock.release())
    await sweepDownloads(join(config.dataDir, 'downloads'))
    const database = opened(options.database ?? (await openDatabase(config.databaseUrl)))
    const { db } = database
    await refuseUnfinishedTransfer(db)
    const photos = await openPhotos(config, (file) => log.warn({ file }, 'file was overwritten'))

    const { threads, device, deviceId } = config
    const choice = await chosenModels(db, config, async () => {
      const first = await firstEmbedder(modelFolders(config), { threads, device, deviceId })
      log.info({ embedder: first.name, why: first.why }, 'embedder of this new installation chosen')
      return first
    })
    const models = opened(
      await openModels({
        folders: modelFolders(config),
        detector: choice.detector,
        detectorSize: choice.detectorSize,
        detectorThreshold: choice.detectorThreshold,
        embedder: choice.embedder,
        threads,
        device,
        deviceId,
        onRun: metrics.inference,
      }),
    )
    for (const { name, sha256, manifest } of [models.detector, models.embedder])
      await ensureModel(db, { name, sha256, kind: manifest.kind, manifest })

    const searchIndex = opened(
      openSearchIndex({ database, announce: (event) => events.emit(presentEvent(event)), onError }),
    )
    const learning = opened(
      await openLearning({
        database,
        embedder: { sha256: models.embedder.sha256 },
        reference: await readReference(modelFolders(config), choice.embedder),
        prepare: searchIndex.prepare,
        announce: (event) => events.emit(presentEvent(event)),
        measure: metrics,
        onError,
      }),
    )
    const modelSwitch = opened(openModelSwitch(() => service, log))
    const importWatch = opened(watchImports({ db, events, log, publish: () => service.learning.publishNow() }))
    const waiting = { ...queuedMedia(db), onError }
    const queue = opened(await openQueue(config.queueUrl, waiting))
    const service: Service = {
      config,
      log,
      db,
      database,
      models,
      photos,
      queue,
      learning,
      searchIndex,
      modelSwitch,
      events,
      metrics,
      importWatch,
      once: createOnce({
        find: (key) => findAnswer(db, key),
        claim: claimKey,
        keep: (key, status, body) => keepAnswer(db, key, status, body),
      }),
      closing: closing.signal,
      announce: async (url) => lock?.announce(url),
      beginClosing: () => closing.abort(),
      async close() {
        closing.abort()
        await closeAll()
      },
    }
    searchIndex.watch(() => service.learning)
    metrics.watch(service)
    if (options.indexing) {
      const concurrency = Math.max(4, threads * CONCURRENCY_PER_THREAD)
      await queue.start((mediaId) => within({ mediaId }, () => index(service, mediaId)), { concurrency })
      if (choice.next !== null) await modelSwitch.start(choice.next, { anyway: choice.anyway })
    }
    return service
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function openQueue(url: string | null, waiting: MediaSource & QueueEvents): Promise<Queue> {
  if (url === null) return openInProcessQueue(waiting)
  // BullMQ is large, so it is loaded only where a queue is in Redis.
  const { openBullQueue } = await import('../indexer/queue/bullmq.ts')
  return await openBullQueue({ url, name: 'clavis-media', ...waiting })
}

/** The queue's handler. A photo that cannot be indexed is recorded as failed; only other errors are thrown. */
async function index(
  service: Pick<Service, 'db' | 'models' | 'photos' | 'learning' | 'importWatch' | 'events' | 'metrics'>,
  mediaId: number,
): Promise<void> {
  const outcome = await indexMedia(service, mediaId)
  if (outcome.status === 'skipped') return
  service.metrics.indexed(outcome.status)
  service.learning.wake()
  service.importWatch.touch()
  const detectionIds = outcome.status === 'indexed' ? outcome.detectionIds.map(String) : []
  service.events.emit({ name: 'indexed', data: { mediaId: String(mediaId), status: outcome.status, detectionIds } })
}
