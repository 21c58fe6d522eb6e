// The requests of an import, sent over the network or into this process's own app: with a running server and without
// one, an import does the same.

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { TaxonWords } from '../../contract/exchange/findings.ts'
import {
  type FolderFacts,
  type Folders,
  folderFactsSchema,
  type Import,
  importSchema,
  type Offer,
  type PhotoFacts,
} from '../../contract/exchange/import.ts'
import { type Named, namedSchema } from '../../contract/exchange/reading.ts'
import { type ExportTemplateList, exportTemplateListSchema } from '../../contract/exchange/templates.ts'
import { type MediaItem, mediaItemSchema } from '../../contract/media.ts'
import { pageOf } from '../../contract/page.ts'
import type { NewDeployment } from '../../contract/survey/deployment.ts'
import { JSON_TYPE } from '../../http/json.ts'
import { problemSchema } from '../../http/problem.ts'

/** Like fetch, for paths of this API. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>

export type OfferedPhoto = Offer['photos'][number]
export type Upload = { bytes: Uint8Array<ArrayBuffer>; facts: PhotoFacts }

export type ImportClient = {
  factsOfFolders(request: Folders): Promise<FolderFacts[]>
  /** A lab's own names of columns, and what a column may hold. */
  templates(): Promise<ExportTemplateList>
  begin(name: string, total: number): Promise<Import>
  /** For each photo what became of it, or null where the server needs its bytes. */
  offer(importId: string, photos: OfferedPhoto[]): Promise<(MediaItem | null)[]>
  upload(importId: string, photos: Upload[]): Promise<MediaItem[]>
  /** Says that all photos were sent. */
  close(importId: string): Promise<Import>
  progress(importId: string): Promise<Import>
  failures(importId: string): AsyncIterable<MediaItem>
  unplaced(): Promise<string[]>
  /** The sha256 of photos that were imported before, by path; null where none is meant, or several. */
  known(paths: { path: string; withoutEnding: boolean }[]): Promise<(string | null)[]>
  /** What names of animals would become. */
  names(names: TaxonWords[]): Promise<Named[]>
  /** False: there is one of that name already, which stays as it is. */
  addDeployment(deployment: NewDeployment): Promise<boolean>
}

/** The server answered with a problem; the message is its sentence. */
export class RequestFailed extends Error {
  override name = 'RequestFailed'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** How long a server may be unreachable or busy before the import gives up. */
const PATIENCE_MS = 60_000
const FOLDERS_AT_ONCE = 1000
const PATHS_AT_ONCE = 1000
const NAMES_AT_ONCE = 500

export function createImportClient(send: Send): ImportClient {
  const ask = async <T>(schema: z.ZodType<T>, path: string, init: () => RequestInit = () => ({})): Promise<T> => {
    const response = await sendPatiently(send, path, init)
    const body: unknown = await response.json().catch(() => null)
    if (response.ok) return schema.parse(body)
    const problem = problemSchema.safeParse(body)
    throw new RequestFailed(
      response.status,
      problem.data?.detail ?? `The server answered ${response.status} to ${path}.`,
    )
  }
  const json = (body: unknown) => () => ({
    method: 'POST',
    headers: { 'Content-Type': JSON_TYPE },
    body: JSON.stringify(body),
  })

  return {
    async templates() {
      try {
        return await ask(exportTemplateListSchema, '/api/export/templates')
      } catch (error) {
        // A key that may only import.
        if (error instanceof RequestFailed && error.status === 403) return { items: [], fields: [] }
        throw error
      }
    },
    async factsOfFolders({ root, folders, labelling, corrections }) {
      const found: FolderFacts[] = []
      for (let i = 0; i < folders.length; i += FOLDERS_AT_ONCE) {
        const some = folders.slice(i, i + FOLDERS_AT_ONCE)
        const answer = await ask(
          z.object({ items: z.array(folderFactsSchema) }),
          '/api/imports/folders',
          json({ root, folders: some, labelling, corrections }),
        )
        found.push(...answer.items)
      }
      return found
    },
    begin: (name, total) => ask(importSchema, '/api/imports', json({ name, total })),
    async offer(importId, photos) {
      const schema = z.object({ items: z.array(mediaItemSchema.nullable()) })
      return (await ask(schema, '/api/media/offers', json({ importId, photos }))).items
    },
    async upload(importId, photos) {
      const form = () => {
        const body = new FormData()
        body.set('importId', importId)
        body.set('facts', JSON.stringify(photos.map((photo) => photo.facts)))
        for (const photo of photos) body.append('photo', new Blob([photo.bytes]), photo.facts.path ?? 'photo')
        return { method: 'POST', body }
      }
      return (await ask(z.object({ items: z.array(mediaItemSchema) }), '/api/media', form)).items
    },
    close: (importId) => ask(importSchema, `/api/imports/${importId}/close`, () => ({ method: 'POST' })),
    progress: (importId) => ask(importSchema, `/api/imports/${importId}`),
    failures: (importId) => pagesOf(ask, mediaItemSchema, `/api/imports/${importId}/failures`),
    async known(paths) {
      const schema = z.object({ items: z.array(z.string().nullable()) })
      const found: (string | null)[] = []
      for (let i = 0; i < paths.length; i += PATHS_AT_ONCE)
        found.push(
          ...(await ask(schema, '/api/imports/known', json({ paths: paths.slice(i, i + PATHS_AT_ONCE) }))).items,
        )
      return found
    },
    async names(names) {
      const schema = z.object({ items: z.array(namedSchema) })
      const found: Named[] = []
      for (let i = 0; i < names.length; i += NAMES_AT_ONCE)
        found.push(
          ...(await ask(schema, '/api/imports/names', json({ names: names.slice(i, i + NAMES_AT_ONCE) }))).items,
        )
      return found
    },
    async addDeployment(deployment) {
      try {
        await ask(z.unknown(), '/api/deployments', json(deployment))
        return true
      } catch (error) {
        if (error instanceof RequestFailed && error.status === 409) return false
        throw error
      }
    },
    async unplaced() {
      const named = z.object({ name: z.string() })
      const names: string[] = []
      for await (const { name } of pagesOf(ask, named, '/api/taxa?needsPlacing=true')) names.push(name)
      return names
    },
  }
}

async function* pagesOf<T>(
  ask: <A>(schema: z.ZodType<A>, path: string) => Promise<A>,
  item: z.ZodType<T>,
  path: string,
): AsyncGenerator<T> {
  let cursor: string | null = null
  do {
    const query: string = `${path.includes('?') ? '&' : '?'}limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const page: { items: T[]; nextCursor: string | null } = await ask(pageOf(item), path + query)
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}

/** Repeats a request while the server is unreachable or busy. Every request of an import may be repeated. */
async function sendPatiently(send: Send, path: string, init: () => RequestInit): Promise<Response> {
  const giveUpAt = performance.now() + PATIENCE_MS
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 5000)) {
    const response = await send(path, init()).catch((error: unknown) => {
      if (performance.now() > giveUpAt) throw new RequestFailed(0, `The server cannot be reached: ${reasonOf(error)}.`)
      return null
    })
    if (response !== null && (response.status !== 503 || performance.now() > giveUpAt)) return response
    const seconds = Number(response?.headers.get('Retry-After') ?? 0)
    await response?.body?.cancel()
    await sleep(Math.max(waitMs, seconds * 1000))
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
