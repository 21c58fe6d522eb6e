// The queue of an installation without Redis: this process handles the rows that wait. It holds the ids that are being
// worked on, the next few, and those that failed a moment ago, so its memory does not grow with how many wait.
//
// States: it sleeps while nothing waits. Adding, a retry that is due, or the poll wakes it. It fills its places from
// the database; each finished photo frees one. It sleeps again when the database has no more. A photo whose handler
// threw rests for a while. When many rest, the fault is not the photos': then everything waits until the first of them
// is due.

import type { Handler, MediaSource, Queue, QueueEvents } from './queue.ts'

/** How often to look for rows that another process added without a message. */
const POLL_MS = 5000
/**
 * How long a photo rests after its handler threw for the first time; twice as long after each further time, up to the
 * most.
 */
const REST_MS = 1000
const MOST_REST_MS = 30_000

export type InProcessOptions = MediaSource & QueueEvents & { restMs?: number; pollMs?: number }

export function openInProcessQueue(options: InProcessOptions): Queue {
  const restMs = options.restMs ?? REST_MS
  const pollMs = options.pollMs ?? POLL_MS
  const active = new Map<number, Promise<void>>()
  /** When each photo whose handler threw stops resting, by a monotonic clock. */
  const resting = new Map<number, number>()
  const throwsOf = new Map<number, number>()
  const ready: number[] = []
  const idlers = new Set<() => void>()
  let handler: Handler | null = null
  let concurrency = 1
  let filling: Promise<void> | null = null
  let again = false
  let closed = false
  let timer: NodeJS.Timeout | null = null

  const report = (error: unknown, doing: string) => options.onError?.(error, doing)
  const sleep = (ms: number) => {
    if (timer) clearTimeout(timer)
    timer = closed ? null : setTimeout(wake, ms)
    // A timer must not keep the process alive, unless somebody waits until the queue is idle.
    if (idlers.size === 0) timer?.unref()
  }

  function wake(): void {
    if (closed || !handler) return
    again = true
    filling ??= fill().finally(() => {
      filling = null
      if (again) wake()
    })
  }

  /** Starts as many photos as there are places. */
  async function fill(): Promise<void> {
    again = false
    try {
      while (!closed && active.size < concurrency) {
        if (ready.length === 0) ready.push(...(await more()))
        const mediaId = ready.shift()
        if (mediaId === undefined) break
        work(mediaId)
      }
      // When every place is taken, the next photo that ends wakes it.
      if (active.size < concurrency) sleep(nextWake())
      if (active.size === 0 && ready.length === 0 && resting.size === 0) {
        for (const resolve of idlers) resolve()
        idlers.clear()
      }
    } catch (error) {
      report(error, 'looking for photos that wait')
      sleep(restMs)
    }
  }

  /** Ids of photos that wait, are not being worked on and do not rest. */
  async function more(): Promise<number[]> {
    const now = performance.now()
    for (const [id, until] of resting) if (until <= now) resting.delete(id)
    if (resting.size >= 2 * concurrency) return []
    const excluding = [...active.keys(), ...resting.keys()]
    const ids = await options.next(2 * concurrency, excluding)
    // Photos that ended while the database answered may still be among them.
    return ids.filter((id) => !active.has(id) && !resting.has(id))
  }

  const nextWake = () =>
    Math.max(0, Math.min(pollMs, ...[...resting.values()].map((until) => until - performance.now())))

  function work(mediaId: number): void {
    if (!handler) return
    const run = handler
    const done = (async () => {
      try {
        await run(mediaId)
        throwsOf.delete(mediaId)
      } catch (error) {
        report(error, `indexing photo ${mediaId}`)
        const throws = (throwsOf.get(mediaId) ?? 0) + 1
        throwsOf.set(mediaId, throws)
        resting.set(mediaId, performance.now() + Math.min(MOST_REST_MS, restMs * 2 ** (throws - 1)))
      } finally {
        active.delete(mediaId)
        wake()
      }
    })()
    active.set(mediaId, done)
  }

  return {
    add: async () => wake(),
    start: async (work, { concurrency: places }) => {
      if (handler) throw new Error('Expected a queue that was not started yet')
      handler = work
      concurrency = places
      wake()
    },
    idle: () =>
      new Promise((resolve) => {
        idlers.add(resolve)
        wake()
      }),
    counts: async () => ({ waiting: Math.max(0, (await options.count()) - active.size), active: active.size }),
    close: async () => {
      closed = true
      if (timer) clearTimeout(timer)
      await filling
      await Promise.all(active.values())
      for (const resolve of idlers) resolve()
    },
  }
}
