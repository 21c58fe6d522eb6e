// What happens when more requests come than can be answered. As many run at a time as keep every part of the process
// busy, some wait their turn, and the rest get 503 with a time to come back. So nobody waits for minutes, memory stays
// flat, and requests for a database connection do not time out.

import type { MiddlewareHandler } from 'hono'
import { createGate } from './gate.ts'
import type { Env } from './router.ts'

/**
 * Three times the database's connections keep it busy. There is room for twenty people with six connections each, a
 * browser's most.
 */
const LIMITS = { running: 32, waiting: 96, retryAfterSeconds: 1 }
const BUSY = 'The service has more requests than it can answer right now. Try again in a moment.'

/** Not counted here: an endless answer, and uploads, which have a queue of their own (api/photos/media.ts). */
const isApart = (method: string, path: string) =>
  path === '/api/events' || (method === 'POST' && path === '/api/media') || !path.startsWith('/api/')

export function shedLoad(limits = LIMITS): MiddlewareHandler<Env> {
  const gate = createGate({ ...limits, refusal: BUSY })
  return async (c, next) => {
    if (isApart(c.req.method, c.req.path)) return await next()
    await gate.run(next)
  }
}
