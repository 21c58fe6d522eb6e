// Keeps a live tree equal to the database: reads lessons in order of id and applies what they changed.

import PQueue from 'p-queue'
import type { Database } from '../../db/connection/connect.ts'
import { EVERYTHING, LESSON_WINDOW, type Lesson, lessonsAfter } from '../../db/trees/lessons.ts'
import { latestVersion } from '../../db/trees/trees.ts'
import type { Statistics } from '../statistics.ts'
import { followLists } from './answers/lists.ts'
import { followStations } from './answers/places.ts'
import type { Announce } from './events.ts'
import { followSample } from './surrounding-rows.ts'
import {
  applyChanges,
  type Loaded,
  load,
  readChanges,
  removeTaxa,
  treeVersionOf,
  writeNewVectors,
} from './tree-rows.ts'
import { followWatched } from './watching.ts'

export type Follower = {
  /** Replaced when a version is published. */
  loaded(): Loaded
  /** Applies every lesson that was committed before the call. */
  sync(): Promise<void>
  /** Runs `publish` and, if it returns true, takes over the version that it published. Returns the same. */
  takeOver(publish: (loaded: Loaded) => Promise<boolean>): Promise<boolean>
  /** Waits for what is under way. */
  close(): Promise<void>
}

/** Detections learned in one step; other work runs between steps. */
const CHUNK = 500
/** At most so many lessons of one step are announced one by one. */
const MOST_ANNOUNCED = 20

export async function openFollower({
  database,
  modelSha256,
  reference,
  signal,
  announce,
  onApplied,
}: {
  database: Database
  modelSha256: string
  reference: Statistics
  /** No further lessons are applied. */
  signal: AbortSignal
  announce: Announce
  onApplied: (lessons: number) => void
}): Promise<Follower> {
  const { db } = database
  const window = database.kind === 'pglite' ? 0 : LESSON_WINDOW
  let state = await load(db, modelSha256, reference, false)
  /** The first `sync` belongs to the start, which is over before all is settled. */
  let isStarting = true
  /** While this process takes over its own version, `sync` need not load it too. */
  let takingOver = false
  /** Changes of the state run one after another. */
  const turns = new PQueue({ concurrency: 1 })
  /** A call of `sync` that has not begun: later calls share it. */
  let waiting: Promise<void> | null = null

  function sync(): Promise<void> {
    waiting ??= turns.add(async () => {
      // A free queue begins at once, before `waiting` is assigned.
      await Promise.resolve()
      waiting = null
      if (!signal.aborted) await applyNew()
    })
    return waiting
  }

  async function applyNew(): Promise<void> {
    const latest = takingOver ? null : await latestVersion(db, modelSha256)
    if (latest !== null && latest > state.live.version) state = await load(db, modelSha256, reference)
    for (let more = true; more && !signal.aborted; ) more = await applySome()
    await followSample(db, modelSha256, state.live, !isStarting)
    isStarting = false
    await followWatched(db, state.live)
    await followLists(db, state.live)
    await followStations(db, state.live)
  }

  /** False when nothing is left. */
  async function applySome(): Promise<boolean> {
    const { live } = state
    const { lessons, taxonIds, detectionIds, changes, more } = await db.transaction(
      async (tx) => {
        const unseen = (await lessonsAfter(tx, state.lowWater, window)).filter(({ id }) => !state.seen.has(id))
        const some = oldestOf(unseen)
        const of = { taxonIds: subjectsOf(some, 'taxon'), detectionIds: subjectsOf(some, 'detection') }
        const read = await readChanges(tx, modelSha256, live, of)
        return { lessons: some, ...of, changes: read, more: some.length < unseen.length }
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    )
    if (lessons.length === 0) return false
    await writeNewVectors(db, live.version, changes.rows)
    applyChanges(live, changes)
    const existing = new Set(changes.taxa.map(({ id }) => id))
    const removed = [...new Set([...state.removed, ...changes.removed])].filter((id) => !existing.has(id))
    state.removed = removeTaxa(live, removed)
    markSeen(state, lessons)
    tell(taxonIds, detectionIds)
    onApplied(lessons.length)
    return more
  }

  function tell(taxonIds: number[], detectionIds: number[]): void {
    const treeVersion = treeVersionOf(state)
    for (const taxonId of taxonIds.slice(0, MOST_ANNOUNCED)) announce({ name: 'taxon', taxonId })
    if (detectionIds.length > MOST_ANNOUNCED || detectionIds.includes(EVERYTHING)) {
      announce({ name: 'learned', treeVersion, detectionId: null, taxonId: null })
      return
    }
    for (const detectionId of detectionIds) {
      const taxonId = state.live.example(detectionId)?.taxonId ?? null
      announce({ name: 'learned', treeVersion, detectionId, taxonId })
    }
  }

  async function takeOver(publish: (loaded: Loaded) => Promise<boolean>): Promise<boolean> {
    takingOver = true
    try {
      if (!(await publish(state))) return false
      const next = await load(db, modelSha256, reference)
      await turns.add(() => {
        state = next
      })
      return true
    } finally {
      takingOver = false
    }
  }

  return { loaded: () => state, sync, takeOver, close: () => turns.onIdle() }
}

function markSeen(state: Loaded, lessons: readonly Lesson[]): void {
  for (const { id, kind } of lessons) {
    state.seen.add(id)
    state.lowWater = Math.max(state.lowWater, id)
    if (kind === 'detection') state.lessons++
  }
  for (const id of state.seen) if (id <= state.lowWater - LESSON_WINDOW) state.seen.delete(id)
}

function subjectsOf(lessons: readonly Lesson[], kind: Lesson['kind']): number[] {
  return [...new Set(lessons.filter((lesson) => lesson.kind === kind).map(({ subjectId }) => subjectId))]
}

/** The oldest lessons, with about `CHUNK` detections at most. */
function oldestOf(lessons: Lesson[]): Lesson[] {
  const detectionIds = new Set<number>()
  const end = lessons.findIndex(({ kind, subjectId }) => {
    if (kind === 'detection') detectionIds.add(subjectId)
    return detectionIds.size > CHUNK
  })
  return end < 0 ? lessons : lessons.slice(0, end)
}
