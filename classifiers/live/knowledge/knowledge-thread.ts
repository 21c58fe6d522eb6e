// A thread that keeps the metric vectors of many animals and thinks about all of them at once, which takes seconds, so
// it never runs in the thread that answers HTTP. The vectors are a tenth of the embeddings' size, and it is sent each
// embedding once.

import { parentPort, workerData } from 'node:worker_threads'
import { orderQuestions, type Question } from '../../asking/order.ts'
import { hash } from '../../fitting/folds.ts'
import { type Appraisal, appraise } from '../../labels/appraise.ts'
import type { VectorRows } from '../../labels/near-rows.ts'
import { project, type Statistics } from '../../statistics.ts'
import { decodeStatistics } from '../../statistics-bytes.ts'
import type { TaxonNode } from '../../taxonomy.ts'
import { type Card, type CardBefore, clusterUnknowns, type ToCluster } from '../../unknowns/cards.ts'

/** What the thread works out; the animals are those of the last `embeddings`, in the order of `ids`. */
type Works = {
  choose: { request: Choice; answer: ChosenQuestion[] }
  appraise: { request: ToAppraise; answer: AppraisedAnimal[] }
  findCards: { request: ToFindCards; answer: Card[] }
}
export type WorkKind = keyof Works
export type RequestOf<K extends WorkKind> = Works[K]['request']
export type AnswerOf<K extends WorkKind> = Works[K]['answer']

export type ThreadRequest =
  /** `embeddings`: one row for each id after another. Those of `whole` are kept as they are, too. */
  | { kind: 'embeddings'; ids: number[]; embeddings: Float32Array; whole: number[] }
  | { [K in WorkKind]: { kind: K; request: RequestOf<K> } }[WorkKind]
export type ThreadReply = { answer: AnswerOf<WorkKind> } | { progress: number } | { error: string }

/** Animals whose embedding was never sent are left out. */
export type Choice = {
  ids: number[]
  groups: string[]
  probabilities: Float64Array
  novelties: Float64Array
  exemplars: VectorRows
  most: number
  named: number
}
export type ChosenQuestion = Pick<Question, 'why' | 'alike'> & { id: number }

export type ToAppraise = {
  ids: number[]
  groups: string[]
  taxonIds: (number | null)[]
  taxa: TaxonNode[]
  reference: Uint8Array
}
export type AppraisedAnimal = Omit<Appraisal, 'duplicate'> & { id: number; duplicateId: number | null }

export type ToFindCards = {
  ids: number[]
  groups: string[]
  cameras: (string | null)[]
  before: CardBefore[]
  taxa: TaxonNode[]
  examples: ToCluster['examples'][number][]
}

// vector-thread.ts starts the thread with a version's statistics.
const statistics: Statistics = decodeStatistics(workerData)
const vectors = new Map<number, Float32Array>()
const embeddings = new Map<number, Float32Array>()

const say = (reply: ThreadReply) => parentPort?.postMessage(reply)

const WORK: { [K in WorkKind]: (request: RequestOf<K>) => AnswerOf<K> } = {
  choose({ ids, groups, probabilities, novelties, exemplars, most, named }) {
    const known = knownOf(ids)
    const questions = orderQuestions(
      {
        rows: rowsOf(known),
        groups: known.map(({ i }) => groups[i]!),
        probabilities: known.map(({ i }) => probabilities[i]!),
        novelties: known.map(({ i }) => novelties[i]!),
        chances: known.map(({ id }) => hash(`${id}`)),
      },
      { exemplars, metric: statistics, most, named },
    )
    return questions.map(({ row, why, alike }) => ({ id: known[row]!.id, why, alike }))
  },
  appraise({ ids, groups, taxonIds, taxa, reference }) {
    const known = knownOf(ids)
    const animals = known.map(({ id, i, vector }) => ({
      ...{ taxonId: taxonIds[i]!, group: groups[i]!, vector },
      embedding: embeddings.get(id),
    }))
    const appraisals = appraise(statistics, taxa, animals, decodeStatistics(reference), (progress) => say({ progress }))
    return appraisals.map(({ duplicate, ...one }, row) => ({
      ...one,
      id: known[row]!.id,
      duplicateId: known[duplicate]?.id ?? null,
    }))
  },
  findCards({ ids, groups, cameras, ...given }) {
    const unknowns = knownOf(ids).map(({ id, i, vector }) => ({ id, group: groups[i]!, camera: cameras[i]!, vector }))
    return clusterUnknowns({ statistics, unknowns, ...given })
  },
}

parentPort?.on('message', (asked: ThreadRequest) => {
  try {
    if (asked.kind === 'embeddings') keep(asked)
    // `as`: a request of this kind came with it.
    else say({ answer: (WORK[asked.kind] as (request: unknown) => AnswerOf<WorkKind>)(asked.request) })
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) })
  }
})

function keep(sent: Extract<ThreadRequest, { kind: 'embeddings' }>): void {
  const { dimensions } = statistics
  const whole = new Set(sent.whole)
  sent.ids.forEach((id, i) => {
    const embedding = sent.embeddings.subarray(i * dimensions, (i + 1) * dimensions)
    vectors.set(id, project(statistics, embedding))
    if (whole.has(id)) embeddings.set(id, embedding.slice())
  })
}

type Known = { id: number; i: number; vector: Float32Array }

/** Those of the animals whose embedding was sent. Forgets all others. */
function knownOf(ids: readonly number[]): Known[] {
  const asked = new Set(ids)
  for (const kept of [vectors, embeddings]) for (const id of kept.keys()) if (!asked.has(id)) kept.delete(id)
  return ids.flatMap((id, i) => (vectors.has(id) ? [{ id, i, vector: vectors.get(id)! }] : []))
}

function rowsOf(known: readonly Known[]): VectorRows {
  const { size } = statistics
  const values = new Float32Array(known.length * size)
  known.forEach(({ vector }, row) => {
    values.set(vector, row * size)
  })
  return { values, size }
}
