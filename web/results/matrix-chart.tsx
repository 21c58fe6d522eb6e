// Events of each species at each station: darker for more.

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { Results } from '../../api/contract/survey/results.ts'
import { Chart } from '../charts/chart.tsx'
import { clipped } from '../charts/row-bars.tsx'
import { count, counted } from '../parts/format.ts'
import { Made } from './made.tsx'
import { nameOf, nothingFound, type SurveyProps } from './survey-props.ts'
import '../charts/drawing.css'
import '../charts/legend.css'
import './matrix-chart.css'

const MOST_TAXA = 30
const MOST_STATIONS = 40
const ROW = 22
const TOP = 96

type Measure = 'events' | 'individuals'

export function MatrixChart(props: SurveyProps): JSX.Element {
  const [measure, setMeasure] = createSignal<Measure>('events')
  return (
    <Chart
      wide
      title="Species by station"
      name="species-by-station"
      query={props.query}
      empty={nothingFound}
      table={(data) => tableOf(data, props)}
    >
      {(data, width) => (
        <>
          <fieldset class="segments" aria-label="Measure">
            <button type="button" aria-pressed={measure() === 'events'} onClick={() => setMeasure('events')}>
              Events
            </button>
            <button type="button" aria-pressed={measure() === 'individuals'} onClick={() => setMeasure('individuals')}>
              Individuals
            </button>
          </fieldset>
          <Matrix data={data()} measure={measure()} width={width()} open={props.open} />
          <Show when={data().taxa.length > MOST_TAXA || data().stations.length > stationsIn(width())}>
            <p class="legend">
              Shown: {count(Math.min(MOST_TAXA, data().taxa.length))} taxa with most events,{' '}
              {count(Math.min(stationsIn(width()), data().stations.length))} stations. All are in the table.
            </p>
          </Show>
          <Made unreviewed={data().unreviewed}>
            An event is one species at one station, until nothing of it was photographed for {props.rule.gapMinutes}{' '}
            minutes{props.rule.independence === 'lastRecord' ? '' : ' since the event began'}. Photos without a time are
            events of their own ({count(data().undatedEvents)}).
          </Made>
        </>
      )}
    </Chart>
  )
}

function tableOf({ taxa, stations, cells }: Results, { open }: Pick<SurveyProps, 'open'>) {
  const taxonOf = new Map(taxa.map(({ taxon }) => [taxon.id, taxon]))
  const stationOf = new Map(stations.map((one) => [one.id, one.name]))
  return {
    columns: ['taxon', 'common name', 'station', 'events', 'individuals'],
    rows: cells.map(({ taxonId, stationId, events, individuals }) => {
      const taxon = taxonOf.get(taxonId)
      const station = stationId === null ? null : (stationOf.get(stationId) ?? null)
      return {
        cells: [taxon?.name ?? null, taxon?.commonName ?? null, station, events, individuals],
        open:
          stationId === null
            ? undefined
            : () => open(`${taxon?.name} at ${station}`, { taxon: taxonId, station: stationId }),
      }
    }),
  }
}

/** As many stations as have room for their names. */
const stationsIn = (width: number) => Math.min(MOST_STATIONS, Math.floor((width * 0.64 - 40) / 16))

function Matrix(props: { data: Results; measure: Measure; width: number; open: SurveyProps['open'] }): JSX.Element {
  const taxa = () => props.data.taxa.slice(0, MOST_TAXA)
  const left = () => Math.min(200, props.width * 0.36)
  const stations = () => props.data.stations.slice(0, stationsIn(props.width))
  const column = () => Math.min(46, (props.width - left() - 40) / Math.max(1, stations().length))
  const cells = createMemo(
    () => new Map(props.data.cells.map((cell) => [`${cell.taxonId} ${cell.stationId}`, cell[props.measure]])),
  )
  const most = createMemo(() => Math.max(1, ...cells().values()))
  const height = () => TOP + taxa().length * ROW + 4
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${height()}`}
      role="img"
      aria-label={`${props.measure} of ${counted(taxa().length, 'taxon', 'taxa')} at ${counted(stations().length, 'station')}; the numbers are in the table`}
    >
      <For each={stations()}>
        {(station, i) => (
          <text
            x={left() + (i() + 0.5) * column()}
            y={TOP - 8}
            transform={`rotate(-45 ${left() + (i() + 0.5) * column()} ${TOP - 8})`}
          >
            <title>{station.name}</title>
            {clipped(station.name.replaceAll('_', ' '), 110)}
          </text>
        )}
      </For>
      <For each={taxa()}>
        {({ taxon }, row) => (
          <g>
            <text
              class="drawing-name"
              x={left() - 8}
              y={TOP + row() * ROW + ROW / 2}
              text-anchor="end"
              dominant-baseline="central"
            >
              {clipped(taxon.commonName ?? taxon.name, left())}
            </text>
            <For each={stations()}>
              {(station, i) => {
                const value = () => cells().get(`${taxon.id} ${station.id}`) ?? 0
                const name = `${nameOf(taxon)} at ${station.name}`
                return (
                  // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each cell
                  <g
                    class="drawing-bar"
                    classList={{ opens: value() > 0 }}
                    onClick={() => value() > 0 && props.open(name, { taxon: taxon.id, station: station.id })}
                  >
                    <title>{`${name}: ${count(value())} ${props.measure}`}</title>
                    <rect
                      class="matrix-chart-cell"
                      x={left() + i() * column() + 0.5}
                      y={TOP + row() * ROW + 0.5}
                      width={Math.max(1, column() - 1)}
                      height={ROW - 1}
                      fill-opacity={value() === 0 ? 0.05 : 0.2 + 0.8 * Math.sqrt(value() / most())}
                    />
                    <Show when={value() > 0 && column() >= 24}>
                      <text
                        style={{ fill: value() / most() > 0.2 ? 'var(--on-leaf)' : 'var(--ink)' }}
                        x={left() + (i() + 0.5) * column()}
                        y={TOP + row() * ROW + ROW / 2}
                        text-anchor="middle"
                        dominant-baseline="central"
                      >
                        {count(value())}
                      </text>
                    </Show>
                  </g>
                )
              }}
            </For>
          </g>
        )}
      </For>
    </svg>
  )
}
