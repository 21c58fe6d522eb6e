// POST /api/snapshots. In: nothing. Out: the name of a folder with a copy of the embedded database as it is at one moment, under
// DATA_DIR/snapshots. `npm run backup` asks for it beside a running service, reads it and removes it.

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createRoute, z } from '@hono/zod-openapi'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import type { Service } from '../service.ts'

/** One that is still there after so long was left by a backup that was broken off. */
const LEFT_MS = 86_400_000

export const snapshotsFolder = (dataDir: string) => join(dataDir, 'snapshots')

export function snapshotRoutes(service: Pick<Service, 'config' | 'database' | 'log'>) {
  return newRoutes().openapi(
    createRoute({
      method: 'post',
      path: '/api/snapshots',
      tags: ['Operations'],
      summary: 'Copy the embedded database for a backup',
      description:
        'Makes a copy of the embedded database in the data folder, as it is at one moment; other requests wait meanwhile (about a second per gigabyte). `npm run backup` does so, and removes it.',
      responses: {
        201: {
          description: 'Its name in DATA_DIR/snapshots',
          content: { 'application/json': { schema: z.object({ name: z.string() }) } },
        },
        ...problems(409, 503),
      },
    }),
    async (c) => {
      const { copyTo } = service.database
      if (copyTo === null)
        throw new Problem(409, 'Expected an embedded database in a folder: back another one up through DATABASE_URL.')
      const folder = snapshotsFolder(service.config.dataDir)
      const name = randomUUID()
      try {
        await mkdir(folder, { recursive: true })
        await removeLeft(folder)
        await copyTo(join(folder, name))
      } catch (error) {
        await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
        throw new Problem(503, 'The database could not be copied: see whether the disk of the data folder has room.', {
          headers: { 'Retry-After': '60' },
          cause: error,
        })
      }
      return c.json({ name }, 201)
    },
  )
}

async function removeLeft(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const facts = await stat(path).catch(() => null)
    if (facts && Date.now() - facts.mtimeMs > LEFT_MS) await rm(path, { recursive: true, force: true })
  }
}
