// Switches between the charts, the map of look-alikes and the versions, and keeps the filter of the first two.

import { A, useLocation } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { addressOf } from '../charts/filter.ts'
import type { InsightFilter } from '../server/insight.ts'
import './insight-tabs.css'

export function InsightTabs(props: { filter: InsightFilter }): JSX.Element {
  const location = useLocation()
  const current = (path: string) => (location.pathname === path ? 'page' : undefined)
  return (
    <nav class="segments insight-tabs" aria-label="Views of insight">
      <A href={`/insight${addressOf(props.filter)}`} end aria-current={current('/insight')}>
        Charts
      </A>
      <A href={`/insight/map${addressOf(props.filter)}`} aria-current={current('/insight/map')}>
        Map of look-alikes
      </A>
      <A href="/insight/versions" aria-current={current('/insight/versions')}>
        Versions
      </A>
    </nav>
  )
}
