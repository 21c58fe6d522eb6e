// Events, rates and naive occupancy of each taxon.

import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Results } from '../../api/contract/survey/results.ts'
import { Chart } from '../charts/chart.tsx'
import { type RowBar, RowBars } from '../charts/row-bars.tsx'
import { count, counted } from '../parts/format.ts'
import { dataOf } from '../server/query-client.ts'
import { Made } from './made.tsx'
import { decimal, nameOf, nothingFound, type SurveyProps } from './survey-props.ts'
import '../charts/legend.css'

const MOST_SHOWN = 20

const measures = {
  rate: 'Events per 100 nights',
  events: 'Events',
  occupancy: 'Naive occupancy',
} as const
type Measure = keyof typeof measures
type TaxonRow = Results['taxa'][number]

const measured: Record<Measure, (row: TaxonRow) => number> = {
  rate: ({ per100Days }) => per100Days ?? 0,
  events: ({ events }) => events,
  occupancy: ({ naiveOccupancy }) => naiveOccupancy ?? 0,
}
const percent = (share: number | null) => (share === null ? '–' : `${Math.round(share * 100)} %`)

export function RatesChart(props: SurveyProps): JSX.Element {
  const [chosen, setMeasure] = createSignal<Measure | null>(null)
  /** Rates, unless no effort is known. */
  const measure = (): Measure =>
    chosen() ?? (dataOf(props.query)?.taxa.some(({ per100Days }) => per100Days !== null) ? 'rate' : 'events')
  const barOf = (row: TaxonRow): RowBar => {
    const { taxon, events, individuals, stations, per100Days, naiveOccupancy } = row
    const text = {
      rate: per100Days === null ? '–' : decimal(per100Days),
      events: count(events),
      occupancy: percent(naiveOccupancy),
    }[measure()]
    return {
      name: taxon.commonName ?? taxon.name,
      value: measured[measure()](row),
      text,
      title: `${nameOf(taxon)}: ${counted(events, 'event')}, ${counted(individuals, 'individual')}, at ${counted(stations, 'station')}. Click to open the photos.`,
      open: () => props.open(taxon.name, { taxon: taxon.id }),
    }
  }
  const sorted = (data: Results) => [...data.taxa].sort((a, b) => measured[measure()](b) - measured[measure()](a))
  return (
    <Chart
      wide
      title="Species"
      note="What people identified; suggestions stand apart in the table."
      name="species"
      query={props.query}
      empty={nothingFound}
      table={({ taxa }) => ({
        columns: [
          'taxon',
          'common name',
          'rank',
          'events',
          'individuals',
          'stations',
          'events per 100 nights',
          'naive occupancy',
          'suggested, not reviewed',
        ],
        rows: taxa.map(({ taxon, ...row }) => ({
          cells: [
            taxon.name,
            taxon.commonName,
            taxon.rank,
            row.events,
            row.individuals,
            row.stations,
            rounded(row.per100Days),
            rounded(row.naiveOccupancy),
            row.unreviewed,
          ],
          open: () => props.open(taxon.name, { taxon: taxon.id }),
        })),
      })}
    >
      {(data, width) => (
        <>
          <fieldset class="segments" aria-label="Measure">
            <For each={Object.entries(measures)}>
              {([key, name]) => (
                <button
                  type="button"
                  aria-pressed={measure() === key}
                  onClick={() => setMeasure(key as Measure)} // a key of the measures
                >
                  {name}
                </button>
              )}
            </For>
          </fieldset>
          <RowBars bars={sorted(data()).slice(0, MOST_SHOWN).map(barOf)} width={width()} label={measures[measure()]} />
          <Show when={data().taxa.length > MOST_SHOWN}>
            <p class="legend">{count(data().taxa.length - MOST_SHOWN)} more in the table.</p>
          </Show>
          <Made unreviewed={data().unreviewed}>
            Events per 100 nights: 100 × events ÷ {decimal(data().days)} camera-days.
            <Show when={data().unratedEvents > 0}>
              {' '}
              {counted(data().unratedEvents, 'event')} at no station, or at one of which the effort is not known, have
              no rate.
            </Show>{' '}
            Individuals: the most in one photo of each event, added up. Naive occupancy: stations with an event ÷{' '}
            {counted(data().stations.length, 'station')}; it does not allow for animals that the camera missed.
          </Made>
        </>
      )}
    </Chart>
  )
}

const rounded = (value: number | null) => (value === null ? null : Math.round(value * 1000) / 1000)
