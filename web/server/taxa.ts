// The taxonomy: searching, browsing and changing it.

import { queryOptions } from '@tanstack/solid-query'
import type { Taxon } from '../../api/contract/taxon.ts'
import { api, bodyOf } from './client.ts'
import { pagesOf } from './pages.ts'

type Rank = Taxon['rank']

export const taxonSearch = (q: string) =>
  queryOptions({
    queryKey: ['taxa', 'search', q],
    queryFn: ({ signal }) => bodyOf(api.taxa.$get({ query: { q, limit: '50' } }, { init: { signal } })),
  })

/** `parent: 'none'` lists the taxa at the top. */
export type TaxonList = { q: string } | { parent: string } | { needsPlacing: 'true' } | { active: 'false' }

export const taxonPages = (list: TaxonList) =>
  pagesOf(['taxa', 'list', list], (cursor, init) =>
    bodyOf(api.taxa.$get({ query: { ...list, cursor, limit: '100' } }, init)),
  )

export const taxonOne = (id: string) =>
  queryOptions({
    queryKey: ['taxa', 'one', id],
    queryFn: ({ signal }) => bodyOf(api.taxa[':id'].$get({ param: { id } }, { init: { signal } })),
  })

/** Where the bundled backbone places a taxon. */
export const backbonePlace = (name: string, rank: Rank) =>
  queryOptions({
    queryKey: ['taxa', 'backbone', name, rank],
    queryFn: ({ signal }) => bodyOf(api.backbone.$get({ query: { name, rank } }, { init: { signal } })),
  })

type NewTaxon = Parameters<typeof api.taxa.$post>[0]['json']

export const createTaxon = (taxon: NewTaxon) => bodyOf(api.taxa.$post({ json: taxon }))
