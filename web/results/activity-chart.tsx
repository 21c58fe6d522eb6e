// When one taxon is active, by the clock or by the sun, and how much of its day it shares with another.

import { useQuery } from '@tanstack/solid-query'
import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { ActivityResult } from '../../api/contract/survey/results.ts'
import { Chart } from '../charts/chart.tsx'
import { Choice } from '../parts/form/choice.tsx'
import { counted } from '../parts/format.ts'
import { dataOf } from '../server/query-client.ts'
import { activityCurves } from '../server/results.ts'
import { Made } from './made.tsx'
import { nameOf, type SurveyProps } from './survey-props.ts'
import '../charts/drawing.css'
import '../charts/legend.css'
import './activity-chart.css'
import './result-card.css'

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [16, 16, 12, 40, 240]

export function ActivityChart(props: SurveyProps): JSX.Element {
  const [chosen, setChosen] = createSignal<string>()
  const [other, setOther] = createSignal<string>()
  const [time, setTime] = createSignal<'clock' | 'sun'>('clock')
  const taxa = createMemo(() => dataOf(props.query)?.taxa ?? [])
  const options = createMemo(() => taxa().map(({ taxon }) => ({ value: taxon.id, text: nameOf(taxon) })))
  const taxon = () => chosen() ?? taxa()[0]?.taxon.id
  const asked = () => {
    const id = taxon()
    const second = other()
    return id === undefined ? null : { taxon: id, time: time(), ...(second !== undefined && { with: second }) }
  }
  const query = useQuery(() => activityCurves(props.filter, props.rule, asked()))
  const nameById = (id: string | undefined) => options().find(({ value }) => value === id)?.text ?? ''
  const given = (value: string) => (value === '' ? undefined : value)
  return (
    <div class="result-card">
      <div class="choices activity-chart-choices">
        <Choice
          label="Activity of"
          any="Most recorded"
          value={chosen()}
          options={options()}
          onChange={(id) => setChosen(given(id))}
        />
        <Choice
          label="Compared with"
          any="Nothing"
          value={other()}
          options={options()}
          onChange={(id) => setOther(given(id))}
        />
        <fieldset class="segments" aria-label="Time">
          <button type="button" aria-pressed={time() === 'clock'} onClick={() => setTime('clock')}>
            Clock
          </button>
          <button type="button" aria-pressed={time() === 'sun'} onClick={() => setTime('sun')}>
            Sun
          </button>
        </fieldset>
      </div>
      <Show when={taxon()} fallback={<p class="legend">Activity needs identified animals with a time.</p>}>
        <Chart
          wide
          title="Activity"
          note={time() === 'sun' ? 'The sun rises at 6 and sets at 18 h on every day.' : 'By the camera’s clock.'}
          name="activity"
          query={query}
          empty={(data) => (data.events === 0 ? emptyBecause(data) : null)}
          open={() => {
            const id = taxon()
            if (id !== undefined) props.open(nameById(id), { taxon: id })
          }}
          table={(data) => ({
            columns: ['hour', `${nameById(taxon())}: events`, ...(data.other ? [`${nameById(other())}: events`] : [])],
            rows: data.hours.map((events, hour) => ({
              cells: [hour, events, ...(data.other ? [data.other.hours[hour] ?? 0] : [])],
            })),
          })}
        >
          {(data, width) => (
            <>
              <Curves data={data()} width={width()} sun={time() === 'sun'} />
              <p class="legend">
                <span class="legend-key leaf" /> {nameById(taxon())}, {counted(data().events, 'event')}
                <Show when={data().other}>
                  {(second) => (
                    <>
                      {' '}
                      <span class="legend-key plum" /> {nameById(other())}, {counted(second().events, 'event')}
                    </>
                  )}
                </Show>
              </p>
              <Show when={!data().enough || data().other?.enough === false}>
                <p class="legend">Fewer than 20 events: the curve may show chance.</p>
              </Show>
              <Show when={data().overlap}>
                {(shared) => (
                  <p class="legend">
                    Overlap {shared().overlap.toFixed(2)} (95 % interval {shared().low.toFixed(2)} to{' '}
                    {shared().high.toFixed(2)}, {shared().estimator}, 1,000 smoothed bootstraps).
                  </p>
                )}
              </Show>
              <Show when={data().withoutSun > 0}>
                <p class="legend">
                  {counted(data().withoutSun, 'event')} left out: the station has no coordinates, or the sun did not
                  rise.
                </p>
              </Show>
              <Made unreviewed={dataOf(props.query)?.unreviewed ?? 0}>
                The first photo of each event, smoothed with a von Mises kernel on the 24-hour circle (Ridout and Linkie
                2009); bandwidth of Taylor 2008.
              </Made>
            </>
          )}
        </Chart>
      </Show>
    </div>
  )
}

const emptyBecause = ({ withoutSun }: ActivityResult) =>
  withoutSun > 0
    ? 'Sun time needs the coordinates of the stations. Enter them on the page Deployments.'
    : 'No event that matches this filter has a time.'

function Curves(props: { data: ActivityResult; width: number; sun: boolean }): JSX.Element {
  const x = createMemo(() =>
    scaleLinear()
      .domain([0, 24])
      .range([LEFT, props.width - RIGHT]),
  )
  const highest = () => Math.max(1e-6, ...props.data.density, ...(props.data.other?.density ?? []))
  const y = createMemo(() =>
    scaleLinear()
      .domain([0, highest()])
      .range([HEIGHT - BOTTOM, TOP]),
  )
  const path = (density: readonly number[]) =>
    line<number>(
      (_, i) => x()((i * 24) / density.length),
      (value) => y()(value),
    )([...density, density[0] ?? 0]) ?? ''
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${HEIGHT}`}
      role="img"
      aria-label={`Events by hour: ${props.data.hours.map((events, hour) => `${hour} h ${events}`).join(', ')}`}
    >
      <Show when={props.sun}>
        <For each={[0, 18]}>
          {(from) => (
            <rect
              class="activity-chart-night"
              x={x()(from)}
              width={x()(from + 6) - x()(from)}
              y={TOP}
              height={HEIGHT - BOTTOM - TOP}
            />
          )}
        </For>
      </Show>
      <For each={[0, 6, 12, 18, 24]}>
        {(hour) => (
          <g>
            <line class="drawing-grid" x1={x()(hour)} x2={x()(hour)} y1={TOP} y2={HEIGHT - BOTTOM} />
            <text x={x()(hour)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
              {props.sun && hour === 6 ? 'sunrise' : props.sun && hour === 18 ? 'sunset' : `${hour} h`}
            </text>
          </g>
        )}
      </For>
      <path class="activity-chart-line" d={path(props.data.density)} />
      <Show when={props.data.other}>
        {(second) => <path class="activity-chart-line second" d={path(second().density)} />}
      </Show>
      <line class="drawing-axis" x1={LEFT} x2={props.width - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
    </svg>
  )
}
