// What happens when more is asked than can be answered. In: requests as they come. Out: as many at a time as keep every part of the
// process busy, some that wait their turn, and a 503 with a time to come back for the rest: nobody waits for minutes, memory
// stays flat, and the database is never asked for more connections than it has patience for.

import type { MiddlewareHandler } from 'hono'
import { createGate } from './gate.ts'
import type { Env } from './router.ts'

/** Three times the database's connections keep it busy. Twenty people with six connections each (a browser's most) find a place. */
const LIMITS = { running: 32, waiting: 96, retryAfterSeconds: 1 }
const BUSY = 'More is being asked than can be answered right now. Try again in a moment.'

/** Beside the queue: an endless answer, and uploads, which wait in a line of their own (api/photos/media.ts). */
const isApart = (method: string, path: string) =>
  path === '/api/events' || (method === 'POST' && path === '/api/media') || !path.startsWith('/api/')

export function shedLoad(limits = LIMITS): MiddlewareHandler<Env> {
  const gate = createGate({ ...limits, refusal: BUSY })
  return async (c, next) => {
    if (isApart(c.req.method, c.req.path)) return await next()
    await gate.run(next)
  }
}
