// The map of look-alikes: every animal is a point near the animals it resembles. This page starts the computation and
// loads the points under the filter of the address; map-explorer.tsx shows them.

import { useSearchParams } from '@solidjs/router'
import { useQuery, useQueryClient } from '@tanstack/solid-query'
import { createMemo, createResource, type JSX, Match, Show, Switch } from 'solid-js'
import type { MapStanding } from '../../../api/contract/insight.ts'
import { addressOf, filterOf, searchOf } from '../../charts/filter.ts'
import { FilterBar } from '../../charts/filter-bar.tsx'
import { RefreshCw } from '../../icons/icons.ts'
import { counted, when } from '../../parts/format.ts'
import { Failure, Message } from '../../parts/message.tsx'
import { notifyFailure } from '../../parts/notices.tsx'
import { beginMap, type InsightFilter, mapPoints, mapStanding } from '../../server/insight.ts'
import { dataOf } from '../../server/query-client.ts'
import { InsightTabs } from '../insight-tabs.tsx'
import { MapExplorer } from './map-explorer.tsx'
import { spreadOf } from './spread.ts'
import '../../charts/legend.css'
import './map.css'

export default function LookAlikes(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const filter = createMemo(() => filterOf(search), undefined, { equals: (a, b) => addressOf(a) === addressOf(b) })
  const standing = useQuery(mapStanding)
  const client = useQueryClient()
  const now = () => dataOf(standing)
  const readyId = () => now()?.ready?.id
  const [points] = createResource(
    () => {
      const id = readyId()
      return id === undefined ? undefined : { id, filter: filter() }
    },
    ({ filter: asked }) => mapPoints(asked),
  )
  const spread = createMemo(() => {
    const found = points.state === 'ready' || points.state === 'refreshing' ? points.latest : undefined
    return found === undefined ? null : spreadOf(found)
  })
  const compute = async () => {
    try {
      client.setQueryData(mapStanding().queryKey, await beginMap())
    } catch (error) {
      notifyFailure('The computation could not be started', error)
    }
    void standing.refetch()
  }
  const busy = () => now()?.state === 'computing'

  return (
    <div class="page map">
      <header class="page-head">
        <h1>Map of look-alikes</h1>
        <InsightTabs filter={filter()} />
      </header>
      <FilterBar filter={filter()} onChange={(next: InsightFilter) => setSearch(searchOf(next))} />
      <Show when={busy()}>
        <div class="map-progress" role="status">
          <progress max={1} value={now()?.progress ?? 0} aria-label="Computing the map" />
          <span>Computing the map: {Math.round((now()?.progress ?? 0) * 100)} %. You can go on working.</span>
        </div>
      </Show>
      <Show when={now()?.state === 'failed' && now()?.message}>
        {(reason) => <p class="map-failed">The last computation failed: {reason()}</p>}
      </Show>
      <Switch fallback={<div class="map-skeleton skeleton" aria-busy="true" />}>
        <Match when={standing.isError}>
          <Failure error={standing.error} retry={() => void standing.refetch()} />
        </Match>
        <Match when={points.error}>
          <Failure error={points.error} />
        </Match>
        <Match when={now() && readyId() === undefined}>
          <Show when={!busy()}>
            <Message
              title="No map yet"
              actions={
                <button type="button" class="button primary" onClick={() => void compute()}>
                  Compute the map
                </button>
              }
            >
              The map places every animal near the animals it resembles. Computing it takes a minute or two in the
              background. The result is stored.
            </Message>
          </Show>
        </Match>
        <Match when={spread()}>
          {(found) => (
            <MapExplorer
              spread={found()}
              foot={<Origin ready={now()?.ready ?? null} busy={busy()} onCompute={() => void compute()} />}
            />
          )}
        </Match>
      </Switch>
    </div>
  )
}

/** What the map was computed from, and a button that computes a newer one. */
function Origin(props: { ready: MapStanding['ready']; busy: boolean; onCompute: () => void }): JSX.Element {
  return (
    <p class="legend">
      <Show when={props.ready}>
        {(ready) => (
          <>
            {counted(ready().animals, 'animal')}, computed with tree {ready().treeVersion} on {when(ready().finishedAt)}
            .<Show when={ready().newer > 0}> {counted(ready().newer, 'newer animal')} not on the map.</Show>{' '}
          </>
        )}
      </Show>
      <button type="button" class="button quiet" disabled={props.busy} onClick={() => props.onCompute()}>
        <RefreshCw size={15} /> Compute again
      </button>
    </p>
  )
}
