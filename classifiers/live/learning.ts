// The tree that this process answers with, kept equal to the database. In: lessons (identifications, withdrawals, moved
// taxa) from any process. Out: answers that know them. Two clocks: a lesson is applied at once by `sync`; slow statistics are
// estimated anew by `publishNow` in a process of their own and taken over in one step, the old version answering until then.
//
// `treeVersion` is "V.R": published version . detection lessons since. It is a pure function of the rows that were seen, so
// processes that saw the same rows say the same version and give the same numbers.

import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../../db/connection/connect.ts'
import { openImports } from '../../db/photos/imports.ts'
import { LESSON_CHANNEL, LESSON_WINDOW, type Lesson, lessonsAfter } from '../../db/trees/lessons.ts'
import type { Near } from '../../db/trees/nearest.ts'
import { latestVersion } from '../../db/trees/trees.ts'
import { project, type Statistics } from '../statistics.ts'
import {
  type Answer,
  type AnswerOptions,
  answer,
  probabilities,
  type SimilarOptions,
  similar,
  type TaxonProbability,
} from './answering.ts'
import type { Announce } from './events.ts'
import type { LiveTree, PlacedTaxon } from './live-tree.ts'
import { publishFirst, publishNext } from './publishing.ts'
import { openSummaries } from './summaries.ts'
import { applyChanges, type Loaded, load, readChanges, removeTaxa, writeNewVectors } from './tree-rows.ts'

export type LearningOptions = {
  database: Database
  embedder: { sha256: string }
  /** Statistics of version 0: what the embedder's folder knows of its features. */
  reference: Statistics
  /** Called with each version of its own making before that is published. */
  prepare?: (version: number, signal: AbortSignal) => Promise<void>
  announce: Announce
  /** Told of lessons that were applied, and of versions that this process published. */
  measure?: { lessons: (count: number) => void; published: (ms: number) => void }
  onError: (error: unknown, doing: string) => void
}

export type Learning = {
  treeVersion(): string
  /** Detections that teach. */
  exampleCount(taxonId: number | null): number
  taughtTaxa(): number
  taxonomy: {
    /** Null when unknown. */
    taxon(id: number): PlacedTaxon | null
    /** Whether `id` is `ancestorId` or lies below it; false when either is unknown. */
    isWithin(id: number, ancestorId: number): boolean
    /** The taxon and everything below it; empty when unknown. */
    subtree(id: number): number[]
    size(): number
  }
  /** For reading, and for trying a change that is taken back before anything is awaited. Replaced when a version is published. */
  liveTree(): LiveTree
  /** Applies every lesson that was committed before the call. */
  sync(): Promise<void>
  /** Applies lessons soon: for callers that do not wait. */
  wake(): void
  answer(embedding: Float32Array, options: AnswerOptions): Promise<Answer>
  similar(embedding: Float32Array, options: SimilarOptions): Promise<Near[]>
  /** What the tree says of each step of a taxon's path, top first; the detection's own picture is not its own neighbour. */
  probabilities(embedding: Float32Array, taxonId: number, detectionId: number): Promise<TaxonProbability[]>
  /** The embedding in the metric of the tree: cosine there is `similarity`, and leading numbers vary most. */
  project(embedding: Float32Array): Float32Array
  /** Estimates the slow statistics anew and publishes them; does nothing when nothing was learned since the last time. */
  publishNow(): Promise<void>
  /** Ends what runs in the background; lessons are in the database, nothing is lost. */
  close(): Promise<void>
}

/** Detections learned in one go, other work getting its turn in between. */
const CHUNK = 500
/** New statistics are worth their seconds when examples grew by this share, and by this many. */
const GROWTH = { share: 0.2, examples: 20 }
/** Nobody waits for these: several lessons are applied together. */
const WAKE_MS = 200
const OTHER_MS = 500
/** After so long without a lesson, what was learned since the last version is published. */
const IDLE_MS = 5 * 60_000
/** Fewer lessons than one in so many examples are left for later. */
const REST_SHARE = 1000
/** At most so many lessons of one sync are told one by one. */
const TOLD = 20

