// The live side of the thread that keeps metric vectors: starts one for each version, because a version has its own
// metric, and sends it the embeddings that it lacks.

import { on } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Db } from '../../../db/connection/connect.ts'
import { startTypeScriptThread } from '../../../db/connection/typescript-thread.ts'
import { embeddingsOf } from '../../../db/trees/sample.ts'
import { encodeStatistics } from '../../statistics-bytes.ts'
import type { LiveTree } from '../live-tree.ts'
import type { AnswerOf, RequestOf, ThreadReply, ThreadRequest, WorkKind } from './knowledge-thread.ts'

/** What everything that is known about all animals at once is worked out from. */
export type KnowledgeSources = {
  db: Db
  modelSha256: string
  liveTree: () => LiveTree
  onError: (error: unknown, doing: string) => void
}

/** `boxVersion`: another embedding than before where it differs. `whole`: the thread keeps the embedding, too. */
export type Embedded = { detectionId: number; boxVersion: number; whole?: boolean }

export type VectorThread = {
  /** `animals`: whose vectors the work needs, all others are forgotten. Null where `signal` ended it. */
  ask<K extends WorkKind>(
    kind: K,
    asked: { live: LiveTree; animals: readonly Embedded[]; request: RequestOf<K>; signal: AbortSignal },
    onProgress?: (share: number) => void,
  ): Promise<AnswerOf<K> | null>
  /** Ends the thread; the next question starts another. */
  close(): Promise<void>
}

export function openVectorThread(db: Db, modelSha256: string): VectorThread {
  let thread: { worker: Worker; version: number; sent: Map<number, number> } | null = null

  async function threadFor(live: LiveTree) {
    if (thread?.version !== live.version) {
      await thread?.worker.terminate()
      const module = import.meta.resolve('./knowledge-thread.ts')
      const worker = startTypeScriptThread(module, encodeStatistics(live.statistics, { moments: false }))
      worker.unref()
      thread = { worker, version: live.version, sent: new Map() }
    }
    return thread
  }

  async function sendMissing(
    { worker, sent }: NonNullable<typeof thread>,
    animals: readonly Embedded[],
    signal: AbortSignal,
  ): Promise<void> {
    const boxes = new Map(animals.map(({ detectionId, boxVersion }) => [detectionId, boxVersion]))
    const whole = new Set(animals.flatMap((one) => (one.whole ? [one.detectionId] : [])))
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
      const request: ThreadRequest = { kind: 'embeddings', ids, embeddings, whole: ids.filter((id) => whole.has(id)) }
      worker.postMessage(request, [embeddings.buffer])
      for (const id of ids) sent.set(id, boxes.get(id)!)
      await nextTurn()
    }
  }

  return {
    async ask(kind, { live, animals, request, signal }, onProgress = () => {}) {
      const own = await threadFor(live)
      await sendMissing(own, animals, signal)
      if (signal.aborted) return null
      // `as`: the kind and its own request.
      own.worker.postMessage({ kind, request } as ThreadRequest)
      // `on` throws where the thread fails, and where the signal ends it.
      for await (const [reply] of on(own.worker, 'message', { signal }) as AsyncIterable<[ThreadReply]>) {
        if ('progress' in reply) onProgress(reply.progress)
        else if ('error' in reply) throw new Error(`The thread of metric vectors failed: ${reply.error}`)
        // `as`: the thread answers each kind with its own answer.
        else return reply.answer as AnswerOf<typeof kind>
      }
      return null
    },
    async close() {
      await thread?.worker.terminate()
      thread = null
    },
  }
}
