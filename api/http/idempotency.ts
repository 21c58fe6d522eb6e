// Requests that may be sent twice. In: the header Idempotency-Key, the work of a request. Out: the work is done once, and its answer
// given again for a day.

import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { Db } from '../../db/connection/connect.ts'
import { claimKey, findAnswer, type KeptAnswer, keepAnswer } from '../../db/idempotency.ts'
import { Problem } from './problem.ts'

export const keySchema = z.object({
  'idempotency-key': z.string().min(1).max(200).optional().openapi({
    description: 'The same key with the same body is the same request: it is done once and answered alike for a day.',
  }),
})

export type Request<T> = {
  key: string | undefined
  person: string
  path: string
  body: unknown
  answer: z.ZodType<T>
}
/** Work calls `claim` in the transaction that makes its change. */
export type Work<T> = (claim: (tx: Db) => Promise<void>) => Promise<T>

export function createOnce(db: Db) {
  /** The last answer under way for each key. */
  const underWay = new Map<string, Promise<unknown>>()

  return async <T>({ key, person, path, body, answer }: Request<T>, work: Work<T>): Promise<T> => {
    if (key === undefined) return await work(async () => {})
    const request = createHash('sha256')
      .update(JSON.stringify([path, person, body]))
      .digest('hex')
    // One after the other per key: a repetition that arrives meanwhile waits for the first and finds its answer.
    const answering = (underWay.get(key) ?? Promise.resolve())
      .catch(() => {})
      .then(async () => {
        const stored = await findAnswer(db, key)
        if (stored !== null) return answer.parse(replay(stored, key, request))
        const said = await work((tx) => claimKey(tx, key, request))
        await keepAnswer(db, key, 201, said)
        return said
      })
    underWay.set(key, answering)
    try {
      return await answering
    } finally {
      if (underWay.get(key) === answering) underWay.delete(key)
    }
  }
}

/** The answer that was given to the same request. */
function replay(stored: KeptAnswer, key: string, request: string): unknown {
  if (stored.requestHash !== request)
    throw new Problem(422, `The Idempotency-Key ${key} was used for another request. Expected a new key for a new one.`)
  if (stored.status === null)
    throw new Problem(409, 'This request was done before, but its answer was lost: the detection shows what it did.')
  return stored.body
}
