// Publishes tree versions: a row with the slow statistics, and for every exemplar a vector in their metric. Estimation
// runs in a separate process, and no version is visible before its row says that it is published.

import { fork } from 'node:child_process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
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
import { hash } from '../fitting/folds.ts'
import { project, type Statistics } from '../statistics.ts'
import { decodeStatistics, encodeStatistics } from '../statistics-bytes.ts'
import type { EstimateReply, EstimateRequest } from './estimate-worker.ts'
import type { LiveTree } from './live-tree.ts'

/** With fewer examples, so few could be held out that their answers would prove nothing. */
export const FEWEST_COMPARED = 2000
/** One group in so many is held out: the same in every version. */
const HELD_OUT_EVERY = 10

/** More examples add nothing to covariances and calibration. Taxa with few keep all of theirs. */
const MOST_EXAMPLES = 40_000

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
}

/**
 * Publishes statistics of what is taught now, unless they answer worse than those before. `allowLosses`: a person says
 * that single species may lose.
 */
export async function publishNext({
  allowLosses = false,
  fewestCompared = FEWEST_COMPARED,
  ...given
}: Publishing & { live: LiveTree; allowLosses?: boolean }): Promise<Outcome> {
  const { database, modelSha256, reference, live, signal, prepare } = given
  let refused: Verdict | null = null
  const hadLock = await withPublishLock(database, async () => {
    const { db } = database
    const lessons = await countDetectionLessons(db, { upTo: await lastLesson(db) })
    const request = await collect(db, modelSha256, live, reference, fewestCompared)
    if (request.taxonIds.length === 0) return
    const { statistics, verdict } = await estimateInProcess(request, signal)
    const heldOut = request.heldOut.reduce((sum, one) => sum + one, 0)
    const version = await insertVersion(db, {
      ...{ modelSha256, statistics, lessons, examples: live.examples, heldOut, verdict },
    })
    if (verdict && verdict.decision !== 'accepted' && !(allowLosses && verdict.decision === 'loses')) {
      refused = verdict
      return
    }
    const decoded = decodeStatistics(statistics)
    for await (const page of embeddings(db, modelSha256, { taught: true })) {
      await insertMetricVectors(
        db,
        version,
        page.map(({ detectionId, embedding }) => ({ detectionId, vector: project(decoded, embedding) })),
      )
      await nextTurn()
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

async function collect(
  db: Db,
  modelSha256: string,
  live: LiveTree,
  reference: Statistics,
  fewestCompared: number,
): Promise<EstimateRequest> {
  const most = mostPerTaxon(live)
  const taxonIds: number[] = []
  const groups: string[] = []
  const rows: Float32Array[] = []
  const taken = new Map<number, number>()
  for await (const page of embeddings(db, modelSha256, { taught: true })) {
    for (const { taxonId, groupKey, embedding } of page) {
      if (taxonId === null || !live.taxa.get(taxonId)) continue
      const count = (taken.get(taxonId) ?? 0) + 1
      taken.set(taxonId, count)
      if (count > most) continue
      taxonIds.push(taxonId)
      groups.push(groupKey)
      rows.push(embedding)
    }
  }
  const heldOut = Uint8Array.from(groups, (group) =>
    groups.length >= fewestCompared && hash(group) % HELD_OUT_EVERY === 0 ? 1 : 0,
  )
  const published = await latestPublished(db, modelSha256)
  const before = published !== null && published.heldOut > 0 && heldOut.includes(1) ? published.statistics : null
  const dimensions = reference.dimensions
  const all = new Float32Array(rows.length * dimensions)
  rows.forEach((row, i) => {
    all.set(row, i * dimensions)
  })
  const taxonomy = [...live.taxa.values()].map(({ id, parentId, rankLevel }) => ({ id, parentId, rankLevel }))
  return {
    taxonomy,
    taxonIds,
    groups,
    embeddings: all,
    dimensions,
    heldOut,
    before,
    reference: encodeStatistics(reference),
  }
}

/** The largest number of examples per taxon that keeps the total within MOST_EXAMPLES. */
function mostPerTaxon(live: LiveTree): number {
  const counts = live.directCounts().sort((a, b) => a - b)
  let left = MOST_EXAMPLES
  for (let i = 0; i < counts.length; i++) {
    const share = Math.floor(left / (counts.length - i))
    if (counts[i]! > share) return Math.max(1, share)
    left -= counts[i]!
  }
  return Number.POSITIVE_INFINITY
}

type Estimated = Exclude<EstimateReply, { error: string }>

function estimateInProcess(request: EstimateRequest, signal: AbortSignal): Promise<Estimated> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./estimate-worker.ts', import.meta.url)), [], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
      signal,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.once('message', (reply: EstimateReply) => {
      if ('statistics' in reply) resolve(reply)
      else reject(new Error(`The statistics of the tree could not be estimated: ${reply.error}`))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`The estimation process ended (${signal ?? code}) without an answer`)),
    )
    child.send(request, (error) => {
      if (error) reject(error)
    })
  })
}
