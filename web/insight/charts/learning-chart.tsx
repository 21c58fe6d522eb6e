// How often suggestions were right by number of examples, for all taxa and for one.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { LearningInsight } from '../../../api/contract/insight.ts'
import { Chart } from '../../charts/chart.tsx'
import type { ChartTable, Row } from '../../charts/chart-table.ts'
import { count, counted, probabilityText } from '../../parts/format.ts'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import { learningInsight } from '../../server/insight.ts'
import { LearningCurve, shareOf, stepText } from '../drawings/curves.tsx'
import { FEW, rounded } from './accuracy-charts.tsx'
import type { ChartProps } from './chart-props.ts'
import '../../charts/legend.css'
import './learning-chart.css'

type Step = LearningInsight['curve'][number]
type LearnedTaxon = LearningInsight['taxa'][number]

const rowOf = (name: string, step: Step): Row => ({
  cells: [name, stepText(step), step.right, step.count, rounded(shareOf(step)), rounded(step.low), rounded(step.high)],
})

export function LearningChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => learningInsight(props.filter))
  const open = ({ from, to, ...step }: Step) =>
    props.opener.bar(`Named with ${stepText({ from, to, ...step })} examples`, props.filter, {
      forecast: { examples: { from, to } },
    })
  const table = ({ curve, taxa }: LearningInsight): ChartTable => ({
    columns: ['taxon', 'examples', 'right', 'of', 'share', 'low', 'high'],
    rows: [
      ...curve.filter((step) => step.count > 0).map((step) => ({ ...rowOf('all', step), open: () => open(step) })),
      ...taxa.flatMap(({ taxon, curve: own }) => own.map((step) => rowOf(taxon.name, step))),
    ],
  })
  return (
    <Chart
      wide
      title="Do more examples help?"
      note="How often the right taxon was suggested, by the number of examples the taxon had at that time."
      name="learning"
      query={query}
      empty={(data) =>
        data.enough
          ? null
          : `Too little is known yet: ${counted(data.forecasts, 'animal')} named after a suggestion. The curve appears from about ${FEW}.`
      }
      table={table}
    >
      {(data, width) => <Learning data={data()} width={width()} onOpen={open} />}
    </Chart>
  )
}

function Learning(props: { data: LearningInsight; width: number; onOpen: (step: Step) => void }): JSX.Element {
  const [chosen, setChosen] = createSignal<string | null>(null)
  const own = () => props.data.taxa.find(({ taxon }) => taxon.id === chosen()) ?? null
  return (
    <div class="learning-chart">
      <div class="learning-chart-curve">
        <LearningCurve
          curve={props.data.curve}
          own={own()?.curve ?? []}
          width={props.width < 720 ? props.width : Math.round(props.width * 0.55)}
          onOpen={props.onOpen}
        />
        <p class="legend">
          <span class="legend-key leaf" /> all taxa
          <Show when={own()}>
            {(one) => (
              <>
                {' '}
                <span class="legend-key plum" /> <TaxonName taxon={one().taxon} common={false} />
              </>
            )}
          </Show>
        </p>
      </div>
      <section class="learning-chart-taxa" tabindex="0" aria-label="Taxa that people named">
        <ul>
          <For each={props.data.taxa}>
            {(one) => (
              <li>
                <button
                  type="button"
                  aria-pressed={chosen() === one.taxon.id}
                  onClick={() => setChosen(chosen() === one.taxon.id ? null : one.taxon.id)}
                >
                  <TaxonName taxon={one.taxon} common={false} />
                  <span class="legend">
                    {counted(one.examples, 'example')} · right {count(one.right)} of {count(one.count)}
                  </span>
                  <span class="legend">{outlook(one)}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </section>
    </div>
  )
}

/** Says in words what twice as many examples achieve for other taxa. */
function outlook({ next }: LearnedTaxon): string {
  if (next === null) return 'No other taxon has twice as many examples to compare with.'
  const gain = next.accuracyThen - next.accuracyNow
  const reached = `taxa with ${count(next.examples)} are right in ${probabilityText(next.accuracyThen)}`
  return gain < 0.02
    ? `More examples would hardly help: ${reached}.`
    : `More examples would help: ${reached}, +${probabilityText(gain)}.`
}
