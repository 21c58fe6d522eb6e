// The live side of the thread that judges boxes and photos: starts it at the first question, sends it the embeddings
// that it lacks, and puts questions to it. Questions of several tasks may alternate.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Db } from '../../../db/connection/connect.ts'
import { startTypeScriptThread } from '../../../db/connection/typescript-thread.ts'
import type { KnownPhoto, StoredBox, StoredPhoto } from '../../../db/photos/judging/box-marks.ts'
import type { UnlikelyBox } from '../../../db/photos/judging/unlikely-boxes.ts'
import { embeddingsOf } from '../../../db/trees/sample.ts'
import type { JudgedKnown, JudgedPhotos } from '../../boxes/photos.ts'
import type { Statistics } from '../../statistics.ts'
import { encodeStatistics } from '../../statistics-bytes.ts'
import type { AnswerOf, RequestOf, Said, ThreadReply, ThreadRequest, WorkKind } from './judge-thread.ts'

/** A box takes about 200 bytes there, a photo without a box 500. */
const MOST_KEPT = 400_000

export type Judging = {
  /** The probability of an animal in a photo without a box of which nothing is known. */
  anyAnimal: number
  unlikely(boxes: StoredBox[]): Promise<UnlikelyBox[]>
  /** `judged` gives all photos that it was given. */
  judge(photos: StoredPhoto[]): Promise<void>
  judged(): Promise<JudgedPhotos>
  /** Each by what was said of other bursts. */
  known(photos: KnownPhoto[]): Promise<JudgedKnown[]>
}
export type JudgeWorker = {
  /** Learns from what people said, and judges by that alone for as long as `work` takes. */
  by<T>(said: Said, work: (judging: Judging) => Promise<T>): Promise<T>
  close(): Promise<void>
}

type Waiting = { resolve: (answer: AnswerOf<WorkKind>) => void; reject: (error: Error) => void }
type Thread = { worker: Worker; waiting: Waiting[]; sent: Map<number, number> }

export function openJudgeWorker(options: { db: Db; modelSha256: string; reference: Statistics }): JudgeWorker {
  const { db, modelSha256, reference } = options
  let thread: Thread | null = null
  let tasks = 0

  function start(): Thread {
    const module = import.meta.resolve('./judge-thread.ts')
    const worker = startTypeScriptThread(module, encodeStatistics(reference, { moments: false }))
    worker.unref()
    const started: Thread = { worker, waiting: [], sent: new Map() }
    // It answers in the order in which it was asked.
    worker.on('message', (reply: ThreadReply) => {
      const asked = started.waiting.shift()
      if ('error' in reply) asked?.reject(new Error(`The thread that judges boxes failed: ${reply.error}`))
      else asked?.resolve(reply.answer)
    })
    const fail = (error: Error) => {
      if (thread === started) thread = null
      for (const { reject } of started.waiting.splice(0)) reject(error)
    }
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('The thread that judges boxes has ended')))
    return started
  }

  async function send({ worker, sent }: Thread, boxes: readonly StoredBox[], areWhole: boolean): Promise<void> {
    const isMissing = ({ id, boxVersion }: StoredBox) => sent.get(id) !== boxVersion
    const missing = new Map(boxes.filter(isMissing).map(({ id, boxVersion }) => [id, boxVersion]))
    for await (const page of embeddingsOf(db, modelSha256, [...missing.keys()])) {
      const embeddings = new Float32Array(page.length * reference.dimensions)
      page.forEach(({ embedding }, i) => {
        embeddings.set(embedding, i * reference.dimensions)
      })
      const ids = page.map(({ detectionId }) => detectionId)
      const request: ThreadRequest = { kind: 'embeddings', ids, embeddings, areWhole }
      worker.postMessage(request, [embeddings.buffer])
      await nextTurn()
    }
    // Those that have no embedding by this model will have none.
    for (const [id, boxVersion] of missing) sent.set(id, boxVersion)
  }

  function ask<K extends WorkKind>(of: Thread, kind: K, task: number, request: RequestOf<K>): Promise<AnswerOf<K>> {
    const answer = new Promise<AnswerOf<WorkKind>>((resolve, reject) => of.waiting.push({ resolve, reject }))
    // `as`: the kind and its own request, and so its own answer.
    of.worker.postMessage({ kind, task, request } as ThreadRequest)
    return answer as Promise<AnswerOf<K>>
  }

  return {
    async by(said, work) {
      thread ??= start()
      const own = thread
      const task = ++tasks
      if (own.sent.size > MOST_KEPT && own.waiting.length === 0) {
        own.sent.clear()
        own.worker.postMessage({ kind: 'forget' } satisfies ThreadRequest)
      }
      const wholes = (photos: readonly StoredPhoto[]) => photos.flatMap(({ whole }) => whole ?? [])
      const sendPhotos = async (photos: readonly StoredPhoto[]) => {
        await send(
          own,
          photos.flatMap(({ boxes }) => boxes),
          false,
        )
        await send(own, wholes(photos), true)
      }
      await send(own, said.boxes, false)
      await send(own, said.photos, true)
      const anyAnimal = await ask(own, 'learn', task, said)
      try {
        return await work({
          anyAnimal,
          async unlikely(boxes) {
            await send(own, boxes, false)
            return await ask(own, 'boxes', task, boxes)
          },
          async judge(photos) {
            await sendPhotos(photos)
            await ask(own, 'photos', task, photos)
          },
          judged: () => ask(own, 'judged', task, null),
          async known(photos) {
            await sendPhotos(photos)
            return await ask(own, 'known', task, photos)
          },
        })
      } finally {
        if (thread === own) await ask(own, 'end', task, null)
      }
    },
    async close() {
      await thread?.worker.terminate()
    },
  }
}
