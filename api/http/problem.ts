// Every fault as RFC 9457 problem details, rendered once. In: whatever a handler threw. Out: `application/problem+json` with a
// sentence and the request's id; nothing of our insides is told.

import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Conflict, isUnreachable, NotFound } from '../../db/errors.ts'
import { DecodeError, ModelError, StorageError, UnsupportedType } from '../../indexer/errors.ts'
import { problemSchema } from '../contract/problem.ts'
import type { Env } from './router.ts'

const TITLES = {
  400: 'Malformed request',
  401: 'Not signed in',
  403: 'Refused',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too big',
  415: 'Unsupported type',
  422: 'Not usable',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Busy',
} as const
export type ProblemStatus = keyof typeof TITLES

/** A fault to tell the caller: a status, a sentence, and facts that become members of the problem. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: ProblemStatus
  readonly facts: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(
    status: ProblemStatus,
    detail: string,
    options: { facts?: Record<string, unknown>; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause })
    this.status = status
    this.facts = options.facts ?? {}
    this.headers = options.headers ?? {}
  }
}

/** Declares the problems of a route in its OpenAPI description and in the client's types. */
export function problems<const S extends ProblemStatus>(...statuses: S[]) {
  const entry = (status: S) => [
    status,
    { description: TITLES[status], content: { 'application/problem+json': { schema: problemSchema } } },
  ]
  // Object.fromEntries forgets the keys that were put in; they are exactly `statuses`.
  return Object.fromEntries(statuses.map(entry)) as {
    [K in S]: { description: string; content: { 'application/problem+json': { schema: typeof problemSchema } } }
  }
}

/** What a thrown value means to the caller. Anything unknown is a 500 of which only the request id is told. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof NotFound) return new Problem(404, error.message, { cause: error })
  if (error instanceof Conflict) {
    const existing = error.existingId === null ? {} : { existingId: String(error.existingId) }
    return new Problem(409, error.message, { facts: { ...error.facts, ...existing }, cause: error })
  }
  if (error instanceof UnsupportedType) {
    const status = error.type === 'empty' ? 422 : 415
    return new Problem(status, error.message, { facts: { photoType: error.type }, cause: error })
  }
  if (error instanceof DecodeError) return new Problem(422, error.message, { cause: error })
  if (error instanceof StorageError) {
    if (error.code === 'ENOENT') return new Problem(404, error.message, { cause: error })
    return new Problem(503, error.message, { headers: { 'Retry-After': '30' }, cause: error })
  }
  if (error instanceof ModelError)
    return new Problem(503, 'The model that looks at photos failed. Try again in a moment.', {
      headers: { 'Retry-After': '5' },
      cause: error,
    })
  if (error instanceof HTTPException && error.status in TITLES) {
    // Membership was just checked. hono throws 400 for malformed JSON, with a sentence, and 415 without one.
    const status = error.status as ProblemStatus
    const detail =
      status === 415 ? 'Expected a body of one of the types that /api/docs lists for this address' : error.message
    return new Problem(status, detail || TITLES[status], { cause: error })
  }
  if (isUnreachable(error))
    return new Problem(503, 'The database cannot be reached right now, or has too much to do. Try again in a moment.', {
      headers: { 'Retry-After': '5' },
      cause: error,
    })
  return new Problem(500, 'Something went wrong here. The log has the details under this request id.', { cause: error })
}

/** The one place where a fault becomes an answer. */
export function renderProblem(error: unknown, c: Context<Env>): Response {
  const problem = toProblem(error)
  const received = problem.cause instanceof HTTPException && problem.status === 415
  const detail = received
    ? `${problem.message} but received ${c.req.header('content-type') ?? 'no Content-Type'}.`
    : problem.message
  // Putting off is meant, and is done when there is no time to spare: no stack, one short line.
  const putOff = problem.status === 503 && problem.cause === undefined
  if (putOff) c.var.log?.info({ status: problem.status }, problem.message)
  else if (problem.status >= 500) c.var.log?.error({ err: problem.cause ?? problem }, problem.message)
  else c.var.log?.debug({ status: problem.status }, problem.message)
  const body = {
    type: `/api/docs#problem-${problem.status}`,
    title: TITLES[problem.status],
    status: problem.status,
    detail,
    requestId: c.var.requestId ?? '',
    ...problem.facts,
  }
  return c.body(JSON.stringify(body), problem.status satisfies ContentfulStatusCode, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...problem.headers,
  })
}