export async function openLearning(options: LearningOptions): Promise<Learning> {
  const { database, embedder, announce, onError } = options
  const { db } = database
  const ending = new AbortController()
  const window = database.kind === 'pglite' ? 0 : LESSON_WINDOW
  let publishing: Promise<void> | null = null
  /** This process is about to take over a version of its own making: `sync` need not load it too. */
  let adopting = false
  let wakeTimer: NodeJS.Timeout | null = null
  let idleTimer: NodeJS.Timeout | null = null

  await publishFirst(db, embedder.sha256, options.reference)
  let state = await load(db, embedder.sha256)

  // Changes to the state run one after another; `sync` calls that wait for their turn share it.
  let turn: Promise<unknown> = Promise.resolve()
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }
  let waiting: Promise<void> | null = null
  const sync = (): Promise<void> => {
    waiting ??= exclusively(async () => {
      waiting = null
      if (!ending.signal.aborted) await applyNew()
    })
    return waiting
  }

  async function applyNew(): Promise<void> {
    const latest = adopting ? null : await latestVersion(db, embedder.sha256)
    if (latest !== null && latest > state.live.version) state = await load(db, embedder.sha256)
    for (let more = true; more && !ending.signal.aborted; ) more = await applySome()
  }

  /** False when nothing is left. */
  async function applySome(): Promise<boolean> {
    const { live } = state
    const { lessons, taxonIds, detectionIds, news, more } = await db.transaction(
      async (tx) => {
        const unseen = (await lessonsAfter(tx, state.lowWater, window)).filter(({ id }) => !state.seen.has(id))
        const some = firstOf(unseen)
        const subjects = (kind: 'taxon' | 'detection') => [
          ...new Set(some.filter((l) => l.kind === kind).map((l) => l.subjectId)),
        ]
        const of = { taxonIds: subjects('taxon'), detectionIds: subjects('detection') }
        const read = await readChanges(tx, embedder.sha256, live, of)
        return { lessons: some, ...of, news: read, more: some.length < unseen.length }
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    )
    if (lessons.length === 0) return false
    await writeNewVectors(db, live.version, news.rows)
    applyChanges(live, news)
    const back = new Set(news.taxa.map(({ id }) => id))
    const leaving = [...new Set([...state.leaving, ...news.gone])].filter((id) => !back.has(id))
    state.leaving = removeTaxa(live, leaving)
    for (const lesson of lessons) {
      state.seen.add(lesson.id)
      state.lowWater = Math.max(state.lowWater, lesson.id)
      if (lesson.kind === 'detection') state.lessons++
    }
    for (const id of state.seen) if (id <= state.lowWater - LESSON_WINDOW) state.seen.delete(id)
    options.measure?.lessons(lessons.length)
    tell(taxonIds, detectionIds)
    summaries.touch()
    if (grown(state)) publishSoon()
    rest()
    return more
  }

  function tell(taxonIds: number[], detectionIds: number[]): void {
    const version = treeVersion()
    for (const id of taxonIds.slice(0, TOLD)) announce({ name: 'taxon', taxonId: id })
    if (detectionIds.length > TOLD) {
      announce({ name: 'learned', treeVersion: version, detectionId: null, taxonId: null })
      return
    }
    for (const detectionId of detectionIds) {
      const taxonId = state.live.example(detectionId)?.taxonId ?? null
      announce({ name: 'learned', treeVersion: version, detectionId, taxonId })
    }
  }

  const treeVersion = () => `${state.live.version}.${state.lessons - state.lessonsAtVersion}`

  /** One estimation at a time; a call during one waits for it and then publishes what came after. */
  function publishNow(): Promise<void> {
    const earlier = publishing
    const own = (async () => {
      await earlier?.catch(() => {})
      while (!ending.signal.aborted) {
        await sync()
        if (state.lessons === state.lessonsAtVersion || state.live.examples === 0) return
        if (await publishAndAdopt()) return
        await wait(OTHER_MS)
      }
    })()
    publishing = own
    const over = () => {
      if (publishing === own) publishing = null
    }
    own.then(over, over)
    return own
  }

  /** False when another process is publishing: what it leaves out is published next. */
  async function publishAndAdopt(): Promise<boolean> {
    const { live } = state
    const { signal } = ending
    const startedAt = performance.now()
    adopting = true
    try {
      const { reference, prepare } = options
      if (!(await publishNext({ database, modelSha256: embedder.sha256, reference, live, signal, prepare })))
        return false
      const next = await load(db, embedder.sha256)
      await exclusively(async () => {
        state = next
      })
    } finally {
      adopting = false
    }
    options.measure?.published(performance.now() - startedAt)
    await sync()
    summaries.touch()
    announce({ name: 'published', treeVersion: treeVersion() })
    return true
  }

  /** An import publishes when it ends: until then growth waits. */
  async function publishUnlessImporting(): Promise<void> {
    if ((await openImports(db)).length === 0) await publishNow()
  }

  function publishSoon(): void {
    if (publishing || ending.signal.aborted) return
    publishUnlessImporting().catch((error) => {
      if (!ending.signal.aborted) onError(error, 'publishing a tree version')
    })
  }

  function rest(): void {
    if (idleTimer) clearTimeout(idleTimer)
    // A version rewrites every metric vector: one lesson among very many is not worth that.
    if ((state.lessons - state.lessonsAtVersion) * REST_SHARE < state.live.examples) return
    idleTimer = setTimeout(publishSoon, IDLE_MS)
    idleTimer.unref()
  }

  function wake(): void {
    summaries.touch()
    wakeTimer ??= setTimeout(() => {
      wakeTimer = null
      sync().catch((error) => onError(error, 'learning from the database'))
    }, WAKE_MS)
  }

  const learning: Learning = {
    treeVersion,
    exampleCount: (taxonId) => state.live.tree.exampleCount(taxonId),
    taughtTaxa: () => state.live.tree.taughtTaxa,
    taxonomy: {
      taxon: (id) => state.live.taxon(id),
      isWithin: (id, ancestorId) => state.live.taxa.get(id) !== undefined && state.live.taxa.isWithin(id, ancestorId),
      subtree: (id) => (state.live.taxa.get(id) ? state.live.taxa.subtree(id) : []),
      size: () => state.live.taxa.size,
    },
    liveTree: () => state.live,
    sync,
    wake,
    answer: (embedding, wanted) => answer(db, state.live, embedding, wanted),
    similar: (embedding, wanted) => similar(db, state.live, embedding, wanted),
    probabilities: (embedding, taxonId, detectionId) => probabilities(db, state.live, embedding, taxonId, detectionId),
    project: (embedding) => project(state.live.statistics, embedding),
    publishNow,
    async close() {
      ending.abort()
      if (wakeTimer) clearTimeout(wakeTimer)
      if (idleTimer) clearTimeout(idleTimer)
      await unlisten()
      await summaries.close()
      await publishing?.catch(() => {})
      await turn
    },
  }
  const summaries = openSummaries({ db, modelSha256: embedder.sha256, learning, onError })
  const unlisten = await database.listen(LESSON_CHANNEL, wake)
  await sync()
  summaries.touch()
  return learning
}

function grown({ live, examplesAtVersion }: Loaded): boolean {
  const more = Math.abs(live.examples - examplesAtVersion)
  return more >= GROWTH.examples && more >= GROWTH.share * examplesAtVersion
}

/** The oldest lessons, about `CHUNK` detections at most. */
function firstOf(lessons: Lesson[]): Lesson[] {
  const detectionIds = new Set<number>()
  const end = lessons.findIndex(({ kind, subjectId }) => {
    if (kind === 'detection') detectionIds.add(subjectId)
    return detectionIds.size > CHUNK
  })
  return end < 0 ? lessons : lessons.slice(0, end)
}
