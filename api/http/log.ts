// The log: JSON lines on standard error. Every line that is written while a request is answered or a photo is indexed
// carries its id, whichever part writes it.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { MiddlewareHandler } from 'hono'
import pino, { type Logger } from 'pino'
import type { Env } from './router.ts'

type Context = { requestId: string } | { mediaId: number }
const context = new AsyncLocalStorage<Context>()

/** Runs `work`, whose log lines then carry `what`. */
export const within = <T>(what: Context, work: () => T): T => context.run(what, work)

export function openLog(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin: () => context.getStore() ?? {} },
    pino.destination({ dest: 2, sync: false }),
  )
}

/** One line per request when it is answered: reads at `debug`, writes at `info`. */
export function logRequests(log: Logger): MiddlewareHandler<Env> {
  return async (c, next) => {
    const startedAt = performance.now()
    c.set('log', log)
    await within({ requestId: c.var.requestId }, async () => {
      await next()
      const ms = Math.round((performance.now() - startedAt) * 10) / 10
      const level = c.req.method === 'GET' || c.req.method === 'HEAD' ? 'debug' : 'info'
      log[level]({ method: c.req.method, path: c.req.path, status: c.res.status, ms }, 'request')
    })
  }
}
