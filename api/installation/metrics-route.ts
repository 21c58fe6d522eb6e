// GET /metrics. In: nothing. Out: what the process counts, for Prometheus. It asks for the token like the API does, as it tells how much
// there is and who asks for what: give it to Prometheus as `authorization: {credentials: …}`.

import { createRoute, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { type Env, newRoutes } from '../http/router.ts'
import type { Service } from '../service.ts'

export function metricsRoutes({ metrics }: Pick<Service, 'metrics'>) {
  return newRoutes().openapi(
    createRoute({
      method: 'get',
      path: '/metrics',
      tags: ['Operations'],
      summary: 'Metrics of this process in the text format of Prometheus',
      responses: { 200: { description: 'Now', content: { 'text/plain': { schema: z.string() } } } },
    }),
    async (c) =>
      c.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }),
  )
}

/** Every request under the path of its route, not its own: ids would make a series each. */
export function measureRequests({ metrics }: Pick<Service, 'metrics'>): MiddlewareHandler<Env> {
  return async (c, next) => {
    const startedAt = performance.now()
    await next()
    const route = matchedRoutes(c).findLast(({ path }) => !path.includes('*'))?.path ?? 'other'
    metrics.request({ method: c.req.method, route, status: c.res.status, ms: performance.now() - startedAt })
  }
}
