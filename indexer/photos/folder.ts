// Photos in the data folder. Once `put` has resolved, the photo is complete on disk, whatever happens next. Crops can
// be cut again, so they are written without this guarantee.

import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cropName, KINDS, photoName, scaledName } from './file-names.ts'
import type { Photos } from './photos.ts'
import { WIDTHS } from './scale.ts'
import { asStorageError } from './storage-error.ts'

const INCOMING = 'incoming'
/** A process that died left half-written files that are older than this. */
const STALE_MS = 3_600_000

/** Makes `dataDir` where it is missing. Throws StorageError. */
export async function openFolder(dataDir: string): Promise<Photos> {
  const incoming = join(dataDir, 'photos', INCOMING)
  const path = (sha256: string) => join(dataDir, photoName(sha256))
  const scaledPath = (sha256: string, width: number) => join(dataDir, scaledName(sha256, width))
  const cropPath = (id: number) => join(dataDir, cropName(id))
  await asStorageError('store', () => mkdir(incoming, { recursive: true }))
  await sweep(incoming)

  async function write(target: string, bytes: Uint8Array, durable: boolean) {
    const half = join(incoming, randomUUID())
    try {
      const made = await mkdir(dirname(target), { recursive: true })
      await mkdir(incoming, { recursive: true })
      const file = await open(half, 'wx')
      try {
        await file.writeFile(bytes)
        if (durable) await file.sync()
      } finally {
        await file.close()
      }
      await rename(half, target)
      if (durable) await syncFolder(dirname(target))
      if (durable && made) await syncFolder(dirname(made))
    } catch (error) {
      await rm(half, { force: true }).catch(() => {})
      throw error
    }
  }

  return {
    put: (sha256, bytes) =>
      asStorageError('store', async () => {
        const target = path(sha256)
        const there = await stat(target).catch(() => null)
        if (there?.size === bytes.length) return false
        await write(target, bytes, true)
        return true
      }),
    get: (sha256) => asStorageError('read', () => readFile(path(sha256))),
    delete: (sha256) =>
      asStorageError('store', async () => {
        await rm(path(sha256), { force: true })
        for (const width of WIDTHS) await rm(scaledPath(sha256, width), { force: true })
      }),
    getScaled: (sha256, width) => asStorageError('read', () => readIfThere(scaledPath(sha256, width))),
    putScaled: (sha256, width, jpeg) => asStorageError('store', () => write(scaledPath(sha256, width), jpeg, false)),
    putCrop: (id, jpeg) => asStorageError('store', () => write(cropPath(id), jpeg, false)),
    getCrop: (id) => asStorageError('read', () => readIfThere(cropPath(id))),
    deleteCrop: (id) => asStorageError('store', () => rm(cropPath(id), { force: true })),
    isEmpty: () =>
      asStorageError('read', async () => {
        const kept = [...(await namesIn(join(dataDir, 'photos'))), ...(await namesIn(join(dataDir, 'crops')))]
        return kept.every((name) => name === INCOMING)
      }),
    clear: () =>
      asStorageError('store', async () => {
        for (const kind of KINDS) await rm(join(dataDir, kind), { recursive: true, force: true })
      }),
  }
}

async function readIfThere(file: string): Promise<Buffer | null> {
  return await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

/** A new name in a folder survives a power failure only once the folder is synced. */
async function syncFolder(folder: string) {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

async function sweep(incoming: string) {
  for (const name of await readdir(incoming)) {
    const file = join(incoming, name)
    const facts = await stat(file).catch(() => null)
    if (facts && Date.now() - facts.mtimeMs > STALE_MS) await rm(file, { recursive: true, force: true })
  }
}
