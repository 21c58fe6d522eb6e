// Editing the taxonomy: children of a taxon, trial runs and edits, the log, what a classifier knows, and imports.

import { queryOptions } from '@tanstack/solid-query'
import type { EditResult } from '../../api/contract/taxonomy.ts'
import type { TaxonomyImport } from '../../api/contract/taxonomy-import.ts'
import { api, bodyOf, send } from './client.ts'
import { pagesOf } from './pages.ts'
import { queries } from './query-client.ts'

export type Command = Parameters<typeof api.taxonomy.edits.$post>[0]['json']['command']
export type Expected = Record<string, number>

/** All children, however many; `none` stands for the top of the taxonomy. */
export const childrenOf = (parent: string) =>
  queryOptions({
    queryKey: ['taxa', 'children', parent],
    staleTime: Number.POSITIVE_INFINITY,
    reconcile: false,
    queryFn: async ({ signal }) => {
      const first = await bodyOf(api.taxonomy.children.$get({ query: { parent } }, { init: { signal } }))
      const items = [...first.items]
      for (let cursor = first.nextCursor; cursor !== null; ) {
        const page = await bodyOf(api.taxonomy.children.$get({ query: { parent, cursor } }, { init: { signal } }))
        items.push(...page.items)
        cursor = page.nextCursor
      }
      return items
    },
  })

export const knowledgeOf = (id: string) =>
  queryOptions({
    queryKey: ['taxa', 'knowledge', id],
    staleTime: 60_000,
    queryFn: ({ signal }) => bodyOf(api.taxa[':id'].knowledge.$get({ param: { id } }, { init: { signal } })),
  })

/** The log of one taxon or of all. */
export const editPages = (taxon: string | undefined, limit = 20) =>
  pagesOf(['taxa', 'edits', taxon ?? 'all', limit], (cursor, init) =>
    bodyOf(api.taxonomy.edits.$get({ query: { taxon, cursor, limit: String(limit) } }, init)),
  )

export const tried = (command: Command | null) =>
  queryOptions({
    queryKey: ['tried', command],
    enabled: command !== null,
    gcTime: 0,
    staleTime: 0,
    retry: false,
    queryFn: ({ signal }) => {
      if (command === null) throw new Error('Expected a command to try')
      return bodyOf(api.taxonomy.edits.$post({ query: { dryRun: 'true' }, json: { command } }, { init: { signal } }))
    },
  })

const afterEdit = () => {
  for (const key of [['taxa'], ['answer'], ['detection'], ['detections'], ['summary']])
    void queries.invalidateQueries({ queryKey: key })
}

export async function applyEdit(command: Command, why: string, expected: Expected): Promise<EditResult> {
  const json = { command, expected, ...(why !== '' && { why }) }
  const result = await bodyOf(api.taxonomy.edits.$post({ query: {}, json }))
  afterEdit()
  return result
}

export async function undoEdit(id: string): Promise<EditResult> {
  const result = await bodyOf(api.taxonomy.edits[':id'].undo.$post({ param: { id }, query: {} }))
  afterEdit()
  return result
}

export type ImportChoice = { kinds: string[]; except: string[]; keys: string[] }

/** With `choice` null the file is only compared. */
export async function importTaxonomy(file: File, choice: ImportChoice | null): Promise<TaxonomyImport> {
  const body = new FormData()
  if (choice) body.set('choose', JSON.stringify(choice))
  body.append('file', file)
  const response = await send(`/api/taxonomy/imports?dryRun=${choice === null}`, { method: 'POST', body })
  if (choice) afterEdit()
  return (await response.json()) as TaxonomyImport // POST /api/taxonomy/imports
}

/** The examples of a taxon that are most similar to one of them. */
export const likeExample = (detectionId: string, within: string, k: number) =>
  bodyOf(api.similar.$get({ query: { detectionId, within, k: String(k) } }))
