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
export const historyAddress = (
  table: 'history' | 'effort',
  { deployment, site, from, to, importId }: ResultsFilter,
  { taxon, occasionDays, minActiveDays }: { taxon: string; occasionDays: number; minActiveDays: number },
): string =>
  addressOf(`/api/results/${table}.csv`, {
    ...{ deployment, site, from, to, importId, taxon },
    occasionDays: String(occasionDays),
    minActiveDays: String(minActiveDays),
  })

/** The address of everything as files, in one zip. */
export const reportAddress = (filter: ResultsFilter, rule: ResultsRule): string =>
  addressOf('/api/results/report.zip', asked(filter, rule))

function addressOf(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `${path}?${new URLSearchParams(given)}`
}
