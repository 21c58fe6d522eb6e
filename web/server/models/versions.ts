// Versions of the tree, and the photos behind their figures.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from '../client.ts'

const { versions } = api.tree
const one = versions[':version']

export type JudgedFilter = NonNullable<Parameters<(typeof one.photos)['$get']>[0]['query']>
export type ConfusionRank = NonNullable<Parameters<(typeof one.confusions)['$get']>[0]['query']>['rank']

export const versionList = () =>
  queryOptions({
    queryKey: ['versions'],
    queryFn: ({ signal }) => bodyOf(versions.$get({ query: { limit: '50' } }, { init: { signal } })),
  })

/** Cards never change, except in whether their version answers. */
export const versionCard = (version: string) =>
  queryOptions({
    queryKey: ['versions', version],
    queryFn: ({ signal }) => bodyOf(one.$get({ param: { version } }, { init: { signal } })),
  })

export const versionConfusions = (version: string, rank: ConfusionRank) =>
  queryOptions({
    queryKey: ['versions', version, 'confusions', rank ?? null],
    queryFn: ({ signal }) => bodyOf(one.confusions.$get({ param: { version }, query: { rank } }, { init: { signal } })),
  })

export const judgedPhotos = (version: string, query: JudgedFilter) =>
  queryOptions({
    queryKey: ['versions', version, 'photos', query],
    queryFn: ({ signal }) => bodyOf(one.photos.$get({ param: { version }, query }, { init: { signal } })),
  })

export const reportOf = (version: number): string => `/api/tree/versions/${version}/report.html`
export const cardFileOf = (version: number): string => `/api/tree/versions/${version}/card.json`
