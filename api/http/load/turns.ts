// Work that must not overlap, by key: work of one key runs one after the other, in the order in which it came.

import { AsyncResource } from 'node:async_hooks'
import PQueue from 'p-queue'

type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>

export function createTurns(): Turns {
  const queues = new Map<string, PQueue>()
  return async (key, work) => {
    const queue = queues.get(key) ?? new PQueue({ concurrency: 1 })
    queues.set(key, queue)
    try {
      // Bound, so that log lines carry the id of the request that waited, not of the one that it waited for.
      return await queue.add(AsyncResource.bind(work))
    } finally {
      if (queue.size === 0 && queue.pending === 0) queues.delete(key)
    }
  }
}
