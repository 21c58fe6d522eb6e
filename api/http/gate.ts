// How much work is taken on at once. In: work as it comes. Out: it runs, waits its turn, or is refused with 503 and a time to
// come back, so that a flood neither fills memory nor makes everybody wait.

import { Problem } from './problem.ts'

export type Gate = { run<T>(work: () => Promise<T>): Promise<T> }

export type GateLimits = {
  running: number
  waiting: number
  retryAfterSeconds: number
  /** What the refused are told. */
  refusal?: string
}
const REFUSAL = 'Too many photos are being looked at right now. Try again in a moment.'

/** At most `running` at a time and `waiting` behind them. */
export function createGate(limits: GateLimits): Gate {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    async run(work) {
      if (running >= limits.running) {
        if (waiting.length >= limits.waiting)
          throw new Problem(503, limits.refusal ?? REFUSAL, {
            headers: { 'Retry-After': String(limits.retryAfterSeconds) },
          })
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else running++
      try {
        return await work()
      } finally {
        // The turn is handed on, so a newcomer cannot slip in between.
        const next = waiting.shift()
        if (next) next()
        else running--
      }
    },
  }
}
