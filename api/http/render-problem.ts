// The one place where a fault becomes an answer: `application/problem+json` with a sentence and the request's id. The
// answer says nothing about the program's internals; the log does.

import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Problem, type ProblemStatus, TITLES } from './problem.ts'
import type { Env } from './router.ts'

/** Says what an error of another layer means to the caller; null: not known. */
type Translate = (error: unknown) => Problem | null

export function renderProblem(error: unknown, c: Context<Env>, translate: Translate = () => null): Response {
  const problem = toProblem(error, translate)
  const received = problem.cause instanceof HTTPException && problem.status === 415
  const detail = received
    ? `${problem.message} but received ${c.req.header('content-type') ?? 'no Content-Type'}.`
    : problem.message
  // Shedding load is intended and happens under pressure: one short line, no stack.
  const isShedding = problem.status === 503 && problem.cause === undefined
  if (isShedding) c.var.log?.info({ status: problem.status }, problem.message)
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

/** An unknown error is a 500: the caller learns only the request's id. */
export function toProblem(error: unknown, translate: Translate): Problem {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException && error.status in TITLES) {
    // The condition checked it. hono throws 400 for malformed JSON, with a sentence, and 415 without one.
    const status = error.status as ProblemStatus
    const detail =
      status === 415 ? 'Expected a body of one of the types that /api/docs lists for this address' : error.message
    return new Problem(status, detail || TITLES[status], { cause: error })
  }
  const translated = translate(error)
  if (translated !== null) return translated
  return new Problem(500, 'Something went wrong here. The log has the details under this request id.', { cause: error })
}
