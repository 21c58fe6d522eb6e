// Work that follows every change, in the background: passes one after the other, until nothing has changed since the
// last one began. It waits for imports to end, because each of their photos is a change.

import { setTimeout as wait } from 'node:timers/promises'
import type { Db } from '../../db/connection/connect.ts'
import { openImports } from '../../db/photos/imports.ts'

export type Background = {
  /** Something has changed. */
  touch(): void
  /** Ends the pass that runs as soon as it looks at `signal`. */
  close(): Promise<void>
}

/** A pass after which it rests `times` as long as the work took. */
export const thenRest =
  (times: number, work: (signal: AbortSignal) => Promise<void>) =>
  async (signal: AbortSignal, rest: (ms: number) => Promise<void>): Promise<void> => {
    const startedAt = performance.now()
    await work(signal)
    await rest(times * (performance.now() - startedAt))
  }

export function openBackground(options: {
  db: Db
  /** What errors say was being done. */
  doing: string
  /** Changes that follow each other within this time share a pass. */
  quietMs: number
  /** `rest` waits, and ends at once when the work is to end. */
  pass: (signal: AbortSignal, rest: (ms: number) => Promise<void>) => Promise<void>
  onError: (error: unknown, doing: string) => void
  /** After the last pass. */
  onClosed?: () => Promise<void>
}): Background {
  const { db, doing, quietMs, pass, onError, onClosed } = options
  const ending = new AbortController()
  const { signal } = ending
  let dirty = false
  let running: Promise<void> | null = null
  const rest = (ms: number) => wait(ms, undefined, { ref: false, signal }).catch(() => {})

  async function run(): Promise<void> {
    while (dirty && !signal.aborted) {
      await rest(quietMs)
      if (signal.aborted || (await openImports(db)).length > 0) continue
      dirty = false
      await pass(signal, rest)
    }
  }

  return {
    touch() {
      dirty = true
      running ??= run()
        .catch((error) => {
          if (!signal.aborted) onError(error, doing)
        })
        .finally(() => {
          running = null
        })
    },
    async close() {
      ending.abort()
      await running
      await onClosed?.()
    },
  }
}
