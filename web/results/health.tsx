// What photos say about their cameras: clocks, gaps, floods of photos, dead flashes.

import { A } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { CameraHealth } from '../../api/contract/survey/results.ts'
import { cameraTime, count, counted } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { dataOf } from '../server/query-client.ts'
import { cameraFindings } from '../server/results.ts'
import './health.css'
import './result-card.css'

type Finding = CameraHealth['stations'][number]['findings'][number]

const sentences: Record<Finding['fault'], (finding: Finding) => string> = {
  undated: ({ count: n }) => `${counted(n, 'photo')} without a time`,
  before2010: ({ count: n }) => `${counted(n, 'photo')} from before 2010: the clock was never set`,
  inTheFuture: ({ count: n }) => `${counted(n, 'photo')} from the future`,
  clockRunsBackwards: ({ count: n }) => `The clock ran backwards at ${counted(n, 'photo')}`,
  gap: ({ count: n }) => `No photo for ${counted(n, 'day')}`,
  manyPhotosADay: ({ count: n }) => `More than 100 photos a day on ${counted(n, 'day')}`,
  noNightPhotos: ({ count: n }) => `No night photo among ${count(n)}: the flash may be dead`,
  outsideDates: ({ count: n }) => `${counted(n, 'photo')} outside the dates of the deployment`,
}

export function Health(): JSX.Element {
  const findings = useQuery(cameraFindings)
  return (
    <section class="panel result-card" aria-labelledby="health-head">
      <h2 id="health-head">Camera health</h2>
      <p class="result-card-text">
        Looked for in all photos, whatever the filter: no time, years before 2010 or ahead, a clock that runs backwards,
        21 days without a photo, more than 100 photos a day, no night photo in 50, photos outside the deployment’s
        dates.
      </p>
      <Switch fallback={<div class="skeleton health-skeleton" aria-busy="true" />}>
        <Match when={findings.status === 'error'}>
          <Failure error={findings.error} retry={() => void findings.refetch()} />
        </Match>
        <Match when={dataOf(findings)?.stations.length === 0}>
          <p class="result-card-text">Nothing odd was found.</p>
        </Match>
        <Match when={dataOf(findings)}>
          {(found) => (
            <ul class="health-list">
              <For each={found().stations}>
                {(station) => (
                  <li>
                    <h3>
                      <A href={`/deployments?id=${station.id}`}>{station.name.replaceAll('_', ' ')}</A>
                    </h3>
                    <ul>
                      <For each={station.findings}>{(finding) => <FindingLine finding={finding} />}</For>
                    </ul>
                  </li>
                )}
              </For>
            </ul>
          )}
        </Match>
      </Switch>
    </section>
  )
}

function FindingLine(props: { finding: Finding }): JSX.Element {
  return (
    <li class="health-finding">
      <span>{sentences[props.finding.fault](props.finding)}</span>
      <Show when={props.finding.from}>
        {(from) => (
          <span class="health-when">
            {cameraTime(from())}
            <Show when={props.finding.to !== from() && props.finding.to}>{(to) => <> to {cameraTime(to())}</>}</Show>
          </span>
        )}
      </Show>
      <Show when={props.finding.mediaIds[0]}>
        {(id) => (
          <A href={`/photos/${id()}`}>
            Photo<span class="unseen"> that shows it</span>
          </A>
        )}
      </Show>
    </li>
  )
}
