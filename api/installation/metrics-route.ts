// What the process counts, for Prometheus. It asks for the token like the API does, because it tells how much there is
// and who asks for what: give Prometheus the token as `authorization: {credentials: …}`.

import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('Operations')

const metricsRoute = route('get /metrics', 'Metrics of this process in the text format of Prometheus', {
  responses: { 200: { description: 'At this moment', content: { 'text/plain': { schema: z.string() } } } },
})

export function metricsRoutes({ metrics }: Pick<Service, 'metrics'>) {
  return newRoutes().openapi(metricsRoute, async (c) =>
    c.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }),
  )
}

/** Counts each request under the path of its route, because its own path would make a series for each id. */
export function measureRequests({ metrics }: Pick<Service, 'metrics'>): MiddlewareHandler<Env> {
  return async (c, next) => {
    const startedAt = performance.now()
    await next()
    const route = matchedRoutes(c).findLast(({ path }) => !path.includes('*'))?.path ?? 'other'
    metrics.request({ method: c.req.method, route, status: c.res.status, ms: performance.now() - startedAt })
  }
}
