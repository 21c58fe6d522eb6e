// How many species there are: met at one, two, ... all stations, and estimated with those that were missed.

import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Results } from '../../api/contract/survey/results.ts'
import { Chart } from '../charts/chart.tsx'
import { Made } from './made.tsx'
import { decimal, type SurveyProps } from './survey-props.ts'
import '../charts/drawing.css'
import '../charts/legend.css'
import './richness-chart.css'

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [44, 16, 12, 40, 260]

export function RichnessChart(props: SurveyProps): JSX.Element {
  return (
    <Chart
      title="Number of species"
      note="Expected at so many stations, in any order."
      name="species-accumulation"
      query={props.query}
      empty={({ accumulation, richness }) =>
        accumulation.length < 2 || (richness?.observed ?? 0) === 0
          ? 'This needs animals identified to species at two stations or more.'
          : null
      }
      table={({ accumulation }) => ({
        columns: ['stations', 'species expected'],
        rows: accumulation.map((species, i) => ({ cells: [i + 1, Math.round(species * 1000) / 1000] })),
      })}
    >
      {(data, width) => (
        <>
          <Curve data={data()} width={width()} />
          <Show when={data().richness}>
            {(found) => (
              <p class="legend">
                {found().observed} species were recorded. Chao2 estimates {decimal(found().estimate)} (95 % interval{' '}
                {decimal(found().low)} to {decimal(found().high)}).
              </p>
            )}
          </Show>
          <Made unreviewed={data().unreviewed}>
            Curve: the mean over all orders of the stations (Colwell et al. 2004). Chao2: from species at one and at two
            stations only. Animals identified to species or subspecies count.
          </Made>
        </>
      )}
    </Chart>
  )
}

function Curve(props: { data: Results; width: number }): JSX.Element {
  const most = () => Math.max(props.data.richness?.high ?? 0, props.data.accumulation.at(-1) ?? 1)
  const shown = () => Math.min(most(), 3 * (props.data.richness?.observed ?? 1))
  const x = createMemo(() =>
    scaleLinear()
      .domain([1, props.data.accumulation.length])
      .range([LEFT + 8, props.width - RIGHT - 70]),
  )
  const y = createMemo(() =>
    scaleLinear()
      .domain([0, shown()])
      .range([HEIGHT - BOTTOM, TOP])
      .nice(4),
  )
  const clampY = (value: number) => y()(Math.min(value, y().domain()[1] ?? value))
  const path = () =>
    line<number>(
      (_, i) => x()(i + 1),
      (species) => y()(species),
    )(props.data.accumulation) ?? ''
  const ticks = () => x().ticks(6).filter(Number.isInteger)
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${HEIGHT}`}
      role="img"
      aria-label={`Species by stations: ${props.data.accumulation.map((species) => decimal(species)).join(', ')}`}
    >
      <For each={y().ticks(4)}>
        {(tick) => (
          <g>
            <line class="drawing-grid" x1={LEFT} x2={props.width - RIGHT} y1={y()(tick)} y2={y()(tick)} />
            <text x={LEFT - 6} y={y()(tick)} text-anchor="end" dominant-baseline="middle">
              {tick}
            </text>
          </g>
        )}
      </For>
      <For each={ticks()}>
        {(tick) => (
          <text x={x()(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
            {tick}
          </text>
        )}
      </For>
      <path class="richness-chart-line" d={path()} />
      <Show when={props.data.richness}>
        {(found) => (
          <g>
            <title>{`Chao2: ${decimal(found().estimate)} (${decimal(found().low)} to ${decimal(found().high)})`}</title>
            <line
              class="richness-chart-whisker"
              x1={props.width - RIGHT - 20}
              x2={props.width - RIGHT - 20}
              y1={clampY(found().low)}
              y2={clampY(found().high)}
            />
            <circle class="richness-chart-dot" cx={props.width - RIGHT - 20} cy={clampY(found().estimate)} r={5} />
            <text x={props.width - RIGHT - 20} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
              Chao2
            </text>
          </g>
        )}
      </Show>
      <text class="drawing-name" x={(LEFT + props.width - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
        stations
      </text>
    </svg>
  )
}
