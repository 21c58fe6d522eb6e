// The thread that chooses questions, which takes seconds, so it never runs in the thread that answers HTTP. It keeps
// the metric vectors of the waiting animals, a tenth of the embeddings' size, and is sent each embedding once.

import { parentPort, workerData } from 'node:worker_threads'
import { project, type Statistics } from '../statistics.ts'
import { decodeStatistics } from '../statistics-bytes.ts'
import type { Rows } from './clusters.ts'
import { orderQuestions, type Question } from './order.ts'

export type QuestionRequest =
  /** `embeddings`: one row for each id after another. */
  | { kind: 'embeddings'; ids: number[]; embeddings: Float32Array }
  /** Animals whose embedding was never sent are left out. */
  | ({ kind: 'choose' } & Choice)
export type Choice = {
  ids: number[]
  groups: string[]
  probabilities: Float64Array
  novelties: Float64Array
  exemplars: Rows
  most: number
  seed: number
}
export type ChosenQuestion = Pick<Question, 'why' | 'alike'> & { id: number }
export type QuestionReply = { questions: ChosenQuestion[] } | { error: string }

// classifiers/live/asking.ts starts the thread with a version's statistics.
const statistics: Statistics = decodeStatistics(workerData)
const vectors = new Map<number, Float32Array>()

parentPort?.on('message', (request: QuestionRequest) => {
  try {
    if (request.kind === 'embeddings') keep(request.ids, request.embeddings)
    else parentPort?.postMessage({ questions: choose(request) } satisfies QuestionReply)
  } catch (error) {
    const reply: QuestionReply = { error: error instanceof Error ? error.message : String(error) }
    parentPort?.postMessage(reply)
  }
})

function keep(ids: readonly number[], embeddings: Float32Array): void {
  const { dimensions } = statistics
  ids.forEach((id, i) => {
    vectors.set(id, project(statistics, embeddings.subarray(i * dimensions, (i + 1) * dimensions)))
  })
}

function choose({ ids, groups, probabilities, novelties, exemplars, most, seed }: Choice): ChosenQuestion[] {
  const waiting = new Set(ids)
  for (const id of vectors.keys()) if (!waiting.has(id)) vectors.delete(id)
  const known = ids.flatMap((id, i) => (vectors.has(id) ? [{ id, i, vector: vectors.get(id)! }] : []))
  const { size } = statistics
  const values = new Float32Array(known.length * size)
  known.forEach(({ vector }, row) => {
    values.set(vector, row * size)
  })
  const questions = orderQuestions(
    {
      rows: { values, size },
      groups: known.map(({ i }) => groups[i]!),
      probabilities: known.map(({ i }) => probabilities[i]!),
      novelties: known.map(({ i }) => novelties[i]!),
    },
    { exemplars, metric: statistics, most, seed },
  )
  return questions.map(({ row, why, alike }) => ({ id: known[row]!.id, why, alike }))
}
