// Models that can be fetched by name. Each is known by the sha256 that its publisher states; a file with other bytes is
// never used.

import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ModelError } from '../errors.ts'
import type { Corrections } from './add-model.ts'
import { cannotReach, fetchModelFile } from './fetch.ts'

const threeNumbers = z.tuple([z.number(), z.number(), z.number()])

const entrySchema = z
  .object({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/),
    kind: z.enum(['detector', 'embedder']),
    /** A sentence or two for people who choose. */
    title: z.string().min(1),
    /** The file's own address. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** OWNER/REPOSITORY on the hub, which says which of its files has this sha256. */
    hub: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/)
      .optional(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.number().int().positive(),
    licence: z.string().min(1),
    source: z.string().min(1),
    /** Whether somebody of the project has run it. */
    tried: z.boolean(),
    corrections: z
      .object({
        input: z
          .object({
            range: z.tuple([z.number(), z.number()]),
            mean: threeNumbers,
            std: threeNumbers,
          })
          .optional(),
        transform: z.enum(['none', 'sqrt']).optional(),
      })
      .default({}),
  })
  .refine(({ url, hub }) => (url === undefined) !== (hub === undefined), 'Expected either url or hub')
export type CatalogueEntry = z.infer<typeof entrySchema>

export async function readCatalogue(
  file: URL = new URL('./catalogue.json', import.meta.url),
): Promise<CatalogueEntry[]> {
  return z.array(entrySchema).parse(JSON.parse(await readFile(file, 'utf8')))
}

/** What `addModel` is told of an entry. */
export const correctionsOf = ({ title, corrections }: CatalogueEntry): Corrections => ({
  description: title,
  ...(corrections.input && { input: corrections.input }),
  ...(corrections.transform && { transform: corrections.transform }),
})

export const HUB = 'https://huggingface.co'

type FetchEntryOptions = Pick<Parameters<typeof fetchModelFile>[0], 'folder' | 'signal' | 'onProgress' | 'retries'> & {
  /** The hub's address. */
  hub?: string
}

/** Returns the path of the verified file. Throws ModelError, or the signal's reason. */
export async function fetchEntry(entry: CatalogueEntry, { hub = HUB, ...options }: FetchEntryOptions): Promise<string> {
  const url = entry.url ?? (await addressInHub(hub, entry, options.signal))
  return await fetchModelFile({ url, sha256: entry.sha256, ...options })
}

const treeSchema = z.array(z.object({ path: z.string(), lfs: z.object({ oid: z.string() }).optional() }))

/** The hub lists the sha256 of its large files, so a file that was renamed is found and one that was changed is not. */
async function addressInHub(hub: string, entry: CatalogueEntry, signal?: AbortSignal): Promise<string> {
  const list = `${hub}/api/models/${entry.hub}/tree/main?recursive=true`
  const response = await fetch(list, { signal: signal ?? null }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw cannotReach(list, cause)
  })
  const tree = response.ok ? treeSchema.safeParse(await response.json().catch(() => null)).data : undefined
  if (tree === undefined)
    throw new ModelError(`${list} answered ${response.status}: look at ${entry.source} for the file.`)
  const found = tree.find(({ lfs }) => lfs?.oid === entry.sha256)
  if (found) return `${hub}/${entry.hub}/resolve/main/${found.path.split('/').map(encodeURIComponent).join('/')}`
  throw new ModelError(
    `${entry.source} no longer offers a file with the sha256 ${entry.sha256}. Get it elsewhere, then add the file.`,
  )
}

const STALE_MS = 7 * 24 * 3_600_000

/** Removes what downloads and uploads left behind a week ago or longer. */
export async function sweepDownloads(folder: string, olderThanMs = STALE_MS): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const facts = await stat(join(folder, name)).catch(() => null)
    if (facts !== null && Date.now() - facts.mtimeMs > olderThanMs)
      await rm(join(folder, name), { recursive: true, force: true })
  }
}
