// How right a version is per rank, and whether its probabilities can be trusted.

import { createSignal, For, type JSX, Show } from 'solid-js'
import type { VersionCard } from '../../../api/contract/models/version.ts'
import { Chart } from '../../charts/chart.tsx'
import { ranks } from '../../parts/taxon/ranks.ts'
import { rounded } from '../charts/accuracy-charts.tsx'
import { RankAccuracy, ReliabilityCurve } from '../drawings/curves.tsx'
import './version-charts.css'

const NOTHING = 'No photo could judge this version: each taxon comes from one group of photos.'

/** The frame of charts asks for a query; a card is there already. */
const loaded = <T,>(data: T) => ({ status: 'success' as const, data, error: null, refetch: () => undefined })

export function VersionCharts(props: { card: VersionCard }): JSX.Element {
  const [chosen, setChosen] = createSignal<string | null>(null)
  const shown = () =>
    props.card.reliability.find(({ rank }) => rank === chosen()) ?? props.card.reliability.at(-1) ?? null
  const drawn = () =>
    props.card.ranks.flatMap(({ rank: name, photos, right, low, high }) => {
      const rank = ranks.find((one) => one === name)
      return rank ? [{ rank, count: photos, right, low, high, said: photos, calibrationError: null }] : []
    })
  const curve = () => {
    const of = shown()
    const rank = ranks.find((one) => one === of?.rank)
    if (!of || !rank) return null
    const bins = of.bins.map(({ from, to, count, said, right }) => ({
      ...{ from, to, count, meanProbability: said, right: right * count, low: right, high: right },
    }))
    return { rank, bins }
  }
  return (
    <div class="version-charts">
      <Chart
        title="How often it is right"
        note="The most probable taxon of each rank, compared with the label. With 95 % intervals."
        name={`version-${props.card.version}-accuracy`}
        query={loaded(props.card)}
        empty={(card) => (card.judged.photos === 0 ? NOTHING : null)}
        table={(card) => ({
          columns: ['rank', 'right', 'of', 'share', 'low', 'high'],
          rows: card.ranks.map(({ rank, right, photos, share, low, high }) => ({
            cells: [rank, right, photos, rounded(share), rounded(low), rounded(high)],
          })),
        })}
      >
        {(_, width) => <RankAccuracy ranks={drawn()} width={width()} onOpen={setChosen} />}
      </Chart>
      <Chart
        title="Can its probabilities be trusted?"
        note="Points on the dashed line are exact. Below the line, it is too sure."
        name={`version-${props.card.version}-reliability`}
        query={loaded(props.card)}
        empty={(card) => (card.judged.photos === 0 ? NOTHING : null)}
        table={(card) => ({
          columns: ['rank', 'from', 'to', 'mean probability', 'share right', 'of'],
          rows: card.reliability.flatMap(({ rank, bins }) =>
            bins.map((bin) => ({
              cells: [rank, rounded(bin.from), rounded(bin.to), rounded(bin.said), rounded(bin.right), bin.count],
            })),
          ),
        })}
      >
        {(card, width) => (
          <>
            <fieldset class="segments" aria-label="Rank">
              <For each={card().reliability}>
                {({ rank }) => (
                  <button type="button" aria-pressed={shown()?.rank === rank} onClick={() => setChosen(rank)}>
                    {rank}
                  </button>
                )}
              </For>
            </fieldset>
            <Show when={curve()}>
              {(of) => <ReliabilityCurve of={of()} width={width()} onOpen={() => undefined} />}
            </Show>
            <Show when={shown()}>
              {(of) => (
                <p class="remark">
                  Off by {rounded(of().calibrationError)} on average; {rounded(of().calibrationFloor)} would be chance.
                </p>
              )}
            </Show>
          </>
        )}
      </Chart>
    </div>
  )
}
