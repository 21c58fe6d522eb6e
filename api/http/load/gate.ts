// How much work is taken on at once: work runs, waits its turn, or is refused with 503 and a time to come back, so that
// a flood neither fills memory nor makes everybody wait.

import { AsyncResource } from 'node:async_hooks'
import PQueue from 'p-queue'
import { Problem } from '../problem.ts'

/** `caller`: whose work it is, where one caller may not take every place. */
export type Gate = { run<T>(work: () => Promise<T>, caller?: string): Promise<T> }

export type GateLimits = {
  running: number
  waiting: number
  retryAfterSeconds: number
  /** The most places that one caller has, running and waiting. */
  ofOneCaller?: number
  /** The sentence of a refusal. */
  refusal?: string
}
const TOO_MANY_OF_YOU = 'You have too many requests waiting here, and others wait too. Send fewer at a time.'
const REFUSAL = 'Too many photos are being processed right now. Try again in a moment.'

/** At most `running` at a time and `waiting` behind them, first come, first served. */
export function createGate({ running, waiting, ofOneCaller, retryAfterSeconds, refusal = REFUSAL }: GateLimits): Gate {
  const queue = new PQueue({ concurrency: running })
  const held = new Map<string, number>()
  const refuse = (sentence: string): never => {
    throw new Problem(503, sentence, { headers: { 'Retry-After': String(retryAfterSeconds) } })
  }
  return {
    async run(work, caller = '') {
      if (queue.pending >= running && queue.size >= waiting) refuse(refusal)
      const own = held.get(caller) ?? 0
      if (caller !== '' && own >= (ofOneCaller ?? Number.POSITIVE_INFINITY)) refuse(TOO_MANY_OF_YOU)
      held.set(caller, own + 1)
      try {
        // Bound, so that log lines carry the id of the request that waited, not of the one that it waited for.
        return await queue.add(AsyncResource.bind(work))
      } finally {
        const left = (held.get(caller) ?? 1) - 1
        if (left === 0) held.delete(caller)
        else held.set(caller, left)
      }
    },
  }
}
