// The queue of an installation with Redis: whichever process has room handles the next photo. Redis holds ids only, and
// may lose them: working processes look into the database from time to time and put back what is missing, oldest first,
// so an emptied Redis loses nothing. A photo whose handler threw comes back in the same way, because jobs that wait for
// a time of day would depend on clocks that may be set. Only this file imports BullMQ.

import { Queue as BullQueue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { MediaSource, Queue, QueueEvents } from './queue.ts'

export type BullOptions = MediaSource &
  QueueEvents & {
    /** redis://… or rediss://… */
    url: string
    name: string
    /** Put before all keys in Redis. */
    prefix?: string
    /** How often to look for waiting rows without a job. */
    sweepMs?: number
    /** A process that is silent for so long counts as dead, and others get its photos. */
    lockMs?: number
  }

const SWEEP_MS = 5000
/**
 * A killed worker's photos start again after at most lockMs + lockMs / 2. With shorter locks, a busy process is taken
 * for dead.
 */
const LOCK_MS = 10_000
/** Redis is filled with so many of the oldest, and filled up when it has less than half of them. */
const SWEEP_IDS = 2000
const IDLE_POLL_MS = 100
const MOST_RETRY_MS = 5000

/** Throws, with a sentence, where the server cannot be reached now. Later it may come and go. */
export async function openBullQueue(options: BullOptions): Promise<Queue> {
  const report = (error: unknown, doing: string) => options.onError?.(error, doing)
  const retryStrategy = (times: number) => Math.min(MOST_RETRY_MS, 50 * 2 ** Math.min(times, 10))
  await reach(options.url)

  // Adding must not wait for a server that is gone, because the row is kept anyway. Taking has to wait.
  const producer = new Redis(options.url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    commandTimeout: 5000,
    retryStrategy,
  })
  const consumer = new Redis(options.url, { maxRetriesPerRequest: null, retryStrategy })
  for (const connection of [producer, consumer])
    connection.on('error', (error) => report(error, 'using the queue server'))
  const prefix = options.prefix ?? 'clavis'
  const queue = new BullQueue(options.name, {
    connection: producer,
    prefix,
    defaultJobOptions: {
      // A job that was removed can be added again with the same id. The row says what became of the photo.
      removeOnComplete: true,
      removeOnFail: true,
    },
  })
  queue.on('error', (error) => report(error, 'using the queue server'))
  let worker: Worker<{ mediaId: number }> | null = null
  let timer: NodeJS.Timeout | null = null
  let sweeping: Promise<void> | null = null
  let active = 0
  let closed = false
  const lockMs = options.lockMs ?? LOCK_MS

  const add = async (mediaIds: number[]) => {
    for (let start = 0; start < mediaIds.length; start += 500) {
      await queue.addBulk(
        mediaIds.slice(start, start + 500).map((mediaId) => ({
          name: 'index',
          data: { mediaId },
          // One job for a photo, however often it is added.
          opts: { jobId: `media-${mediaId}` },
        })),
      )
    }
  }

  /**
   * Shortens locks that last too long. Redis ends a lock at a time of day: when its clock is set back, the photos of a
   * process that died, and the check for such photos, would wait for as long as it was set back.
   */
  const endLocksInTime = async () => {
    const active = await producer.lrange(queue.toKey('active'), 0, -1)
    const keys = [queue.toKey('stalled-check'), ...active.map((job) => `${queue.toKey(job)}:lock`)]
    const left = await Promise.all(keys.map((key) => producer.pttl(key)))
    await Promise.all(keys.filter((_, i) => left[i]! > lockMs).map((key) => producer.pexpire(key, lockMs)))
  }

  /**
   * Adds the oldest waiting rows where Redis has few jobs: at the start, after it was emptied, after messages were
   * lost.
   */
  const sweep = async () => {
    try {
      await endLocksInTime()
      if ((await queue.getWaitingCount()) < SWEEP_IDS / 2) await add(await options.next(SWEEP_IDS, []))
    } catch (error) {
      report(error, 'looking for photos that wait')
    }
  }
  const sweepLater = () => {
    if (closed) return
    timer = setTimeout(() => {
      sweeping = sweep().finally(sweepLater)
    }, options.sweepMs ?? SWEEP_MS)
    timer.unref()
  }

  return {
    add: async (mediaIds) => {
      try {
        await add(mediaIds)
      } catch (error) {
        report(error, 'telling the queue server about new photos')
      }
    },
    start: async (handler, { concurrency }) => {
      if (worker) throw new Error('Expected a queue that was not started yet')
      worker = new Worker<{ mediaId: number }>(
        options.name,
        async (job) => {
          active++
          try {
            await handler(job.data.mediaId)
          } catch (error) {
            report(error, `indexing photo ${job.data.mediaId}`)
            throw error
          } finally {
            active--
          }
        },
        {
          connection: consumer,
          prefix,
          concurrency,
          lockDuration: lockMs,
          stalledInterval: lockMs / 2,
          // Not Redis but the row counts attempts.
          maxStalledCount: 1_000_000,
        },
      )
      worker.on('error', (error) => report(error, 'using the queue server'))
      await sweep()
      sweepLater()
    },
    idle: async () => {
      while (!closed && (active > 0 || (await options.count()) > 0)) {
        await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS))
      }
    },
    counts: async () => ({ waiting: Math.max(0, (await options.count()) - active), active }),
    close: async () => {
      closed = true
      if (timer) clearTimeout(timer)
      await sweeping
      await worker?.close()
      await queue.close().catch(() => {})
      producer.disconnect()
      consumer.disconnect()
    },
  }
}

async function reach(url: string): Promise<void> {
  const { close } = await openProbe(url)
  close()
}

/**
 * A connection that answers now, and is not reopened when it breaks. Throws, with a sentence, where the server cannot
 * be reached.
 */
export async function openProbe(url: string): Promise<{ redis: Redis; close: () => void }> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 5000,
  })
  let reason = ''
  redis.on('error', (error) => {
    reason = error.message
  })
  try {
    await redis.connect()
    await redis.ping()
    return { redis, close: () => redis.disconnect() }
  } catch (error) {
    redis.disconnect()
    const why = reason || (error instanceof Error ? error.message : String(error))
    throw new Error(`Cannot use the queue server at ${new URL(url).host}: ${why}`, { cause: error })
  }
}
