// The numbers for a report, under one filter that the address holds: events, rates, effort, richness, activity, camera
// health, and tables for occupancy models.

import { A, useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Show } from 'solid-js'
import type { Results as SurveyResults } from '../../api/contract/survey/results.ts'
import { addressOf, filterOf, searchOf } from '../charts/filter.ts'
import { FilterBar } from '../charts/filter-bar.tsx'
import { useOpener } from '../charts/open.ts'
import { Download, MapPin, Printer } from '../icons/icons.ts'
import { FactList } from '../parts/fact-list.tsx'
import { Choice } from '../parts/form/choice.tsx'
import { count } from '../parts/format.ts'
import { mayAs } from '../person/person.ts'
import { dataOf } from '../server/query-client.ts'
import { type ResultsRule, reportAddress, surveyResults } from '../server/results.ts'
import { ActivityChart } from './activity-chart.tsx'
import { Health } from './health.tsx'
import { MatrixChart } from './matrix-chart.tsx'
import { Occupancy } from './occupancy.tsx'
import { RatesChart } from './rates-chart.tsx'
import { RichnessChart } from './richness-chart.tsx'
import { StationsChart } from './stations-chart.tsx'
import { decimal, openerOf } from './survey-props.ts'
import '../charts/charts-page.css'
import './results.css'

const GAPS = [1, 5, 10, 15, 30, 60, 120, 1440]
const DEFAULT_GAP = 30

export default function Results(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const filter = createMemo(
    () => {
      const { person: _everybody, ...asked } = filterOf(search)
      return asked
    },
    undefined,
    { equals: (a, b) => addressOf(a) === addressOf(b) },
  )
  const rule = createMemo((): ResultsRule => {
    const gap = Number(search.gap ?? DEFAULT_GAP)
    return {
      gapMinutes: Number.isFinite(gap) && gap >= 0 ? gap : DEFAULT_GAP,
      independence: search.from_first === '1' ? 'lastIndependentRecord' : 'lastRecord',
    }
  })
  const query = useQuery(() => surveyResults(filter(), rule()))
  const open = openerOf(useOpener(), filter)
  const gaps = GAPS.filter((minutes) => minutes !== DEFAULT_GAP).map((minutes) => ({
    value: String(minutes),
    text: gapText(minutes),
  }))
  return (
    <div class="page charts-page">
      <header class="page-head">
        <h1>Results</h1>
        <div class="choices charts-page-acts">
          <A href="/deployments" class="button">
            <MapPin size={16} /> Deployments
          </A>
          <a
            class="button"
            hidden={!mayAs('reviewer')}
            href={reportAddress(filter(), rule())}
            download=""
            target="_self"
          >
            <Download size={16} /> Everything as files
          </a>
          <button type="button" class="button quiet charts-page-print" onClick={() => window.print()}>
            <Printer size={16} /> Print
          </button>
        </div>
      </header>
      <FilterBar everybody filter={filter()} onChange={(next) => setSearch(searchOf(next))} />
      <div class="choices charts-page-acts results-rule">
        <Choice
          label="A new event after"
          any={gapText(DEFAULT_GAP)}
          value={rule().gapMinutes === DEFAULT_GAP ? undefined : String(rule().gapMinutes)}
          options={gaps}
          onChange={(value) => setSearch({ gap: value === '' ? null : value })}
        />
        <Choice
          label="Measured from"
          any="The record before"
          value={rule().independence === 'lastRecord' ? undefined : '1'}
          options={[{ value: '1', text: 'The first record of the event' }]}
          onChange={(value) => setSearch({ from_first: value === '' ? null : value })}
        />
      </div>
      <Totals data={dataOf(query)} />
      <div class="charts-page-grid">
        <RatesChart query={query} filter={filter()} rule={rule()} open={open} />
        <MatrixChart query={query} filter={filter()} rule={rule()} open={open} />
        <StationsChart query={query} filter={filter()} rule={rule()} open={open} />
        <RichnessChart query={query} filter={filter()} rule={rule()} open={open} />
        <ActivityChart query={query} filter={filter()} rule={rule()} open={open} />
        <Occupancy query={query} filter={filter()} rule={rule()} open={open} />
        <Health />
      </div>
    </div>
  )
}

const gapText = (minutes: number) => (minutes < 60 ? `${minutes} min` : `${minutes / 60} h`)

/** A subspecies is its species; what is coarser is none. */
const speciesIn = ({ taxa }: SurveyResults) =>
  new Set(taxa.flatMap(({ taxon }) => [...taxon.path, taxon].find(({ rank }) => rank === 'species')?.id ?? [])).size

function Totals(props: { data: SurveyResults | undefined }): JSX.Element {
  const figures = (): [name: string, value: string][] => {
    const { data } = props
    if (data === undefined) return []
    return [
      ['events', count(data.events)],
      ['species', count(speciesIn(data))],
      ['stations', count(data.stations.length)],
      ['camera-days', decimal(data.days)],
      ['not reviewed', count(data.unreviewed)],
    ]
  }
  return (
    <dl class="results-totals" aria-busy={props.data === undefined}>
      <Show when={props.data} fallback={<div class="skeleton results-totals-skeleton" />}>
        <FactList facts={figures()} />
      </Show>
    </dl>
  )
}
