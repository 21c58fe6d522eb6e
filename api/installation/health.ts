// Whether the service is alive and whether it can work. In: nothing. Out: /healthz answers from this thread alone; /readyz asks
// the database and says which models are loaded.

import { createRoute, z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { modelReferenceSchema } from '../contract/model.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { modelReferences } from '../present/models.ts'
import type { Service } from '../service.ts'

const READY_WITHIN_MS = 2000

export function healthRoutes(service: Pick<Service, 'db' | 'models' | 'closing'>) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'get',
        path: '/healthz',
        tags: ['Health'],
        summary: 'The process answers',
        responses: {
          200: {
            description: 'Alive',
            content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
          },
        },
      }),
      (c) => c.json({ status: 'ok' as const }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/readyz',
        tags: ['Health'],
        summary: 'Database and models can be used',
        responses: {
          200: {
            description: 'Ready',
            content: {
              'application/json': {
                schema: z.object({
                  status: z.literal('ready'),
                  database: z.literal('ok'),
                  models: z.object({ detector: modelReferenceSchema, embedder: modelReferenceSchema }),
                }),
              },
            },
          },
          ...problems(503),
        },
      }),
      async (c) => {
        const unready = (why: string, cause?: unknown) =>
          new Problem(503, why, { headers: { 'Retry-After': '2' }, cause })
        if (service.closing.aborted) throw unready('The service is stopping.')
        let timer: NodeJS.Timeout | undefined
        const late = new Promise((_, reject) => {
          timer = setTimeout(() => reject(new Error('No answer in time')), READY_WITHIN_MS)
        })
        try {
          await Promise.race([service.db.execute(sql`select 1`), late])
        } catch (error) {
          throw unready('The database does not answer.', error)
        } finally {
          clearTimeout(timer)
        }
        return c.json({ status: 'ready' as const, database: 'ok' as const, models: modelReferences(service) }, 200)
      },
    )
}
