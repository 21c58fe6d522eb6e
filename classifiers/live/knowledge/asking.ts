// Keeps the lists of animals that a person should name next, in the background: those that teach most, and those that
// change the results of the season most. After every change they are chosen again from all waiting animals. Every
// process does this; all would choose the same.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../../../db/connection/connect.ts'
import { replaceQuestions, type WaitingAnimal, waitingAnimals } from '../../../db/photos/asking/questions.ts'
import {
  type Cell,
  recordedCells,
  replaceResultsQuestions,
  type WaitingRecord,
  waitingRecords,
} from '../../../db/photos/asking/results-questions.ts'
import {
  type Cells,
  gatherRecords,
  orderByResults,
  questionsOf,
  type ResultsQuestion,
} from '../../asking/results-order.ts'
import { type Background, openBackground, thenRest } from '../background.ts'
import type { LiveTree } from '../live-tree.ts'
import type { Choice } from './knowledge-thread.ts'
import { type KnowledgeSources, openVectorThread } from './vector-thread.ts'

/** A person names a few hundred in a sitting; by then the list has been chosen again many times. */
const MOST_QUESTIONS = 500
/** Fewer animals are soon named, in whatever order. */
const FEWEST_WAITING = 20
/** Several lessons share one choice. */
const QUIET_MS = 2000
/** After each choice it rests this many times as long as that took. */
const REST = 3

/** `lessons`: how many were learned so far. */
export function openAsking(sources: KnowledgeSources, lessons: () => number): Background {
  const { db, modelSha256, liveTree, onError } = sources
  const thread = openVectorThread(db, modelSha256)

  async function chooseAll(signal: AbortSignal): Promise<void> {
    await chooseTeaching(signal)
    if (!signal.aborted) await chooseForResults(db, signal)
  }

  async function chooseTeaching(signal: AbortSignal): Promise<void> {
    const waiting: WaitingAnimal[] = []
    for await (const page of waitingAnimals(db, modelSha256)) {
      waiting.push(...page)
      await nextTurn()
    }
    if (signal.aborted) return
    if (waiting.length < FEWEST_WAITING) return await replaceQuestions(db, [])
    const live = liveTree()
    const request: Choice = {
      ids: waiting.map(({ detectionId }) => detectionId),
      groups: waiting.map(({ groupKey }) => groupKey),
      probabilities: Float64Array.from(waiting, ({ probability }) => probability),
      novelties: Float64Array.from(waiting, ({ novelty }) => novelty),
      exemplars: exemplarRows(live),
      most: MOST_QUESTIONS,
      named: lessons(),
    }
    const questions = await thread.ask('choose', { live, animals: waiting, request, signal })
    if (questions === null || signal.aborted) return
    await replaceQuestions(
      db,
      questions.map(({ id, why, alike }) => ({ detectionId: id, why, alike })),
    )
  }

  return openBackground({
    db,
    doing: 'choosing what to name next',
    quietMs: QUIET_MS,
    pass: thenRest(REST, chooseAll),
    onError,
    onClosed: thread.close,
  })
}

/** What nobody confirmed yet in so many doubtful cells is looked up, for a list that is full where many are settled. */
const MOST_CELLS = 4 * MOST_QUESTIONS
/** So many take a few milliseconds, after which this thread answers requests. */
const CELLS_AT_ONCE = 1000

async function chooseForResults(db: Db, signal: AbortSignal): Promise<void> {
  const waiting: WaitingRecord[] = []
  const cells: Cells = new Map()
  const keyOf = ({ station, week, taxonId }: Cell) => `${taxonId} ${week} ${station}`
  for await (const page of waitingRecords(db)) {
    if (signal.aborted) return
    const first = waiting.length
    gatherRecords(
      cells,
      page.map((one, i) => ({
        row: first + i,
        cell: keyOf(one),
        burst: one.groupKey,
        probability: one.probability,
      })),
    )
    waiting.push(...page)
    await nextTurn()
  }
  const questions: ResultsQuestion[] = []
  for (const question of questionsOf(cells)) {
    if (questions.push(question) % CELLS_AT_ONCE === 0) await nextTurn()
  }
  const doubtful = orderByResults(questions, MOST_CELLS)
  const recorded = await recordedCells(
    db,
    doubtful.map(({ row }) => waiting[row]!),
  )
  const settled = new Set(recorded.map(keyOf))
  const open = doubtful.filter(({ cell }) => !settled.has(cell)).slice(0, MOST_QUESTIONS)
  if (signal.aborted) return
  await replaceResultsQuestions(
    db,
    open.map(({ row, gain, records }) => ({ detectionId: waiting[row]!.detectionId, gain, records })),
  )
}

function exemplarRows(live: LiveTree): Choice['exemplars'] {
  const { size } = live.statistics
  const values = new Float32Array(live.examples * size)
  let at = 0
  for (const { vector } of live.exemplars()) {
    values.set(vector, at)
    at += size
  }
  return { values, size }
}
