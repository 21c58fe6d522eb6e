// A copy of the embedded database as it is at one moment, under DATA_DIR/snapshots. `npm run backup` asks a running
// service for it, reads it and removes it.

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from '@hono/zod-openapi'
import { jsonAnswer } from '../http/json.ts'
import { createGate } from '../http/load/gate.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('Operations')

/** A copy this old was left behind by a backup that was interrupted. */
const STALE_MS = 86_400_000

export const snapshotsFolder = (dataDir: string) => join(dataDir, 'snapshots')

const snapshotRoute = route('post /api/snapshots', 'Copy the embedded database for a backup', {
  description:
    'Copies the embedded database into the data folder, as it is at one moment; other requests wait meanwhile (about a second per gigabyte). `npm run backup` does this, and removes the copy.',
  responses: {
    201: jsonAnswer('The name of the copy in DATA_DIR/snapshots', z.object({ name: z.string() })),
    ...problems(409, 503),
  },
})

/** Everybody waits while the database is copied. */
const ONE = {
  running: 1,
  waiting: 0,
  retryAfterSeconds: 30,
  refusal: 'The database is being copied already. Try again when that is done.',
}

type Deps = Pick<Service, 'config' | 'database'>

export function snapshotRoutes(deps: Deps) {
  const gate = createGate(ONE)
  return newRoutes().openapi(snapshotRoute, async (c) =>
    c.json({ name: await gate.run(() => takeSnapshot(deps)) }, 201),
  )
}

async function takeSnapshot({ config, database }: Deps): Promise<string> {
  const { copyTo } = database
  if (copyTo === null)
    throw new Problem(409, 'Expected an embedded database in a folder: back another one up through DATABASE_URL.')
  const folder = snapshotsFolder(config.dataDir)
  const name = randomUUID()
  try {
    await mkdir(folder, { recursive: true })
    await removeStale(folder)
    await copyTo(join(folder, name))
    return name
  } catch (error) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
    throw new Problem(503, 'The database could not be copied: check whether the disk of the data folder has room.', {
      headers: { 'Retry-After': '60' },
      cause: error,
    })
  }
}

async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const facts = await stat(path).catch(() => null)
    if (facts && Date.now() - facts.mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true })
  }
}
