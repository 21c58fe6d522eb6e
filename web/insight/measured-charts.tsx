// The charts of how good suggestions were: what the tree said before people named an animal, against what they said. In: the filter. Out:
// accuracy per rank, the reliability curve, the learning curve; each says when there is too little to read anything from it.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { AccuracyInsight, LearningInsight } from '../../api/contract/insight.ts'
import { count, counted, probabilityText } from '../parts/format.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { accuracyInsight, type InsightFilter, learningInsight } from '../server/insight.ts'
import { Chart } from './chart.tsx'
import { LearningCurve, RankAccuracy, ReliabilityCurve, shareOf, stepText } from './curves.tsx'
import type { Opener } from './open.ts'

type Props = { filter: InsightFilter; opener: Opener }

const NONE =
  'Nothing to measure yet. Each time somebody names an animal, what was suggested before is kept; labels that came with photos do not count.'
/** Below so many answers a curve says more of chance than of the tree. */
const FEW = 20

const noForecasts = ({ forecasts }: { forecasts: number }) => (forecasts === 0 ? NONE : null)

export function AccuracyChart(props: Props): JSX.Element {
  const query = useQuery(() => accuracyInsight(props.filter))
  const wrong = (rank: AccuracyInsight['ranks'][number]['rank']) =>
    props.opener.bar(`Suggested a wrong ${rank}`, props.filter, { forecast: { rank, right: false } })
  return (
    <Chart
      title="How often suggestions were right"
      note="What was suggested before people named the animal, against what they named it. With 95 % intervals."
      name="accuracy"
      query={query}
      empty={noForecasts}
      table={({ ranks }) => ({
        columns: ['rank', 'right', 'of', 'share', 'low', 'high', 'answered', 'calibration error'],
        rows: ranks.map((one) => ({
          cells: [
            one.rank,
            one.right,
            one.count,
            round(shareOf(one)),
            round(one.low),
            round(one.high),
            one.said,
            one.calibrationError === null ? null : round(one.calibrationError),
          ],
          open: one.right < one.count ? () => wrong(one.rank) : undefined,
        })),
      })}
    >
      {(data, width) => (
        <>
          <RankAccuracy ranks={data().ranks} width={width()} onOpen={wrong} />
          <p class="legend">
            {counted(data().forecasts, 'animal')} named after a suggestion
            <Show when={data().leftOut}>, the newest ones</Show>. A bar opens those that were suggested wrongly.
            <Show when={data().forecasts < FEW}> Too few yet to tell skill from chance.</Show>
          </p>
        </>
      )}
    </Chart>
  )
}

const round = (value: number) => Math.round(value * 1000) / 1000

export function ReliabilityChart(props: Props): JSX.Element {
  const query = useQuery(() => accuracyInsight(props.filter))
  const [chosen, setChosen] = createSignal('species')
  const shown = (data: AccuracyInsight) =>
    data.reliability.find((one) => one.rank === chosen()) ?? data.reliability.at(-1) ?? null
  const open = (of: AccuracyInsight['reliability'][number], bin: { from: number; to: number }) =>
    props.opener.bar(
      `${of.rank} suggested with ${probabilityText(bin.from)} to ${probabilityText(bin.to)}`,
      props.filter,
      {
        forecast: { rank: of.rank, probability: { from: bin.from, to: bin.to } },
      },
    )
  return (
    <Chart
      title="Can the probabilities be believed?"
      note="On the dashed line, of what was said with 0.8, 80 % was right. Below it, the tree was too sure."
      name="reliability"
      query={query}
      empty={(data) => (data.reliability.every((one) => one.bins.length === 0) ? NONE : null)}
      table={({ reliability }) => ({
        columns: ['rank', 'from', 'to', 'mean probability', 'right', 'of', 'share'],
        rows: reliability.flatMap((of) =>
          of.bins.map((bin) => ({
            cells: [of.rank, bin.from, bin.to, round(bin.meanProbability), bin.right, bin.count, round(shareOf(bin))],
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

type LearnedTaxon = LearningInsight['taxa'][number]

export function LearningChart(props: Props): JSX.Element {
  const query = useQuery(() => learningInsight(props.filter))
  const [chosen, setChosen] = createSignal<string | null>(null)
  return (
    <Chart
      wide
      title="How many more examples help?"
      note="How often the answer named the right taxon, by how many examples of it the tree had at that time."
      name="learning"
      query={query}
      empty={(data) =>
        data.enough
          ? null
          : `Too little is known yet: ${counted(data.forecasts, 'animal')} named after a suggestion. From about ${FEW} on a curve is drawn.`
      }
      table={({ curve, taxa }) => ({
        columns: ['taxon', 'examples', 'right', 'of', 'share', 'low', 'high'],
        rows: [
          ...curve
            .filter((step) => step.count > 0)
            .map((step) => ({
              cells: [
                'all',
                stepText(step),
                step.right,
                step.count,
                round(shareOf(step)),
                round(step.low),
                round(step.high),
              ],
              open: () => openStep(props, step),
            })),
          ...taxa.flatMap(({ taxon, curve: own }) =>
            own.map((step) => ({
              cells: [
                taxon.name,
                stepText(step),
                step.right,
                step.count,
                round(shareOf(step)),
                round(step.low),
                round(step.high),
              ],
            })),
          ),
        ],
      })}
    >
      {(data, width) => {
        const one = createMemo(() => data().taxa.find(({ taxon }) => taxon.id === chosen()) ?? null)
        return (
          <div class="learning">
            <div>
              <LearningCurve
                curve={data().curve}
                own={one()?.curve ?? []}
                width={width() < 720 ? width() : Math.round(width() * 0.55)}
                onOpen={(step) => openStep(props, step)}
              />
              <p class="legend">
                <span class="key leaf" /> all taxa
                <Show when={one()}>
                  {(taxon) => (
                    <>
                      {' '}
                      <span class="key plum" /> <TaxonName taxon={taxon().taxon} common={false} />
                    </>
                  )}
                </Show>
              </p>
            </div>
            <section class="learning-taxa" tabindex="0" aria-label="Taxa that people named">
              <ul>
                <For each={data().taxa}>
                  {(taxon) => (
                    <li>
                      <button
                        type="button"
                        aria-pressed={chosen() === taxon.taxon.id}
                        onClick={() => setChosen(chosen() === taxon.taxon.id ? null : taxon.taxon.id)}
                      >
                        <TaxonName taxon={taxon.taxon} common={false} />
                        <span class="chart-note">
                          {counted(taxon.examples, 'example')} · right {count(taxon.right)} of {count(taxon.count)}
                        </span>
                        <span class="chart-note">{hope(taxon)}</span>
                      </button>
                    </li>
                  )}
                </For>
              </ul>
            </section>
          </div>
        )
      }}
    </Chart>
  )
}

const openStep = (props: Props, step: LearningInsight['curve'][number]) =>
  props.opener.bar(`Named with ${stepText(step)} examples`, props.filter, {
    forecast: { examples: { from: step.from, to: step.to } },
  })

/** What twice as many examples do elsewhere, in words. */
function hope({ next }: LearnedTaxon): string {
  if (next === null) return 'Too little is known of taxa with twice as many.'
  const gain = next.accuracyThen - next.accuracyNow
  const reach = `taxa with ${count(next.examples)} are right in ${probabilityText(next.accuracyThen)}`
  return gain < 0.02
    ? `More examples would hardly help: ${reach}.`
    : `More would help: ${reach}, +${probabilityText(gain)}.`
}
