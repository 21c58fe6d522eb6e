// Keeps the list of animals that a person should name next, in the background: after every change it is chosen again
// from all waiting animals, in a thread. Every process does this; all would choose the same.

import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Db } from '../../db/connection/connect.ts'
import { startTypeScriptThread } from '../../db/connection/typescript-thread.ts'
import { replaceQuestions, type WaitingAnimal, waitingAnimals } from '../../db/photos/questions.ts'
import { embeddingsOf } from '../../db/trees/sample.ts'
import type { Choice, ChosenQuestion, QuestionReply, QuestionRequest } from '../asking/question-thread.ts'
import { encodeStatistics } from '../statistics-bytes.ts'
import { type Background, openBackground } from './background.ts'
import type { LiveTree } from './live-tree.ts'

/** A person names a few hundred in a sitting; by then the list has been chosen again many times. */
const MOST_QUESTIONS = 500
/** Fewer animals are soon named, in whatever order. */
const FEWEST_WAITING = 20
/** Several lessons share one choice. */
const QUIET_MS = 2000
/** After each choice it rests this many times as long as that took. */
const REST = 3

export function openAsking(options: {
  db: Db
  modelSha256: string
  liveTree: () => LiveTree
  /** What was learned so far: it seeds the random questions. */
  lessons: () => number
  onError: (error: unknown, doing: string) => void
}): Background {
  const { db, modelSha256, liveTree, lessons, onError } = options
  let thread: { worker: Worker; version: number; sent: Map<number, number> } | null = null

  async function chooseAll(signal: AbortSignal): Promise<void> {
    const waiting: WaitingAnimal[] = []
    for await (const page of waitingAnimals(db, modelSha256)) {
      waiting.push(...page)
      await nextTurn()
    }
    if (signal.aborted) return
    if (waiting.length < FEWEST_WAITING) return await replaceQuestions(db, [])
    const live = liveTree()
    const worker = await threadFor(live)
    await sendMissing(worker, waiting, signal)
    if (signal.aborted) return
    const choice: Choice = {
      ids: waiting.map(({ detectionId }) => detectionId),
      groups: waiting.map(({ groupKey }) => groupKey),
      probabilities: Float64Array.from(waiting, ({ probability }) => probability),
      novelties: Float64Array.from(waiting, ({ novelty }) => novelty),
      exemplars: exemplarRows(live),
      most: MOST_QUESTIONS,
      seed: lessons(),
    }
    const questions = await ask(worker, choice, signal)
    if (signal.aborted) return
    await replaceQuestions(
      db,
      questions.map(({ id, why, alike }) => ({ detectionId: id, why, alike })),
    )
  }

  /** A version has its own metric, so each begins with a new thread. */
  async function threadFor(live: LiveTree): Promise<Worker> {
    if (thread?.version !== live.version) {
      await thread?.worker.terminate()
      const module = import.meta.resolve('../asking/question-thread.ts')
      const worker = startTypeScriptThread(module, encodeStatistics(live.statistics, { moments: false }))
      worker.unref()
      thread = { worker, version: live.version, sent: new Map() }
    }
    return thread.worker
  }

  async function sendMissing(worker: Worker, waiting: readonly WaitingAnimal[], signal: AbortSignal): Promise<void> {
    const sent = thread?.sent ?? new Map<number, number>()
    const boxes = new Map(waiting.map(({ detectionId, boxVersion }) => [detectionId, boxVersion]))
    for (const id of sent.keys()) if (!boxes.has(id)) sent.delete(id)
    const missing = [...boxes].filter(([id, boxVersion]) => sent.get(id) !== boxVersion).map(([id]) => id)
    for await (const page of embeddingsOf(db, modelSha256, missing)) {
      if (signal.aborted) return
      if (page.length === 0) continue
      const { length } = page[0]!.embedding
      const embeddings = new Float32Array(page.length * length)
      page.forEach(({ embedding }, i) => {
        embeddings.set(embedding, i * length)
      })
      const ids = page.map(({ detectionId }) => detectionId)
      const request: QuestionRequest = { kind: 'embeddings', ids, embeddings }
      worker.postMessage(request, [embeddings.buffer])
      for (const id of ids) sent.set(id, boxes.get(id)!)
      await nextTurn()
    }
  }

  async function ask(worker: Worker, choice: Choice, signal: AbortSignal): Promise<ChosenQuestion[]> {
    const request: QuestionRequest = { kind: 'choose', ...choice }
    worker.postMessage(request)
    // `once` rejects where the thread fails.
    const [reply]: QuestionReply[] = await once(worker, 'message', { signal })
    if (reply && 'questions' in reply) return reply.questions
    throw new Error(`The animals to name next could not be chosen: ${reply?.error}`)
  }

  const background = openBackground({
    db,
    doing: 'choosing what to name next',
    quietMs: QUIET_MS,
    async pass(signal, rest) {
      const startedAt = performance.now()
      await chooseAll(signal)
      await rest(REST * (performance.now() - startedAt))
    },
    onError,
  })
  return {
    touch: background.touch,
    async close() {
      await background.close()
      await thread?.worker.terminate()
    },
  }
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
