// Requests that may be sent twice: the work is done once, and its answer is given again for a day.

import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { jsonAnswer, jsonBody } from './json.ts'
import { createTurns } from './load/turns.ts'
import { Problem, type ProblemStatus, problems } from './problem.ts'
import type { Env } from './router.ts'

export const keySchema = z.object({
  'idempotency-key': z.string().min(1).max(200).optional().openapi({
    description:
      'Makes a request safe to repeat: the same key with the same body is done once and gets the same answer for a day.',
  }),
})

/** `status` is null while the answer is not known: the request is under way, or its process ended after the change. */
type KeptAnswer = { requestHash: string; status: number | null; body: unknown }

/** Where keys and answers are kept; `Tx` is the transaction that makes the change. */
type AnswerStore<Tx> = {
  find(key: string): Promise<KeptAnswer | null>
  /** Throws when the key is taken. */
  claim(tx: Tx, key: string, requestHash: string): Promise<void>
  keep(key: string, status: number, body: unknown): Promise<void>
}

export type RepeatableRequest<T, B = unknown> = {
  /** A request without a key is a new one each time it is sent. */
  key: string | undefined
  person: string
  path: string
  body: B
  answer: z.ZodType<T>
}

/** The request of a route that declares `keySchema` among its headers. */
export function repeatable<T, B>(c: Context<Env>, body: B, answer: z.ZodType<T>): RepeatableRequest<T, B> {
  return { key: c.req.header('idempotency-key'), person: c.var.person, path: c.req.path, body, answer }
}

/** What a route with a repeatable change takes, and what it answers when the change is made. */
export const repeatableChange = <B extends z.ZodType, A extends z.ZodType, const S extends ProblemStatus>(
  body: B,
  [done, answer]: readonly [string, A],
  ...statuses: S[]
) => ({
  request: { headers: keySchema, body: jsonBody(body) },
  responses: { 201: jsonAnswer(done, answer), ...problems(...statuses) },
})

type Json<S> = { content: { 'application/json': { schema: S } } }

/** The request of a route that was declared with `repeatableChange`. */
export type RequestOf<R> = R extends { request: { body: Json<infer B> }; responses: { 201: Json<infer A> } }
  ? RepeatableRequest<z.output<A>, z.output<B>>
  : never

/** `work` must call `claim` in the transaction that makes its change. */
export type Once<Tx> = <T>(
  request: RepeatableRequest<T>,
  work: (claim: (tx: Tx) => Promise<void>) => Promise<T>,
) => Promise<T>

export function createOnce<Tx>(store: AnswerStore<Tx>): Once<Tx> {
  const inTurn = createTurns()

  return async ({ key, person, path, body, answer }, work) => {
    if (key === undefined) return await work(async () => {})
    const requestHash = createHash('sha256')
      .update(JSON.stringify([path, person, body]))
      .digest('hex')
    // A repetition that arrives meanwhile waits for the first and finds its answer.
    return await inTurn(key, async () => {
      const kept = await store.find(key)
      if (kept !== null) return answer.parse(bodyOf(kept, key, requestHash))
      const given = await work((tx) => store.claim(tx, key, requestHash))
      await store.keep(key, 201, given)
      return given
    })
  }
}

/** The answer that was given to the same request. */
function bodyOf(kept: KeptAnswer, key: string, requestHash: string): unknown {
  if (kept.requestHash !== requestHash)
    throw new Problem(422, `The Idempotency-Key ${key} was used for another request. Expected a new key for a new one.`)
  if (kept.status === null)
    throw new Problem(
      409,
      'This request was done before, but its answer was lost. Look at the detection to see what it did.',
    )
  return kept.body
}
