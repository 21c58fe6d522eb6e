// What viewers do not see: where exactly a photo was taken. Every JSON answer to them is rounded, whichever route gives
// it.

import type { MiddlewareHandler } from 'hono'
import { JSON_TYPE } from '../http/json.ts'
import type { Env } from '../http/router.ts'

/** One decimal of a degree is about 11 km. */
const PER_DEGREE = 10
const PLACES = new Set(['latitude', 'longitude'])

export function roundForViewers(): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next()
    if (c.var.caller?.role !== 'viewer' || !c.res.headers.get('content-type')?.startsWith(JSON_TYPE)) return
    const rounded = JSON.stringify(await c.res.json(), (key, value: unknown) =>
      PLACES.has(key) && typeof value === 'number' ? Math.round(value * PER_DEGREE) / PER_DEGREE : value,
    )
    const headers = new Headers(c.res.headers)
    headers.delete('content-length')
    c.res = new Response(rounded, { status: c.res.status, headers })
  }
}
