// The numbers for a report, and the addresses of what is downloaded. All take the filter of insight without its person.

import { queryOptions } from '@tanstack/solid-query'
import { api, bodyOf } from './client.ts'
import type { InsightFilter } from './insight.ts'

export type ResultsRule = { gapMinutes: number; independence: 'lastRecord' | 'lastIndependentRecord' }
export type ResultsFilter = Omit<InsightFilter, 'person'>

/** A season takes about a second to compute. */
const FRESH_MS = 30_000

const { results } = api
const asked = (filter: ResultsFilter, { gapMinutes, independence }: ResultsRule) => ({
  ...filter,
  gapMinutes: String(gapMinutes),
  independence,
})

export const surveyResults = (filter: ResultsFilter, rule: ResultsRule) =>
  queryOptions({
    queryKey: ['results', filter, rule],
    staleTime: FRESH_MS,
    reconcile: false,
    queryFn: ({ signal }) => bodyOf(results.$get({ query: asked(filter, rule) }, { init: { signal } })),
  })

export type CurvesAsked = { taxon: string; with?: string; time: 'clock' | 'sun' }

export const activityCurves = (filter: ResultsFilter, rule: ResultsRule, curves: CurvesAsked | null) =>
  queryOptions({
    queryKey: ['results-activity', filter, rule, curves],
    staleTime: FRESH_MS,
    reconcile: false,
    enabled: curves !== null,
    queryFn: ({ signal }) =>
      bodyOf(results.activity.$get({ query: { ...asked(filter, rule), ...curves } }, { init: { signal } })),
  })

export const cameraFindings = () =>
  queryOptions({
    queryKey: ['results-cameras'],
    staleTime: FRESH_MS,
    reconcile: false,
    queryFn: ({ signal }) => bodyOf(results.cameras.$get({}, { init: { signal } })),
  })

export type Behind = ResultsFilter & { station?: string }
export const animalsBehind = (query: Behind) => bodyOf(results.animals.$get({ query }))

/** The address of a detection history or of the effort beside it. */
export function historyAddress(
  table: 'history' | 'effort',
  filter: ResultsFilter,
  { taxon, occasionDays, minActiveDays }: { taxon: string; occasionDays: number; minActiveDays: number },
): string {
  const { deployment, from, to, importId } = filter
  const given = Object.entries({ deployment, from, to, importId }).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given as [string, string][]) // those without a value are left out
  query.set('taxon', taxon)
  query.set('occasionDays', String(occasionDays))
  query.set('minActiveDays', String(minActiveDays))
  return `/api/results/${table}.csv?${query}`
}
