// What a queue works on, without a database: ids that wait in memory, and how often and how widely the queue asked for
// them.

import { randomBytes } from 'node:crypto'
import { openInProcessQueue } from '../../../indexer/queue/in-process.ts'
import type { MediaSource, Queue } from '../../../indexer/queue/queue.ts'

export const testQueueUrl = process.env.TEST_QUEUE_URL ?? ''
/** For node:test's `skip`. */
export const needsRedis = testQueueUrl === '' ? 'needs Redis: set TEST_QUEUE_URL=redis://…' : false

/** Of a queue that nobody else uses. */
export const queueName = () => `test-${randomBytes(6).toString('hex')}`
export const bullOptions = { url: testQueueUrl, prefix: 'clavis-test', sweepMs: 200, lockMs: 10_000 }

export type WaitingRows = {
  /** Ids; whoever worked on one removes it. */
  waiting: Set<number>
  source: MediaSource
  /** How many times the queue asked. */
  asked: () => number
  /** How many ids it excluded at most. */
  mostExcluded: () => number
}

/** Ids from 1 to `count`, in order. */
export function openRows(count: number): WaitingRows {
  const waiting = new Set(Array.from({ length: count }, (_, i) => i + 1))
  let asked = 0
  let most = 0
  const source: MediaSource = {
    next: async (limit, excluding) => {
      asked++
      most = Math.max(most, excluding.length)
      const without = new Set(excluding)
      const ids: number[] = []
      for (const id of waiting) {
        if (ids.length === limit) break
        if (!without.has(id)) ids.push(id)
      }
      return ids
    },
    count: async () => waiting.size,
  }
  return { waiting, source, asked: () => asked, mostExcluded: () => most }
}

export type OpenQueue = (source: MediaSource, onError?: (error: unknown) => void) => Promise<Queue>

export const openInProcess: OpenQueue = async (source, onError) =>
  openInProcessQueue({ ...source, onError, restMs: 20, pollMs: 200 })

/** Works with a queue over so many rows, and closes it. */
export async function withQueue(
  open: OpenQueue,
  count: number,
  work: (parts: WaitingRows & { queue: Queue; errors: unknown[] }) => Promise<void>,
) {
  const rows = openRows(count)
  const errors: unknown[] = []
  const queue = await open(rows.source, (error) => errors.push(error))
  try {
    await work({ ...rows, queue, errors })
  } finally {
    await queue.close()
  }
}
