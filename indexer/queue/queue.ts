// The queue of photos to be indexed: a port with two implementations. In: ids of photos that wait. Out: calls of a handler, at
// least once per photo. The database row is the truth: a photo waits while its row says so, a message is only a wake-up. So
// nothing is lost with a process or with the queue's server, and a handler must be idempotent and leave the row other than
// queued when it is done (db/photos/media.ts: beginAttempt counts attempts and ends them).

import type { Db } from '../../db/connection/connect.ts'
import { countQueued, takeQueued } from '../../db/photos/media.ts'

export type Queue = {
  /** Says that these photos wait. */
  add: (mediaIds: number[]) => Promise<void>
  /** Begins to call `handler`, at most `concurrency` at a time. When it throws, the photo is tried again after a while. */
  start: (handler: Handler, options: { concurrency: number }) => Promise<void>
  /** Resolves when nothing waits and nothing is being worked on. */
  idle: () => Promise<void>
  /** `active`: in this process. `waiting`: the others, wherever they are. */
  counts: () => Promise<{ waiting: number; active: number }>
  /** Waits for what is being worked on; what waits stays queued in the database. */
  close: () => Promise<void>
}
export type Handler = (mediaId: number) => Promise<void>

/** The rows that wait. */
export type MediaSource = {
  /** The first ids of photos that wait, without `excluding`. */
  next: (limit: number, excluding: number[]) => Promise<number[]>
  /** How many wait or are being worked on. */
  count: () => Promise<number>
}
export const queuedMedia = (db: Db): MediaSource => ({
  next: (limit, excluding) => takeQueued(db, limit, excluding),
  count: () => countQueued(db),
})

export type QueueEvents = {
  /** A handler threw, the source or the queue's server could not be reached; work goes on by itself. */
  onError?: (error: unknown, doing: string) => void
}
