// The tree that this process answers with, kept equal to the database. Lessons (identifications, withdrawals, edited
// taxa) come from any process, and `sync` applies them at once. Slow statistics are estimated by `publishNow` in a
// separate process; the old version answers until the new one replaces it in one step.
//
// `treeVersion` is "V.R": the published version, and the detection lessons learned since. It depends only on the rows
// that were read, so processes that read the same rows report the same version and give the same numbers.

import type { Database } from '../../db/connection/connect.ts'
import { LESSON_CHANNEL } from '../../db/trees/lessons.ts'
import { reasonsFor } from '../evaluation/gate.ts'
import type { KeptAnswers } from '../evaluation/versions/kept-answers.ts'
import type { Statistics } from '../statistics.ts'
import { type LiveAnswers, openAnswers } from './answering.ts'
import type { Announce } from './events.ts'
import { openHiding } from './judging/hiding.ts'
import { openJudgeWorker } from './judging/judge-worker.ts'
import { type JudgePhotos, photoJudging } from './judging/photos.ts'
import { openAppraising } from './knowledge/appraising.ts'
import { openAsking } from './knowledge/asking.ts'
import { openClustering } from './knowledge/clustering.ts'
import { openFollower } from './lesson-follower.ts'
import { openPublisher } from './publisher.ts'
import { judgeNow, publishFirst, rebuildVersion } from './publishing.ts'
import { openSummaries } from './summaries.ts'
import { fillSurroundings } from './surrounding-rows.ts'
import type { Rebuilt } from './versions/write-card.ts'

export type LearningOptions = {
  database: Database
  embedder: { sha256: string }
  /** Statistics of version 0, from the embedder's folder. */
  reference: Statistics
  /** Called with each version that this process makes, before it is published. */
  prepare?: (version: number, signal: AbortSignal) => Promise<void>
  /** With fewer examples, versions are published without being compared. */
  fewestCompared?: number
  announce: Announce
  /** Told how many lessons were applied, and how long this process took to publish a version. */
  measure?: { lessons: (count: number) => void; published: (ms: number) => void }
  onError: (error: unknown, doing: string) => void
}

export type Learning = LiveAnswers & {
  /** The embedder's own statistics, which no lesson changes. */
  reference: Statistics
  /** Applies every lesson that was committed before the call. */
  sync(): Promise<void>
  /** Applies lessons soon: for callers that do not wait. */
  wake(): void
  /** Estimates the slow statistics and publishes them, unless nothing was learned since the last version. */
  publishNow(options?: { allowLosses?: boolean }): Promise<void>
  /** Makes the card of a version again from the rows as they are, and says whether it is equal. Throws NotFound. */
  rebuildVersion(version: number): Promise<Rebuilt>
  /** What is said of photos that nothing is fitted on, from the present examples; to compare embedders. */
  judgeNow(): Promise<KeptAnswers>
  /** How far wrong labels and duplicates are worked out, 0..1; null while nothing is. */
  appraising(): number | null
  /** Whether cards of unknown animals are being worked out; and works them out again soon. */
  clustering(): boolean
  clusterSoon(): void
  /** Which photos that wait show an animal, in a thread of its own. */
  judgePhotos: JudgePhotos
  /** Somebody said something of boxes or photos: those that wait are judged again soon. */
  judgeBoxesSoon(): void
  /** Ends the background work. Lessons are in the database, so nothing is lost. */
  close(): Promise<void>
}

/** Announces whole percents, each once; 1 only after another share. */
function tellShare(announce: Announce): (share: number) => void {
  let last = 100
  return (share) => {
    const percent = Math.round(share * 100)
    if (percent !== last) announce({ name: 'publishing', share: percent / 100 })
    last = percent
  }
}

/** Nobody waits for these lessons, so several are applied together. */
const WAKE_MS = 200

export async function openLearning(options: LearningOptions): Promise<Learning> {
  const { database, embedder, announce, measure, onError } = options
  const { db } = database
  const modelSha256 = embedder.sha256
  const ending = new AbortController()
  const { signal } = ending
  let wakeTimer: NodeJS.Timeout | null = null

  await publishFirst(db, modelSha256, options.reference)
  const follower = await openFollower({
    database,
    modelSha256,
    reference: options.reference,
    signal,
    announce,
    onApplied(lessons) {
      measure?.lessons(lessons)
      summaries.touch()
      asking.touch()
      clustering.touch()
      publisher.consider()
    },
  })
  const { sync } = follower
  const answers = openAnswers(db, modelSha256, follower.loaded)
  const { reference, prepare, fewestCompared } = options
  const publishing = {
    database,
    modelSha256,
    reference,
    prepare,
    fewestCompared,
    signal,
    onProgress: tellShare(announce),
  }
  const publisher = openPublisher({
    ...publishing,
    ...{ follower, onError },
    onPublished(ms) {
      measure?.published(ms)
      summaries.touch()
      asking.touch()
      appraising.touch()
      clustering.touch()
      announce({ name: 'published', treeVersion: answers.treeVersion() })
    },
    onRefused: (verdict) =>
      announce({ name: 'refused', treeVersion: answers.treeVersion(), reasons: reasonsFor(verdict) }),
  })
  const summaries = openSummaries({ db, modelSha256, answers, onDone: () => clustering.touch(), onError })
  const sources = { db, modelSha256, liveTree: answers.liveTree, onError }
  const asking = openAsking(sources, () => follower.loaded().lessons)
  const clustering = openClustering(sources)
  const appraising = openAppraising({ ...sources, reference })
  const worker = openJudgeWorker({ db, modelSha256, reference })
  const hiding = openHiding({ db, modelSha256, worker, announce, onError })

  function follow(): void {
    summaries.touch()
    asking.touch()
    wakeTimer ??= setTimeout(() => {
      wakeTimer = null
      sync().catch((error) => onError(error, 'learning from the database'))
    }, WAKE_MS)
  }

  const unlisten = await database.listen(LESSON_CHANNEL, follow)
  await sync()
  const settling = fillSurroundings(db, modelSha256, follower.loaded().live).catch((error) => {
    if (!signal.aborted) onError(error, 'preparing answers')
  })
  summaries.touch()
  asking.touch()
  appraising.touch()
  clustering.touch()
  hiding.touch()
  return {
    ...answers,
    reference: options.reference,
    sync,
    wake() {
      appraising.touch()
      hiding.touch()
      follow()
    },
    publishNow: publisher.publishNow,
    async rebuildVersion(version) {
      await sync()
      return await rebuildVersion(publishing, follower.loaded().live, version)
    },
    async judgeNow() {
      await sync()
      return await judgeNow(publishing, follower.loaded().live)
    },
    appraising: appraising.progress,
    clustering: clustering.isWorking,
    clusterSoon: clustering.touch,
    judgePhotos: photoJudging(db, worker),
    judgeBoxesSoon: hiding.touch,
    async close() {
      ending.abort()
      if (wakeTimer) clearTimeout(wakeTimer)
      await unlisten()
      await settling
      await summaries.close()
      await asking.close()
      await appraising.close()
      await clustering.close()
      await hiding.close()
      await worker.close()
      await publisher.close()
      await follower.close()
    },
  }
}
