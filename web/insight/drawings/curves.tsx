// Three drawings of how good suggestions were, with intervals: accuracy per rank, the share right against the stated
// probability, and accuracy by number of examples.

import { scaleLinear, scalePoint } from 'd3-scale'
import { line } from 'd3-shape'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { AccuracyInsight, LearningInsight } from '../../../api/contract/insight.ts'
import { count, probabilityText } from '../../parts/format.ts'
import '../../charts/drawing.css'
import './curves.css'

type Step = LearningInsight['curve'][number]

export const shareOf = ({ right, count: all }: { right: number; count: number }): number =>
  all === 0 ? 0 : right / all
export const stepText = ({ from, to }: Step): string =>
  to === null ? `${from} or more` : from === to ? String(from) : `${from}–${to}`
export const shareText = (one: { right: number; count: number; low: number; high: number }): string =>
  `${probabilityText(shareOf(one))} (${probabilityText(one.low)} to ${probabilityText(one.high)}, ${count(one.right)} of ${count(one.count)})`

const LEFT = 44
const BOTTOM = 40
const TOP = 10
const RIGHT = 12
const HEIGHT = 260

function Frame(props: { width: number; height: number; y: (value: number) => number }): JSX.Element {
  return (
    <For each={[0, 0.25, 0.5, 0.75, 1]}>
      {(tick) => (
        <g>
          <line class="drawing-grid" x1={LEFT} x2={props.width - RIGHT} y1={props.y(tick)} y2={props.y(tick)} />
          <text x={LEFT - 6} y={props.y(tick)} text-anchor="end" dominant-baseline="middle">
            {tick}
          </text>
        </g>
      )}
    </For>
  )
}

const ROW = 30
const NAME = 74
const VALUE = 118

export function RankAccuracy(props: {
  ranks: AccuracyInsight['ranks']
  width: number
  onOpen: (rank: AccuracyInsight['ranks'][number]['rank']) => void
}): JSX.Element {
  const x = createMemo(() => scaleLinear().range([NAME, Math.max(NAME + 40, props.width - VALUE)]))
  const height = () => props.ranks.length * ROW + 4
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${height()}`}
      role="img"
      aria-label={`Share of right suggestions: ${props.ranks.map((one) => `${one.rank} ${probabilityText(shareOf(one))}`).join(', ')}`}
    >
      <For each={props.ranks}>
        {(one, i) => {
          const y = () => i() * ROW + ROW / 2
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each rank
            <g class="drawing-bar opens" onClick={() => props.onOpen(one.rank)}>
              <title>{`${one.rank}: right ${shareText(one)}. Click to see the wrong ones.`}</title>
              <rect class="drawing-ground" x={0} y={i() * ROW} width={props.width} height={ROW} />
              <text class="drawing-name" x={NAME - 8} y={y()} text-anchor="end" dominant-baseline="central">
                {one.rank}
              </text>
              <rect class="curves-track" x={x()(0)} y={y() - 7} width={x()(1) - x()(0)} height={14} />
              <rect class="drawing-part leaf" x={x()(0)} y={y() - 7} width={x()(shareOf(one)) - x()(0)} height={14} />
              <line class="curves-whisker" x1={x()(one.low)} x2={x()(one.high)} y1={y()} y2={y()} />
              <line class="curves-whisker" x1={x()(one.low)} x2={x()(one.low)} y1={y() - 4} y2={y() + 4} />
              <line class="curves-whisker" x1={x()(one.high)} x2={x()(one.high)} y1={y() - 4} y2={y() + 4} />
              <text x={props.width} y={y()} text-anchor="end" dominant-baseline="central">
                {`${probabilityText(shareOf(one))} · ${count(one.right)} of ${count(one.count)}`}
              </text>
            </g>
          )
        }}
      </For>
    </svg>
  )
}

type Reliability = AccuracyInsight['reliability'][number]

export function ReliabilityCurve(props: {
  of: Reliability
  width: number
  onOpen: (bin: Reliability['bins'][number]) => void
}): JSX.Element {
  const side = () => Math.min(props.width, 380)
  const x = createMemo(() => scaleLinear().range([LEFT, side() - RIGHT]))
  const y = createMemo(() => scaleLinear().range([HEIGHT - BOTTOM, TOP]))
  const path = createMemo(() =>
    line<Reliability['bins'][number]>(
      (bin) => x()(bin.meanProbability),
      (bin) => y()(shareOf(bin)),
    )(props.of.bins),
  )
  const most = () => Math.max(...props.of.bins.map((bin) => bin.count))
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${side()} ${HEIGHT}`}
      style={{ width: `${side()}px` }}
      role="img"
      aria-label={`Share right by probability, ${props.of.rank}: ${props.of.bins.map((bin) => `${probabilityText(bin.meanProbability)} stated, ${probabilityText(shareOf(bin))} right`).join('; ')}`}
    >
      <Frame width={side()} height={HEIGHT} y={y()} />
      <For each={[0, 0.5, 1]}>
        {(tick) => (
          <text x={x()(tick)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
            {tick}
          </text>
        )}
      </For>
      <line class="curves-perfect" x1={x()(0)} y1={y()(0)} x2={x()(1)} y2={y()(1)} />
      <path class="curves-line" d={path() ?? ''} />
      <For each={props.of.bins}>
        {(bin) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each bin
          <g class="drawing-bar opens" onClick={() => props.onOpen(bin)}>
            <title>{`Stated probability ${probabilityText(bin.meanProbability)} on average: right ${shareText(bin)}`}</title>
            <line
              class="curves-whisker"
              x1={x()(bin.meanProbability)}
              x2={x()(bin.meanProbability)}
              y1={y()(bin.low)}
              y2={y()(bin.high)}
            />
            <circle
              class="curves-dot"
              cx={x()(bin.meanProbability)}
              cy={y()(shareOf(bin))}
              r={3 + 5 * Math.sqrt(bin.count / most())}
            />
          </g>
        )}
      </For>
      <text class="drawing-name" x={(LEFT + side() - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
        stated probability
      </text>
    </svg>
  )
}

