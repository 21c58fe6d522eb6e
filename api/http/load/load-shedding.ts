// What happens when more is asked than can be answered: as many requests at a time as keep every part of the process
// busy, some that wait their turn, and a 503 with a time to come back for the rest. Nobody waits for minutes, memory
// stays flat, and the database is never asked for more connections than it has patience for.

import type { MiddlewareHandler } from 'hono'
import type { Caller, Env } from '../router.ts'
import { createGate, type GateLimits } from './gate.ts'

/**
 * Three times the database's connections keep it busy. There is room for twenty people with six connections each, a
 * browser's most. Where people sign in, one of them, or one key, leaves a quarter of it to the others.
 */
const LIMITS = { running: 32, waiting: 96, ofOneCaller: 96, retryAfterSeconds: 1 }
const BUSY = 'The service has more requests than it can answer right now. Try again in a moment.'

/**
 * Outside of the gate: an endless answer, signing in, and uploads, which have a gate of their own
 * (api/photos/upload.ts).
 */
const isApart = (method: string, path: string) =>
  path === '/api/events' ||
  path === '/api/session' ||
  path.startsWith('/api/session/oidc') ||
  (method === 'POST' && ['/api/media', '/api/imports/read', '/api/people'].includes(path)) ||
  !path.startsWith('/api/')

export function shedLoad(limits: GateLimits = LIMITS): MiddlewareHandler<Env> {
  const gate = createGate({ ...limits, refusal: BUSY })
  return async (c, next) => {
    if (isApart(c.req.method, c.req.path)) return await next()
    await gate.run(next, nameOf(c.var.caller))
  }
}

/** Undefined where nobody signs in: all are one there. */
function nameOf(caller: Caller | undefined): string | undefined {
  if (caller === undefined || caller.by === 'none') return undefined
  return caller.personId === null ? caller.how : `person ${caller.personId}`
}
