// How much work is taken on at once: work runs, waits its turn, or is refused with 503 and a time to come back, so that
// a flood neither fills memory nor makes everybody wait.

import { AsyncResource } from 'node:async_hooks'
import PQueue from 'p-queue'
import { Problem } from './problem.ts'

export type Gate = { run<T>(work: () => Promise<T>): Promise<T> }

type GateLimits = {
  running: number
  waiting: number
  retryAfterSeconds: number
  /** The sentence of a refusal. */
  refusal?: string
}
const REFUSAL = 'Too many photos are being processed right now. Try again in a moment.'

/** At most `running` at a time and `waiting` behind them, first come, first served. */
export function createGate({ running, waiting, retryAfterSeconds, refusal = REFUSAL }: GateLimits): Gate {
  const queue = new PQueue({ concurrency: running })
  return {
    async run(work) {
      if (queue.pending >= running && queue.size >= waiting)
        throw new Problem(503, refusal, { headers: { 'Retry-After': String(retryAfterSeconds) } })
      // Bound, so that log lines carry the id of the request that waited, not of the one that it waited for.
      return await queue.add(AsyncResource.bind(work))
    },
  }
}
