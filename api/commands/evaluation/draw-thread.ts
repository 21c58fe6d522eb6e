// A thread that does parts of an evaluation, one after the other, for draw-pool.ts.

import { parentPort, workerData } from 'node:worker_threads'
import type { Statistics } from '../../../classifiers/statistics.ts'
import { type Context, contextOf, DRAWS, type Kind } from './draws.ts'

export type Request = { kind: Kind; argument: unknown; fitted: Statistics | null }
export type Reply = { result: unknown } | { error: string }

// draw-pool.ts passes the material, and with each kind its own argument.
const context = contextOf(workerData)
const draws = DRAWS as unknown as Record<
  Kind,
  (context: Context, argument: unknown, fitted: Statistics | null) => unknown
>

parentPort?.on('message', ({ kind, argument, fitted }: Request) =>
  parentPort?.postMessage(reply(kind, argument, fitted)),
)

function reply(kind: Kind, argument: unknown, fitted: Statistics | null): Reply {
  try {
    return { result: draws[kind](context, argument, fitted) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
