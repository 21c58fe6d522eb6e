// Insight: what is there and how good suggestions are, under one filter that stands in the address.

import { A, useLocation, useSearchParams } from '@solidjs/router'
import { createMemo, type JSX } from 'solid-js'
import { Printer } from '../icons/icons.ts'
import type { InsightFilter } from '../server/insight.ts'
import {
  ActivityChart,
  CamerasChart,
  ConfidenceChart,
  ConfirmedChart,
  PlacesChart,
  ProbabilityChart,
  TaxaChart,
} from './counted-charts.tsx'
import { addressOf, filterOf, searchOf } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { AccuracyChart, LearningChart, ReliabilityChart } from './measured-charts.tsx'
import { useOpener } from './open.ts'
import './insight.css'

export default function Insight(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const filter = createMemo(() => filterOf(search), undefined, {
    equals: (a, b) => addressOf(a) === addressOf(b),
  })
  const change = (next: InsightFilter) => setSearch(searchOf(next))
  const opener = useOpener()
  return (
    <div class="page insight">
      <header class="page-head">
        <h1>Insight</h1>
        <div class="insight-acts">
          <InsightTabs filter={filter()} />
          <button type="button" class="button quiet insight-print" onClick={() => window.print()}>
            <Printer size={16} /> Print
          </button>
        </div>
      </header>
      <FilterBar filter={filter()} onChange={change} />
      <div class="charts">
        <TaxaChart filter={filter()} opener={opener} onFilter={change} />
        <ConfirmedChart filter={filter()} opener={opener} />
        <CamerasChart filter={filter()} opener={opener} onFilter={change} />
        <ActivityChart filter={filter()} opener={opener} />
        <PlacesChart filter={filter()} opener={opener} />
        <ConfidenceChart filter={filter()} opener={opener} />
        <ProbabilityChart filter={filter()} opener={opener} />
        <AccuracyChart filter={filter()} opener={opener} />
        <ReliabilityChart filter={filter()} opener={opener} />
        <LearningChart filter={filter()} opener={opener} />
      </div>
    </div>
  )
}

/** Numbers or the map of look-alikes, under the same filter. */
export function InsightTabs(props: { filter: InsightFilter }): JSX.Element {
  const location = useLocation()
  const current = (path: string) => (location.pathname === path ? 'page' : undefined)
  return (
    <nav class="segments" aria-label="Views of insight">
      <A href={`/insight${addressOf(props.filter)}`} end aria-current={current('/insight')}>
        Numbers
      </A>
      <A href={`/insight/map${addressOf(props.filter)}`} aria-current={current('/insight/map')}>
        Map of look-alikes
      </A>
    </nav>
  )
}
