// Publishes tree versions: a row with the slow statistics, and for every exemplar a vector in their metric. Estimation
// runs in a separate process, and no version is visible before its row says that it is published.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database, Db } from '../../db/connection/connect.ts'
import { countDetectionLessons, lastLesson } from '../../db/trees/lessons.ts'
import { embeddings } from '../../db/trees/models.ts'
import {
  deleteVersionsBefore,
  insertMetricVectors,
  insertVersion,
  latestPublished,
  publishVersion,
  withPublishLock,
} from '../../db/trees/trees.ts'
import type { Verdict } from '../evaluation/gate.ts'
import type { KeptAnswers } from '../evaluation/versions/kept-answers.ts'
import { project, type Statistics } from '../statistics.ts'
import { decodeStatistics, encodeStatistics } from '../statistics-bytes.ts'
import type { LiveTree } from './live-tree.ts'
import { collect } from './versions/collect.ts'
import { estimateInProcess } from './versions/estimate-in-process.ts'
import { type Rebuilt, rebuildCard, writeCard } from './versions/write-card.ts'

/** With fewer examples, so few could be held out that their answers would prove nothing. */
export const FEWEST_COMPARED = 2000
/** Publishes the reference's statistics where the embedder has no version yet: version 0, or the next number. */
export async function publishFirst(db: Db, modelSha256: string, reference: Statistics): Promise<void> {
  if (await latestPublished(db, modelSha256)) return
  const version = await insertVersion(db, {
    modelSha256,
    statistics: encodeStatistics(reference, { moments: false }),
    lessons: 0,
    examples: 0,
  })
  await publishVersion(db, version)
}

/** Answers wait while so many are projected: 5 ms for 1,280 numbers. */
const PROJECTED_AT_ONCE = 100

/** `busy`: another process is publishing. `refused`: the old version keeps answering. */
export type Outcome = 'published' | 'busy' | { refused: Verdict }

/** What every version of an installation is published with. */
export type Publishing = {
  database: Database
  modelSha256: string
  reference: Statistics
  /** Ends the estimation. */
  signal: AbortSignal
  /** Makes what a version needs, besides its rows, before it serves: a search index. */
  prepare?: (version: number, signal: AbortSignal) => Promise<void>
  fewestCompared?: number
  /** Told how much of the work is done, 0..1, now and then; 1 when it has ended, also without a version. */
  onProgress?: (share: number) => void
}

/** Which shares of the work are over when the examples are read, the statistics estimated, the vectors written. */
const DONE = { reading: 0.2, estimating: 0.5, writing: 0.9 }

/**
 * Publishes statistics of what is taught now, unless they answer worse than those before. `allowLosses`: a person says
 * that single species may lose.
 */
export async function publishNext({
  allowLosses = false,
  fewestCompared = FEWEST_COMPARED,
  ...given
}: Publishing & { live: LiveTree; allowLosses?: boolean }): Promise<Outcome> {
  const { database, modelSha256, reference, live, signal, prepare, onProgress } = given
  const tell = (from: number, to: number, examples: number) =>
    onProgress?.(from + (to - from) * Math.min(1, examples / Math.max(1, live.examples)))
  let refused: Verdict | null = null
  const hadLock = await withPublishLock(database, async () => {
    const { db } = database
    const lessons = await countDetectionLessons(db, { upTo: await lastLesson(db) })
    const before = await latestPublished(db, modelSha256)
    const onRead = (examples: number) => tell(0, DONE.reading, examples)
    const collected = await collect(db, { modelSha256, live, reference, fewestCompared, before, onRead })
    if (collected.request.taxonIds.length === 0) return
    const estimated = await estimateInProcess(collected.request, signal)
    onProgress?.(DONE.estimating)
    const { statistics, verdict } = estimated
    const { heldOut } = collected.material
    const version = await insertVersion(db, {
      ...{ modelSha256, statistics, lessons, examples: live.examples, heldOut, verdict },
    })
    if (verdict && verdict.decision !== 'accepted' && !(allowLosses && verdict.decision === 'loses')) refused = verdict
    await writeCard(db, { version, modelSha256, live, collected, estimated }, refused !== null)
    if (refused) return
    const decoded = decodeStatistics(statistics)
    let written = 0
    for await (const page of embeddings(db, modelSha256, { taught: true })) {
      for (let start = 0; start < page.length; start += PROJECTED_AT_ONCE) {
        const some = page.slice(start, start + PROJECTED_AT_ONCE)
        const vectors = some.map(({ detectionId, embedding }) => ({
          detectionId,
          vector: project(decoded, embedding),
        }))
        await nextTurn()
        await insertMetricVectors(db, version, vectors)
        written += vectors.length
        tell(DONE.estimating, DONE.writing, written)
      }
    }
    await prepare?.(version, signal)
    signal.throwIfAborted()
    await publishVersion(db, version)
    // The version before this one stays for processes that have not taken over yet.
    await deleteVersionsBefore(db, modelSha256, live.version)
  })
  if (!hadLock) return 'busy'
  return refused ? { refused } : 'published'
}

/** Makes the card of a version again from the rows as they are. Throws NotFound. */
export async function rebuildVersion(
  { database, modelSha256, reference, signal, fewestCompared = FEWEST_COMPARED }: Publishing,
  live: LiveTree,
  version: number,
): Promise<Rebuilt> {
  const { db } = database
  return await rebuildCard(db, {
    ...{ version, modelSha256, live },
    collect: (before) => collect(db, { modelSha256, live, reference, fewestCompared, before }),
    estimate: ({ request }) => estimateInProcess(request, signal),
  })
}

/** What statistics of the present examples say of photos that they are not fitted on. Nothing is written. */
export async function judgeNow(
  { database, modelSha256, reference, signal, fewestCompared = FEWEST_COMPARED }: Publishing,
  live: LiveTree,
): Promise<KeptAnswers> {
  const { request } = await collect(database.db, { modelSha256, live, reference, fewestCompared, before: null })
  if (request.taxonIds.length === 0) return { ranks: [], photos: [] }
  return (await estimateInProcess(request, signal)).answers
}
