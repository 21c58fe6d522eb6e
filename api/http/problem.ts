// Faults to tell the caller, as RFC 9457 problem details.

import { z } from '@hono/zod-openapi'

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    requestId: z.string(),
  })
  .catchall(z.unknown())
  .openapi('Problem', { description: 'RFC 9457 problem details.' })

export const TITLES = {
  400: 'Malformed request',
  401: 'Not signed in',
  403: 'Refused',
  404: 'Not found',
  408: 'Too slow',
  409: 'Conflict',
  413: 'Too big',
  415: 'Unsupported type',
  422: 'Not usable',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Busy',
} as const
export type ProblemStatus = keyof typeof TITLES

/** A status, a sentence, and facts that become members of the problem. */
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
