// The port to the queue of photos that are to be indexed, with two implementations. The database row is the truth: a
// photo waits while its row says so, and a message only wakes somebody. So nothing is lost with a process or with the
// queue's server. A handler is called at least once for each photo: it must be idempotent, and the row must no longer
// be queued when it is done (db/photos/media.ts: beginAttempt counts attempts and ends them).

import type { Db } from '../../db/connection/connect.ts'
import { countQueued, takeQueued } from '../../db/photos/media.ts'

export type Queue = {
  /** Says that these photos wait. */
  add: (mediaIds: number[]) => Promise<void>
  /**
   * Begins to call `handler`, at most `concurrency` times at once. Where it throws, the photo is tried again after a
   * while.
   */
  start: (handler: Handler, options: { concurrency: number }) => Promise<void>
  /** Resolves once no photo waits and none is being worked on. */
  idle: () => Promise<void>
  /** `active`: being worked on in this process. `waiting`: all others. */
  counts: () => Promise<{ waiting: number; active: number }>
  /** Waits for photos that are being worked on. Those that wait stay queued in the database. */
  close: () => Promise<void>
}
export type Handler = (mediaId: number) => Promise<void>

/** The rows that wait. */
export type MediaSource = {
  /** Ids of the first photos that wait, without `excluding`. */
  next: (limit: number, excluding: number[]) => Promise<number[]>
  /** How many photos wait or are being worked on. */
  count: () => Promise<number>
}
export const queuedMedia = (db: Db): MediaSource => ({
  next: (limit, excluding) => takeQueued(db, limit, excluding),
  count: () => countQueued(db),
})

export type QueueEvents = {
  /**
   * Called when a handler threw, or when the database or the queue's server could not be reached. Work continues by
   * itself.
   */
  onError?: (error: unknown, doing: string) => void
}
