// Charts of what the photos hold and how good suggestions are, under one filter that the address holds.

import { useSearchParams } from '@solidjs/router'
import { createMemo, type JSX } from 'solid-js'
import { addressOf, filterOf, searchOf } from '../charts/filter.ts'
import { FilterBar } from '../charts/filter-bar.tsx'
import { useOpener } from '../charts/open.ts'
import { Printer } from '../icons/icons.ts'
import type { InsightFilter } from '../server/insight.ts'
import { AccuracyChart, ReliabilityChart } from './charts/accuracy-charts.tsx'
import { ActivityChart } from './charts/activity-chart.tsx'
import { CamerasChart } from './charts/cameras-chart.tsx'
import { ConfirmedChart } from './charts/confirmed-chart.tsx'
import { ConfidenceChart, ProbabilityChart } from './charts/histogram-charts.tsx'
import { LearningChart } from './charts/learning-chart.tsx'
import { PlacesChart } from './charts/places-chart.tsx'
import { TaxaChart } from './charts/taxa-chart.tsx'
import { InsightTabs } from './insight-tabs.tsx'
import '../charts/charts-page.css'

export default function Insight(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const filter = createMemo(() => filterOf(search), undefined, {
    equals: (a, b) => addressOf(a) === addressOf(b),
  })
  const change = (next: InsightFilter) => setSearch(searchOf(next))
  const opener = useOpener()
  return (
    <div class="page charts-page">
      <header class="page-head">
        <h1>Insight</h1>
        <div class="acts charts-page-acts">
          <InsightTabs filter={filter()} />
          <button type="button" class="button quiet charts-page-print" onClick={() => window.print()}>
            <Printer size={16} /> Print
          </button>
        </div>
      </header>
      <FilterBar filter={filter()} onChange={change} />
      <div class="charts-page-grid">
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
