// Does the parts of an evaluation in as many threads as there are cores. What does not change between parts is in
// memory that the threads share. A finished part may be kept in a folder, so that an interrupted evaluation
// continues.

import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import PQueue from 'p-queue'
import type { Statistics } from '../../../classifiers/statistics.ts'
import { startTypeScriptThread } from '../../../db/connection/typescript-thread.ts'
import type { Keep } from './cache.ts'
import type { Reply, Request } from './draw-thread.ts'
import { type ArgumentOf, type Context, contextOf, DRAWS, type Kind, type Material, type ResultOf } from './draws.ts'

export type Draws = {
  /** Each part is done once, however often it is asked for. `fitted`: statistics that it needs. */
  run<K extends Kind>(kind: K, argument: ArgumentOf<K>, fitted?: Statistics): Promise<ResultOf<K>>
  close(): Promise<void>
}

/** With fewer photos, starting threads would take longer than the work. */
const FEWEST_PHOTOS = 300

/** `say` is called for each finished part. */
export function openDraws(material: Material, keep: Keep, say: (line: string) => void): Draws {
  const { photos } = material.library
  const threads = photos.length < FEWEST_PHOTOS ? 0 : Math.max(1, availableParallelism())
  const queue = new PQueue({ concurrency: Math.max(1, threads) })
  const module = import.meta.resolve('./draw-thread.ts')
  const all: Worker[] = []
  const free: Worker[] = []
  const counts = { done: 0, of: 0 }
  const asked = new Map<string, Promise<unknown>>()
  let context: Context | null = null

  async function inThread(request: Request): Promise<unknown> {
    const worker = free.pop() ?? startTypeScriptThread(module, material)
    if (!all.includes(worker)) all.push(worker)
    worker.postMessage(request)
    // `once` rejects where the thread fails.
    const [reply]: Reply[] = await once(worker, 'message')
    free.push(worker)
    if (reply && 'result' in reply) return reply.result
    throw new Error(`A part of the evaluation failed: ${reply?.error}`)
  }

  function here({ kind, argument, fitted }: Request): unknown {
    context ??= contextOf(material)
    // `as`: `run` below takes with each kind its own argument.
    return (DRAWS[kind] as (context: Context, argument: unknown, fitted: Statistics | null) => unknown)(
      context,
      argument,
      fitted,
    )
  }

  return {
    run(kind, argument, fitted) {
      const part = `${kind} ${Object.values(argument).join(' ')}`
      let result = asked.get(part)
      if (!result) {
        counts.of++
        const request = { kind, argument, fitted: fitted ?? null }
        result = keep(part, () => queue.add(async () => (threads > 0 ? inThread(request) : here(request))))
        asked.set(part, result)
        void result.then(
          () => say(`${++counts.done} of ${counts.of} parts asked for so far are done: ${part}\n`),
          () => {},
        )
      }
      // `as`: the function in DRAWS for the kind made it.
      return result as Promise<ResultOf<typeof kind>>
    },
    async close() {
      queue.clear()
      await Promise.all(all.map((worker) => worker.terminate()))
    },
  }
}
