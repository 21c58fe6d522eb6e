// A thread that keeps the numbers of boxes and photos, learns from what people said of them, and judges others, so that
// neither a mark nor a page waits for it. The numbers of a crop never change: they are whitened by the embedder's own
// reference, which no lesson changes. It is sent each embedding once.

import { parentPort, workerData } from 'node:worker_threads'
import type {
  KnownPhoto,
  MarkedBox,
  MarkedPhoto,
  StoredBox,
  StoredPhoto,
} from '../../../db/photos/judging/box-marks.ts'
import type { UnlikelyBox } from '../../../db/photos/judging/unlikely-boxes.ts'
import { backgroundOf } from '../../boxes/background.ts'
import type { BoxFacts } from '../../boxes/judge.ts'
import { NUMBERS } from '../../boxes/look.ts'
import {
  BY,
  fitJudges,
  type JudgedKnown,
  type JudgedPhotos,
  type Judges,
  judgeKnown,
  judgePhoto,
  type Marks,
} from '../../boxes/photos.ts'
import { unlikely } from '../../boxes/unlikely.ts'
import type { PhotoFacts } from '../../boxes/whole-photos.ts'
import { project, type Statistics } from '../../statistics.ts'
import { decodeStatistics } from '../../statistics-bytes.ts'

/** What people said. */
export type Said = { boxes: MarkedBox[]; photos: MarkedPhoto[] }
/** A task learns from what was said and then judges; `end` forgets it. */
type Works = {
  /** How probable an animal is in a photo without a box of which nothing is known. */
  learn: { request: Said; answer: number }
  boxes: { request: StoredBox[]; answer: UnlikelyBox[] }
  photos: { request: StoredPhoto[]; answer: null }
  known: { request: KnownPhoto[]; answer: JudgedKnown[] }
  judged: { request: null; answer: JudgedPhotos }
  end: { request: null; answer: null }
}
export type WorkKind = keyof Works
export type RequestOf<K extends WorkKind> = Works[K]['request']
export type AnswerOf<K extends WorkKind> = Works[K]['answer']

export type ThreadRequest =
  /** `embeddings`: one row for each id after another. They are not answered. */
  | { kind: 'embeddings'; ids: number[]; embeddings: Float32Array; areWhole: boolean }
  | { kind: 'forget' }
  | { [K in WorkKind]: { kind: K; task: number; request: RequestOf<K> } }[WorkKind]
export type ThreadReply = { answer: AnswerOf<WorkKind> } | { error: string }

type Task = { marks: Marks; judges: Judges; photos: { id: number; animal: number; best: number; by: number }[] }

// judge-worker.ts starts the thread with the embedder's own statistics.
const reference: Statistics = decodeStatistics(workerData)
const vectors = new Map<number, Float32Array>()
const backgrounds = new Map<number, Float32Array>()
const tasks = new Map<number, Task>()
const NO_BACKGROUND = new Float32Array()

const WORK: { [K in WorkKind]: (request: RequestOf<K>, task: number) => AnswerOf<K> } = {
  learn({ boxes, photos }, task) {
    const marks = {
      boxes: boxes.map((box) => ({ ...factsOf(box), kind: box.kind, groupKey: box.groupKey })),
      photos: photos.map((photo) => ({ ...wholeOf(photo), hasAnimal: photo.hasAnimal })),
    }
    const judges = fitJudges(marks)
    tasks.set(task, { marks, judges, photos: [] })
    return judges.photos.anyAnimal
  },
  boxes(boxes, task) {
    const { judges } = taskOf(task)
    return boxes.flatMap((box) => {
      const found = unlikely(judges.boxes, factsOf(box))
      return found ? [{ detectionId: box.id, ...found }] : []
    })
  },
  photos(photos, task) {
    const { judges, photos: judged } = taskOf(task)
    for (const photo of photos) {
      const { animal, best } = judgePhoto(judges, toJudge(photo))
      const by = best === null || photo.boxes.length > 0 ? BY.boxes : animal === null ? BY.nothing : BY.wholePhoto
      judged.push({ id: photo.id, animal: animal ?? 0, best: best ?? 0, by })
    }
    return null
  },
  known(photos, task) {
    const known = photos.map((photo) => ({
      ...toJudge(photo),
      hasAnimal: photo.hasAnimal,
      groupKey: photo.groupKey,
    }))
    return judgeKnown(taskOf(task).marks, known)
  },
  judged(_, task) {
    const isUnjudged = ({ by }: { by: number }) => Number(by === BY.nothing)
    const sorted = taskOf(task).photos.sort(
      (a, b) => isUnjudged(a) - isUnjudged(b) || Math.fround(b.animal) - Math.fround(a.animal) || a.id - b.id,
    )
    return {
      ids: Float64Array.from(sorted, ({ id }) => id),
      animal: Float32Array.from(sorted, ({ animal }) => animal),
      best: Float64Array.from(sorted, ({ best }) => best),
      by: Uint8Array.from(sorted, ({ by }) => by),
    }
  },
  end(_, task) {
    tasks.delete(task)
    return null
  },
}

const toJudge = ({ boxes, whole }: StoredPhoto) => ({ boxes: boxes.map(factsOf), whole: whole && wholeOf(whole) })

function taskOf(task: number): Task {
  const found = tasks.get(task)
  if (found === undefined) throw new Error(`Expected task ${task} to have learned`)
  return found
}

function factsOf({ id, confidence, bbox, camera }: StoredBox): BoxFacts {
  return { id, confidence, bbox, camera, vector: vectors.get(id) ?? [] }
}

function wholeOf({ id, groupKey, camera }: StoredBox): PhotoFacts {
  return { id, groupKey, camera, background: backgrounds.get(id) ?? NO_BACKGROUND }
}

function keep(ids: readonly number[], embeddings: Float32Array, areWhole: boolean): void {
  const { dimensions } = reference
  ids.forEach((id, i) => {
    const embedding = embeddings.subarray(i * dimensions, (i + 1) * dimensions)
    if (areWhole) backgrounds.set(id, backgroundOf(embedding))
    else vectors.set(id, Float32Array.from(project(reference, embedding).subarray(0, NUMBERS)))
  })
}

parentPort?.on('message', (asked: ThreadRequest) => {
  const say = (reply: ThreadReply) => parentPort?.postMessage(reply)
  if (asked.kind === 'embeddings') keep(asked.ids, asked.embeddings, asked.areWhole)
  else if (asked.kind === 'forget') {
    vectors.clear()
    backgrounds.clear()
  } else
    try {
      // `as`: a request of this kind came with it.
      const work = WORK[asked.kind] as (request: unknown, task: number) => AnswerOf<WorkKind>
      say({ answer: work(asked.request, asked.task) })
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) })
    }
})
