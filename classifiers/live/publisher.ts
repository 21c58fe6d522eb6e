// Decides when this process publishes a tree version: when asked, when the examples have grown, or after a quiet time.

import { setTimeout as wait } from 'node:timers/promises'
import PQueue from 'p-queue'
import { openImports } from '../../db/photos/imports.ts'
import type { Verdict } from '../evaluation/gate.ts'
import type { Follower } from './lesson-follower.ts'
import { type Outcome, type Publishing, publishNext } from './publishing.ts'
import type { Loaded } from './tree-rows.ts'

export type Publisher = {
  /** Publishes what was learned, also what is learned while another version is being made. */
  publishNow(options?: { allowLosses?: boolean }): Promise<void>
  /** To be called after every change: publishes soon where that is worth its time. */
  consider(): void
  close(): Promise<void>
}

/** New statistics are worth their seconds when the examples grew by this share and by this many. */
const GROWTH = { share: 0.2, examples: 20 }
/** How long to wait for another process that is publishing. */
const OTHER_MS = 500
/**
 * After so long without a lesson, what was learned since the last version is published: soon where few examples are
 * known, because only the first versions find the metric in which they resemble each other, and cost little.
 */
const IDLE_MS = { least: 30_000, perExample: 1000, most: 5 * 60_000 }
/** Publishing rewrites every metric vector, so less than one lesson per so many examples waits for more. */
const IDLE_SHARE = 1000

export function openPublisher({
  follower,
  onPublished,
  onRefused,
  onError,
  ...publishing
}: Publishing & {
  follower: Follower
  onPublished: (ms: number) => void
  onRefused: (verdict: Verdict) => void
  onError: (error: unknown, doing: string) => void
}): Publisher {
  const { database, signal } = publishing
  const publications = new PQueue({ concurrency: 1 })
  const isPublishing = () => publications.pending + publications.size > 0
  let idleTimer: NodeJS.Timeout | null = null
  /** What was known when a version was refused: the same would be refused again. */
  let refusedAt = { lessons: -1, examples: 0 }

  async function publish(allowLosses: boolean): Promise<void> {
    while (!signal.aborted) {
      await follower.sync()
      const { live, lessons, lessonsAtVersion } = follower.loaded()
      if (lessons === lessonsAtVersion || live.examples === 0) return
      if (lessons === refusedAt.lessons && !allowLosses) return
      const startedAt = performance.now()
      let outcome: Outcome = 'busy'
      const isPublished = await follower.takeOver(async ({ live }) => {
        outcome = await publishNext({ ...publishing, live, allowLosses })
        return outcome === 'published'
      })
      const verdict = refusalOf(outcome)
      if (verdict) {
        refusedAt = { lessons, examples: live.examples }
        return onRefused(verdict)
      }
      if (isPublished) {
        const ms = performance.now() - startedAt
        refusedAt = { lessons: -1, examples: 0 }
        await follower.sync()
        return onPublished(ms)
      }
      await wait(OTHER_MS)
    }
  }

  const publishNow: Publisher['publishNow'] = ({ allowLosses = false } = {}) =>
    publications.add(() => publish(allowLosses).finally(() => publishing.onProgress?.(1)))

  /** An import publishes when it ends; until then growth waits. */
  async function publishUnlessImporting(): Promise<void> {
    if ((await openImports(database.db)).length === 0) await publishNow()
  }

  function publishSoon(): void {
    if (isPublishing() || signal.aborted) return
    publishUnlessImporting().catch((error) => {
      if (!signal.aborted) onError(error, 'publishing a tree version')
    })
  }

  return {
    publishNow,
    consider() {
      const loaded = follower.loaded()
      if (hasGrown(loaded, refusedAt.examples)) publishSoon()
      if (idleTimer) clearTimeout(idleTimer)
      const since = loaded.lessons - Math.max(loaded.lessonsAtVersion, refusedAt.lessons)
      if (since * IDLE_SHARE < loaded.live.examples) return
      idleTimer = setTimeout(publishSoon, idleMs(loaded.live.examples))
      idleTimer.unref()
    },
    async close() {
      if (idleTimer) clearTimeout(idleTimer)
      await publications.onIdle()
    },
  }
}

const idleMs = (examples: number): number => Math.min(IDLE_MS.most, IDLE_MS.least + IDLE_MS.perExample * examples)

const refusalOf = (outcome: Outcome): Verdict | null => (typeof outcome === 'object' ? outcome.refused : null)

/** `refused`: how many examples the last refused version had; 0: none was refused. */
function hasGrown({ live, examplesAtVersion }: Loaded, refused: number): boolean {
  const last = refused > 0 ? refused : examplesAtVersion
  const more = Math.abs(live.examples - last)
  return more >= GROWTH.examples && more >= GROWTH.share * last
}