export function LearningCurve(props: {
  curve: readonly Step[]
  /** One taxon's own curve, drawn over the curve of all taxa. */
  own: readonly Step[]
  width: number
  onOpen: (step: Step) => void
}): JSX.Element {
  const x = createMemo(() =>
    scalePoint<string>()
      .domain(props.curve.map(stepText))
      .range([LEFT + 14, props.width - RIGHT - 14]),
  )
  const y = createMemo(() => scaleLinear().range([HEIGHT - BOTTOM, TOP]))
  const at = (step: Step) => x()(stepText(step)) ?? 0
  const path = (steps: readonly Step[]) =>
    line<Step>(at, (step) => y()(shareOf(step)))(steps.filter((step) => step.count > 0)) ?? ''
  const known = () => props.curve.filter((step) => step.count > 0)
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${HEIGHT}`}
      role="img"
      aria-label={`Share right by number of examples: ${known()
        .map((step) => `${stepText(step)}: ${probabilityText(shareOf(step))}`)
        .join('; ')}`}
    >
      <Frame width={props.width} height={HEIGHT} y={y()} />
      <For each={props.curve}>
        {(step) => (
          <text x={at(step)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">
            {step.to === null ? `${step.from}+` : stepText(step)}
          </text>
        )}
      </For>
      <path class="curves-line" d={path(props.curve)} />
      <For each={known()}>
        {(step) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each step
          <g class="drawing-bar opens" onClick={() => props.onOpen(step)}>
            <title>{`${stepText(step)} examples: right ${shareText(step)}`}</title>
            <line class="curves-whisker" x1={at(step)} x2={at(step)} y1={y()(step.low)} y2={y()(step.high)} />
            <circle class="curves-dot" cx={at(step)} cy={y()(shareOf(step))} r={5} />
          </g>
        )}
      </For>
      <Show when={props.own.length > 0}>
        <path class="curves-line own" d={path(props.own)} />
        <For each={props.own.filter((step) => step.count > 0)}>
          {(step) => (
            <g>
              <title>{`${stepText(step)} examples: right ${shareText(step)}`}</title>
              <circle class="curves-dot own" cx={at(step)} cy={y()(shareOf(step))} r={4} />
            </g>
          )}
        </For>
      </Show>
      <text class="drawing-name" x={(LEFT + props.width - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
        examples of the taxon at that time
      </text>
    </svg>
  )
}
