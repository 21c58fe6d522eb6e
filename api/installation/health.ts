// Whether the service is alive and whether it can work. /healthz answers from this thread alone; /readyz asks the
// database and says which models are loaded.

import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { asStorageError } from '../../indexer/photos/storage-error.ts'
import { modelReferenceSchema } from '../contract/models/model.ts'
import { jsonAnswer } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { modelReferences } from '../present/models.ts'
import type { Service } from '../service.ts'

const route = routesOf('Health')

const READY_WITHIN_MS = 2000

const healthRoute = route('get /healthz', 'The process answers', {
  responses: { 200: jsonAnswer('Alive', z.object({ status: z.literal('ok') })) },
})

/** With less than this nothing can be stored. */
const LEAST_FREE_BYTES = 20_000_000

const readySchema = z.object({
  status: z.literal('ready'),
  database: z.literal('ok'),
  models: z.object({ detector: modelReferenceSchema, embedder: modelReferenceSchema }),
})

const readyRoute = route('get /readyz', 'Database and models can be used', {
  responses: { 200: jsonAnswer('Ready', readySchema), ...problems(503) },
})

type Deps = Pick<Service, 'config' | 'db' | 'models' | 'closing'>

export function healthRoutes(deps: Deps) {
  return newRoutes()
    .openapi(healthRoute, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(readyRoute, async (c) => {
      await requireReady(deps)
      return c.json({ status: 'ready' as const, database: 'ok' as const, models: modelReferences(deps) }, 200)
    })
}

/** Throws StorageError where the data folder can take nothing more. */
async function requireDisk(dataDir: string): Promise<void> {
  await asStorageError('store', async () => {
    await access(dataDir, constants.W_OK)
    const { bavail, bsize } = await statfs(dataDir)
    if (bavail * bsize < LEAST_FREE_BYTES) throw Object.assign(new Error('No space left'), { code: 'ENOSPC' })
  })
}

async function requireReady({ config, db, closing }: Deps): Promise<void> {
  const unready = (why: string, cause?: unknown) => new Problem(503, why, { headers: { 'Retry-After': '2' }, cause })
  if (closing.aborted) throw unready('The service is stopping.')
  await requireDisk(config.dataDir)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer in time')), READY_WITHIN_MS)
  })
  try {
    await Promise.race([db.execute(sql`select 1`), late])
  } catch (error) {
    throw unready('The database does not answer.', error)
  } finally {
    clearTimeout(timer)
  }
}
