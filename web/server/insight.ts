// The numbers behind the charts: one query per chart, all under the same filter, and selections that open the photos
// behind a bar.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'

export type InsightFilter = NonNullable<Parameters<typeof api.insight.taxa.$get>[0]['query']>
export type NewSelection = Parameters<typeof api.selections.$post>[0]['json']
export type Bucket = NonNullable<NewSelection['bucket']>

/** Counts of a large installation take time to compute and change slowly. */
const FRESH_MS = 30_000

const { insight } = api
type Init = { init: { signal: AbortSignal } }
const counted = <T>(name: string, filter: InsightFilter, ask: (query: InsightFilter, init: Init) => Promise<T>) =>
  queryOptions({
    queryKey: ['insight', name, filter],
    staleTime: FRESH_MS,
    reconcile: false,
    queryFn: ({ signal }) => ask(filter, { init: { signal } }),
  })

export const taxaInsight = (filter: InsightFilter) =>
  counted('taxa', filter, (query, init) => bodyOf(insight.taxa.$get({ query }, init)))
export const confidenceInsight = (filter: InsightFilter) =>
  counted('confidence', filter, (query, init) => bodyOf(insight.confidence.$get({ query }, init)))
export const probabilityInsight = (filter: InsightFilter) =>
  counted('probability', filter, (query, init) => bodyOf(insight.probability.$get({ query }, init)))
export const activityInsight = (filter: InsightFilter) =>
  counted('activity', filter, (query, init) => bodyOf(insight.activity.$get({ query }, init)))
export const deploymentsInsight = (filter: InsightFilter) =>
  counted('deployments', filter, (query, init) => bodyOf(insight.deployments.$get({ query }, init)))
export const confirmedInsight = (filter: InsightFilter) =>
  counted('confirmed', filter, (query, init) => bodyOf(insight.confirmed.$get({ query }, init)))
export const accuracyInsight = (filter: InsightFilter) =>
  counted('accuracy', filter, (query, init) => bodyOf(insight.accuracy.$get({ query }, init)))
export const learningInsight = (filter: InsightFilter) =>
  counted('learning', filter, (query, init) => bodyOf(insight.learning.$get({ query }, init)))

/** What is counted beside the requests is asked for again: soon where it is not there yet. */
const UNCOUNTED_MS = 1000
const COUNTED_MS = 30_000
export const recount = (countedAt: string | null | undefined): number =>
  countedAt === null ? UNCOUNTED_MS : COUNTED_MS

/** Of all that waits, whatever filter holds. */
export const wrongLeft = () =>
  queryOptions({
    queryKey: ['summary', 'wrong-left'],
    queryFn: ({ signal }) => bodyOf(insight['wrong-left'].$get({ query: {} }, { init: { signal } })),
    refetchInterval: ({ state }) => recount(state.data?.countedAt),
  })

export const select = (selection: NewSelection) => bodyOf(api.selections.$post({ json: selection }))

/** How often the progress of a map is requested. */
const COMPUTING_MS = 1000

export const mapStanding = () =>
  queryOptions({
    queryKey: ['insight-map'],
    queryFn: ({ signal }) => bodyOf(insight.map.$get({}, { init: { signal } })),
    refetchInterval: ({ state }) => (state.data?.state === 'computing' ? COMPUTING_MS : false),
  })
export const beginMap = () => bodyOf(insight.map.$post())
/** Not a query: its lists are long, and a store that tracks every number would be slow. */
export const mapPoints = (filter: InsightFilter) => bodyOf(insight.map.points.$get({ query: filter }))
