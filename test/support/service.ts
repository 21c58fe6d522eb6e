// The whole service on a real database with tiny models, asked without a network. `close` removes everything.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, createApp } from '../../api/app.ts'
import { type Config, readConfig } from '../../api/config.ts'
import type { Detection } from '../../api/contract/detection.ts'
import type { Media, MediaItem } from '../../api/contract/media.ts'
import type { Answer } from '../../api/contract/suggestion.ts'
import type { TaxonDetail } from '../../api/contract/taxon.ts'
import { openService } from '../../api/open-service.ts'
import type { Service } from '../../api/service.ts'
import { openTestDatabase } from './database.ts'
import { TEST_DETECTOR, TEST_EMBEDDER, writeTestModels } from './test-models.ts'

export type TestService = Service & {
  app: App
  folder: string
  /** A request; `json` becomes the body. */
  ask(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>
  /** The answer's body, when its status is as expected. */
  read<T>(status: number, path: string, init?: RequestInit & { json?: unknown }): Promise<T>
  /** Sends photos and waits until they are indexed. */
  bring(photos: Uint8Array[], fields?: Record<string, string>): Promise<MediaItem[]>
  /** Waits until no photo is waiting. */
  settled(): Promise<void>
}

export async function testConfig(changes: Partial<Config> = {}): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-api-'))
  await writeTestModels(join(folder, 'models'))
  return {
    ...readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent', THREADS: '1' }),
    detector: TEST_DETECTOR,
    embedder: TEST_EMBEDDER,
    ...changes,
  }
}

export async function openTestService(changes: Partial<Config> = {}): Promise<TestService> {
  const config = await testConfig(changes)
  const service = await openService(config, { indexing: true, database: await openTestDatabase() })
  const app = createApp(service)
  const ask: TestService['ask'] = async (path, { json, ...init } = {}) =>
    json === undefined
      ? await app.request(path, init)
      : await app.request(path, {
          method: 'POST',
          ...init,
          headers: { 'Content-Type': 'application/json', ...init.headers },
          body: JSON.stringify(json),
        })
  const read = async <T>(status: number, path: string, init?: Parameters<typeof ask>[1]): Promise<T> => {
    const response = await ask(path, init)
    const body: unknown = response.status === 204 ? null : await response.json()
    if (response.status !== status)
      throw new Error(`${path}: expected ${status} but received ${response.status} ${JSON.stringify(body)}`)
    // The caller names the type that the route documents.
    return body as T
  }
  const settled = async () => {
    for (;;) {
      const { items } = await read<{ items: Media[] }>(200, '/api/media?status=queued&limit=1')
      if (items.length === 0) break
      await sleep(10)
    }
    await service.learning.sync()
  }
  return {
    ...service,
    app,
    folder: config.dataDir,
    ask,
    read,
    settled,
    async bring(photos, fields = {}) {
      const { items } = await read<{ items: MediaItem[] }>(202, '/api/media', {
        method: 'POST',
        body: form(photos, fields),
      })
      await settled()
      return items
    },
    async close() {
      await service.close()
      await rm(config.dataDir, { recursive: true, force: true })
    },
  }
}

export function form(
  photos: (Uint8Array | [name: string, bytes: Uint8Array])[],
  fields: Record<string, string> = {},
): FormData {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.set(name, value)
  for (const [i, photo] of photos.entries()) {
    const [name, bytes] = Array.isArray(photo) ? photo : [`photo-${i}.jpg`, photo]
    body.append('photo', new Blob([new Uint8Array(bytes)]), name)
  }
  return body
}

/** The only animal of a photo. */
export async function detectionOf(service: TestService, item: MediaItem | undefined): Promise<Detection> {
  const media = await service.read<Media>(200, `/api/media/${item?.id}`)
  const [detection, ...more] = media.detections
  if (detection === undefined || more.length > 0)
    throw new Error(`Expected one detection but found ${media.detections.length}`)
  return detection
}

/** Makes class Insecta > order Lepidoptera > family Nymphalidae > genus > the species; returns ids by name. */
export async function makeTaxa(service: TestService, species: string[]): Promise<Record<string, string>> {
  const make = async (name: string, rank: string, parentId: string | null) =>
    (await service.read<TaxonDetail>(201, '/api/taxa', { json: { name, rank, parentId } })).id
  const ids: Record<string, string> = {}
  let parent: string | null = null
  for (const [name, rank] of [
    ['Insecta', 'class'],
    ['Lepidoptera', 'order'],
    ['Nymphalidae', 'family'],
  ] as const) {
    parent = await make(name, rank, parent)
    ids[name] = parent
  }
  for (const name of species) {
    const genus = name.split(' ')[0]!
    ids[genus] ??= await make(genus, 'genus', parent)
    ids[name] = await make(name, 'species', ids[genus])
  }
  return ids
}

/** The service of a test file, with these species in it and their ids by name; closed after the file's tests. */
export async function openServiceWith(species: string[], changes: Partial<Config> = {}) {
  const service = await openTestService(changes)
  after(() => service.close())
  return { service, taxa: await makeTaxa(service, species) }
}

export async function suggestFor(service: TestService, bytes: Uint8Array, query = ''): Promise<Answer> {
  return await service.read<Answer>(200, `/api/suggestions${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'image/jpeg' },
    body: new Uint8Array(bytes),
  })
}
