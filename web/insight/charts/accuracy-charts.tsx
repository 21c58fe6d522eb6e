// How good suggestions were: the suggestion before a person named an animal, compared with that name. Each chart says
// if it has too little data to be meaningful.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { AccuracyInsight } from '../../../api/contract/insight.ts'
import { Chart } from '../../charts/chart.tsx'
import { counted, probabilityText } from '../../parts/format.ts'
import { accuracyInsight } from '../../server/insight.ts'
import { RankAccuracy, ReliabilityCurve, shareOf } from '../drawings/curves.tsx'
import type { ChartProps } from './chart-props.ts'
import '../../charts/legend.css'

const NOTHING =
  'Nothing to measure yet. Each time somebody names an animal, the suggestion it had before is recorded. Imported labels do not count.'
/** With fewer answers, a curve shows chance more than skill. */
export const FEW = 20

export const rounded = (value: number): number => Math.round(value * 1000) / 1000

type RankResult = AccuracyInsight['ranks'][number]

export function AccuracyChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => accuracyInsight(props.filter))
  const openWrong = (rank: RankResult['rank']) =>
    props.opener.bar(`Suggested a wrong ${rank}`, props.filter, { forecast: { rank, right: false } })
  return (
    <Chart
      title="How often suggestions were right"
      note="The suggestion before a person named the animal, compared with that name. With 95 % intervals."
      name="accuracy"
      query={query}
      empty={({ forecasts }) => (forecasts === 0 ? NOTHING : null)}
      table={({ ranks }) => ({
        columns: ['rank', 'right', 'of', 'share', 'low', 'high', 'answered', 'calibration error'],
        rows: ranks.map((one) => ({
          cells: [
            one.rank,
            one.right,
            one.count,
            rounded(shareOf(one)),
            rounded(one.low),
            rounded(one.high),
            one.said,
            one.calibrationError === null ? null : rounded(one.calibrationError),
          ],
          open: one.right < one.count ? () => openWrong(one.rank) : undefined,
        })),
      })}
    >
      {(data, width) => (
        <>
          <RankAccuracy ranks={data().ranks} width={width()} onOpen={openWrong} />
          <p class="legend">
            {counted(data().forecasts, 'animal')} named after a suggestion
            <Show when={data().leftOut}>, the newest ones</Show>. Click a bar to see the wrong suggestions.
            <Show when={data().forecasts < FEW}> There are too few yet to tell skill from chance.</Show>
          </p>
        </>
      )}
    </Chart>
  )
}

type Reliability = AccuracyInsight['reliability'][number]

export function ReliabilityChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => accuracyInsight(props.filter))
  const [chosen, setChosen] = createSignal('species')
  const shown = (data: AccuracyInsight) =>
    data.reliability.find((one) => one.rank === chosen()) ?? data.reliability.at(-1) ?? null
  const open = (of: Reliability, { from, to }: { from: number; to: number }) =>
    props.opener.bar(`${of.rank} suggested with ${probabilityText(from)} to ${probabilityText(to)}`, props.filter, {
      forecast: { rank: of.rank, probability: { from, to } },
    })
  return (
    <Chart
      title="Can the probabilities be trusted?"
      note="Points on the dashed line are exact: of all answers given with 0.8, 80 % were right. Below the line, the tree was too sure."
      name="reliability"
      query={query}
      empty={(data) => (data.reliability.every((one) => one.bins.length === 0) ? NOTHING : null)}
      table={({ reliability }) => ({
        columns: ['rank', 'from', 'to', 'mean probability', 'right', 'of', 'share'],
        rows: reliability.flatMap((of) =>
          of.bins.map((bin) => ({
            cells: [
              of.rank,
              bin.from,
              bin.to,
              rounded(bin.meanProbability),
              bin.right,
              bin.count,
              rounded(shareOf(bin)),
            ],
            open: () => open(of, bin),
          })),
        ),
      })}
    >
      {(data, width) => (
        <>
          <fieldset class="segments" aria-label="Rank">
            <For each={data().reliability.filter((one) => one.bins.length > 0)}>
              {(one) => (
                <button
                  type="button"
                  aria-pressed={shown(data())?.rank === one.rank}
                  onClick={() => setChosen(one.rank)}
                >
                  {one.rank}
                </button>
              )}
            </For>
          </fieldset>
          <Show when={shown(data())}>
            {(of) => <ReliabilityCurve of={of()} width={width()} onOpen={(bin) => open(of(), bin)} />}
          </Show>
        </>
      )}
    </Chart>
  )
}
