// One process per data folder, because two that open one embedded database silently lose rows. A lock that a killed
// process leaves behind is gone within seconds.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import lockfile from 'proper-lockfile'

export type Holder = { pid: number; url: string | null }

/** Another process uses the folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse'
  /** Null where it has not said yet who it is. */
  readonly holder: Holder | null
  constructor(directory: string, holder: Holder | null) {
    const who = holder ? ` by process ${holder.pid}${holder.url ? `, which serves ${holder.url}` : ''}` : ''
    super(`The data folder ${directory} is in use${who}: stop that process first, or use another folder (DATA_DIR)`)
    this.holder = holder
  }
}

export type DataFolderLock = {
  /** Tells other processes where this one answers HTTP. */
  announce: (url: string) => Promise<void>
  release: () => Promise<void>
}

/** The lock is renewed every second. One that was not renewed for so long belongs to a process that ended. */
const STALE_MS = 5000
const UPDATE_MS = 1000
const RETRY_MS = 200

/**
 * Makes the folder where it is missing. Throws DataFolderInUse. After a process that was killed, waits until its lock
 * is stale, at most 6 s: only the lock's age is reliable, between containers too. `onLost` is called when the lock was
 * taken away, for example because the clock jumped. By default it ends the process, because going on would lose rows.
 */
export async function lockDataFolder(
  directory: string,
  options: { onLost?: (error: Error) => void } = {},
): Promise<DataFolderLock> {
  const folder = resolve(directory)
  await mkdir(folder, { recursive: true })
  const holderFile = join(folder, 'clavis.json')
  const lockfilePath = join(folder, 'clavis.lock')
  const onLost =
    options.onLost ??
    ((error: Error) => {
      process.stderr.write(`Lost the lock on ${folder}: ${error.message}\n`)
      process.exit(1)
    })
  const acquire = (retries: number) =>
    lockfile.lock(folder, {
      lockfilePath,
      stale: STALE_MS,
      update: UPDATE_MS,
      retries: { retries, factor: 1, minTimeout: RETRY_MS, maxTimeout: RETRY_MS },
      onCompromised: onLost,
      realpath: false,
    })
  const unlock = await acquire(0)
    .catch(async (error: unknown) => {
      if (!isLocked(error)) throw error
      const holder = await readHolder(holderFile)
      // A holder with this very process id was in an earlier container, which no longer renews its lock.
      if (!holder || (holder.pid !== process.pid && isRunning(holder.pid))) throw new DataFolderInUse(folder, holder)
      return await acquire(Math.ceil((STALE_MS + UPDATE_MS) / RETRY_MS))
    })
    .catch(async (error: unknown) => {
      throw isLocked(error) ? new DataFolderInUse(folder, await readHolder(holderFile)) : error
    })
  const write = async (holder: Holder) => {
    const temporary = `${holderFile}.${process.pid}`
    await writeFile(temporary, JSON.stringify(holder))
    await rename(temporary, holderFile)
  }
  await write({ pid: process.pid, url: null })
  return {
    announce: (url) => write({ pid: process.pid, url }),
    release: async () => {
      await rm(holderFile, { force: true })
      await unlock()
    },
  }
}

const isLocked = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ELOCKED'

async function readHolder(file: string): Promise<Holder | null> {
  try {
    const holder: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || typeof holder.pid !== 'number')
      return null
    return { pid: holder.pid, url: 'url' in holder && typeof holder.url === 'string' ? holder.url : null }
  } catch {
    return null
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
