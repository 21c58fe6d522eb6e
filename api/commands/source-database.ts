// The installation's database for a command that only reads it, whether the service runs or not.

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { connectDatabase, type Database } from '../../db/connection/connect.ts'
import { DataFolderInUse, lockDataFolder } from '../../db/connection/data-folder-lock.ts'
import { DatabaseError } from '../../db/errors.ts'
import type { Config } from '../config.ts'
import { snapshotsFolder } from '../installation/snapshots.ts'
import { UsageError } from './usage.ts'

/**
 * Runs `work` on the database, whatever its version. A running service makes a copy of its embedded database for this.
 * Throws UsageError where there is none.
 */
export async function withSource<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  if (!config.databaseUrl.startsWith('file:')) return await using(config.databaseUrl, work)
  if (!(await stat(config.databaseUrl.slice('file:'.length)).catch(() => null)))
    throw new UsageError(`Expected an installation but there is no database in ${config.dataDir} (DATA_DIR).`)
  try {
    const lock = await lockDataFolder(config.dataDir)
    try {
      return await using(config.databaseUrl, work)
    } finally {
      await lock.release()
    }
  } catch (error) {
    if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
    const folder = join(snapshotsFolder(config.dataDir), await askForSnapshot(error.holder.url, config))
    try {
      return await using(`file:${folder}`, work)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function using<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await connectDatabase(url)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

async function askForSnapshot(url: string, config: Config): Promise<string> {
  const headers: Record<string, string> = config.apiToken === null ? {} : { Authorization: `Bearer ${config.apiToken}` }
  const response = await fetch(new URL('/api/snapshots', url), { method: 'POST', headers })
  const body: unknown = await response.json().catch(() => null)
  const made = z.object({ name: z.uuid() }).safeParse(body)
  if (response.status === 201 && made.success) return made.data.name
  const problem = z.object({ detail: z.string() }).safeParse(body)
  throw new DatabaseError(
    `The service at ${url} could not copy its database: ${problem.data?.detail ?? `it answered ${response.status}`}`,
  )
}
