// Histograms of the detector's confidence and of the suggestions' probability.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import type { HistogramInsight } from '../../../api/contract/insight.ts'
import { Chart } from '../../charts/chart.tsx'
import { count, counted } from '../../parts/format.ts'
import { type Bucket, confidenceInsight, probabilityInsight } from '../../server/insight.ts'
import { type Bar, Bars } from '../drawings/bars.tsx'
import type { ChartProps } from './chart-props.ts'
import '../../charts/legend.css'

const rangeText = (from: number, to: number) => `${from.toFixed(2)} to ${to.toFixed(2)}`

function Histogram(
  props: ChartProps & {
    title: string
    note: string
    of: 'confidence' | 'probability'
    /** Completes "No animals ... match this filter." */
    counted: string
    /** Completes "3 animals ..." */
    leftOut: string
    query: Parameters<typeof Chart<HistogramInsight>>[0]['query']
  },
): JSX.Element {
  const open = (from: number, to: number) => {
    const bucket: Bucket = { [props.of]: { from, to } }
    props.opener.bar(`${props.title}, ${rangeText(from, to)}`, props.filter, bucket)
  }
  const bars = ({ bins }: HistogramInsight): Bar[] =>
    bins.map(({ from, to, identified, unidentified }, i) => ({
      tick: i % 4 === 0 ? from.toFixed(1) : '',
      name: `${rangeText(from, to)}: ${count(identified)} identified, ${count(unidentified)} not`,
      parts: [
        { value: identified, tone: 'leaf' },
        { value: unidentified, tone: 'ochre' },
      ],
      open: () => open(from, to),
    }))
  return (
    <Chart
      title={props.title}
      note={props.note}
      name={props.of}
      query={props.query}
      empty={(data) => (data.animals === data.without ? `No animals ${props.counted} match this filter.` : null)}
      table={({ bins }) => ({
        columns: [props.of, 'identified', 'not identified'],
        rows: bins.map(({ from, to, identified, unidentified }) => ({
          cells: [rangeText(from, to), identified, unidentified],
          open: identified + unidentified > 0 ? () => open(from, to) : undefined,
        })),
      })}
    >
      {(data, width) => (
        <>
          <Bars
            bars={bars(data())}
            width={width()}
            label={`${props.title}: ${bars(data())
              .map((bar) => bar.name)
              .join('; ')}`}
          />
          <p class="legend">
            <span class="legend-key leaf" /> identified <span class="legend-key ochre" /> not identified
            <Show when={data().without > 0}>
              {' '}
              · {counted(data().without, 'animal')} {props.leftOut}
            </Show>
          </p>
        </>
      )}
    </Chart>
  )
}

export function ConfidenceChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => confidenceInsight(props.filter))
  return (
    <Histogram
      {...props}
      title="Confidence of the detector"
      note="How sure the detector is that the box holds an animal."
      of="confidence"
      counted="found by the detector"
      leftOut="not found by the detector"
      query={query}
    />
  )
}

export function ProbabilityChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => probabilityInsight(props.filter))
  return (
    <Histogram
      {...props}
      title="Probability of the suggestion"
      note="For each animal’s best suggestion. For identified animals, their own burst is left out."
      of="probability"
      counted="with a suggestion"
      leftOut="without a suggestion"
      query={query}
    />
  )
}
