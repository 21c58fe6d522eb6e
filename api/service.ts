// Everything that routes work with: the parts of an open service, by type. api/open-service.ts opens them.

import type { Logger } from 'pino'
import type { Learning } from '../classifiers/live/learning.ts'
import type { SearchIndex } from '../classifiers/live/search-index.ts'
import type { Database, Db } from '../db/connection/connect.ts'
import type { ImportProgress } from '../db/photos/imports.ts'
import type { Models } from '../indexer/models/models.ts'
import type { Photos } from '../indexer/photos/photos.ts'
import type { Queue } from '../indexer/queue/queue.ts'
import type { Config } from './config.ts'
import type { Import } from './contract/exchange/import.ts'
import type { Events } from './http/events.ts'
import type { Once } from './http/idempotency.ts'
import type { Metrics } from './http/metrics.ts'

export type Service = {
  config: Config
  log: Logger
  db: Db
  database: Database
  /** Replaced, with `learning`, when another embedder takes over: a request reads both once. */
  models: Models
  photos: Photos
  queue: Queue
  learning: Learning
  searchIndex: SearchIndex
  modelSwitch: ModelSwitch
  events: Events
  metrics: Metrics
  importWatch: ImportWatch
  once: Once<Db>
  /** Aborted when the service begins to stop, so that endless answers end. */
  closing: AbortSignal
  /** Tells other processes on this data folder where the service can be reached. */
  announce(url: string): Promise<void>
  /** Tells whoever reads `closing` that the end is near; `close` follows. */
  beginClosing(): void
  /** Finishes what is under way and closes everything; waiting photos stay queued in the database. */
  close(): Promise<void>
}

/** Changes to another embedder while the present one answers. */
export type ModelSwitch = {
  /** Null while nothing is being switched. */
  progress(): SwitchProgress | null
  /**
   * Begins, or begins again with another embedder, which takes over unless it answers worse. `anyway`: even then.
   * Throws ModelError for one that cannot be opened.
   */
  start(name: string, options?: { anyway?: boolean }): Promise<void>
  /** Resolves when no switch is under way. */
  settled(): Promise<void>
  close(): Promise<void>
}
export type SwitchProgress = { to: string; embedded: number; failed: number }

/** Follows imports and tells how far they are. */
export type ImportWatch = {
  /** Photos were sent or indexed: look now rather than later. */
  touch(): void
  present(progress: ImportProgress): Import
  close(): Promise<void>
}
