// Upright bars of stacked parts. In: bars with a name and values. Out: a drawing in which each bar can be clicked; its table says the same.

import { scaleLinear } from 'd3-scale'
import { createMemo, For, type JSX, Show } from 'solid-js'
import { count } from '../parts/format.ts'

export type Bar = {
  /** Under the bar; empty: none there. */
  tick: string
  /** What it is, for the tooltip. */
  name: string
  parts: readonly { value: number; tone: 'leaf' | 'ochre' | 'faint' | 'ink' }[]
  open?: () => void
}

const LEFT = 44
const BOTTOM = 24
const TOP = 8

export function Bars(props: {
  bars: readonly Bar[]
  width: number
  height?: number
  /** What is summed up, for readers of the drawing. */
  label: string
  axis?: string
}): JSX.Element {
  const height = () => props.height ?? 200
  const total = (bar: Bar) => bar.parts.reduce((sum, part) => sum + part.value, 0)
  const y = createMemo(() =>
    scaleLinear()
      .domain([0, Math.max(1, ...props.bars.map(total))])
      .range([height() - BOTTOM, TOP])
      .nice(4),
  )
  const slot = () => (props.width - LEFT) / Math.max(1, props.bars.length)
  const ticks = () =>
    y()
      .ticks(4)
      .filter((tick) => Number.isInteger(tick))
  return (
    <svg class="drawing" viewBox={`0 0 ${props.width} ${height()}`} role="img" aria-label={props.label}>
      <For each={ticks()}>
        {(tick) => (
          <g>
            <line class="grid-line" x1={LEFT} x2={props.width} y1={y()(tick)} y2={y()(tick)} />
            <text class="tick" x={LEFT - 6} y={y()(tick)} text-anchor="end" dominant-baseline="middle">
              {count(tick)}
            </text>
          </g>
        )}
      </For>
      <For each={props.bars}>
        {(bar, i) => {
          const x = () => LEFT + i() * slot()
          const from = (at: number) => bar.parts.slice(0, at).reduce((sum, part) => sum + part.value, 0)
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the table beside the drawing has a button for each bar
            <g class="bar" classList={{ opens: bar.open !== undefined && total(bar) > 0 }} onClick={() => bar.open?.()}>
              <title>{bar.name}</title>
              <rect class="bar-ground" x={x()} y={TOP} width={slot()} height={height() - BOTTOM - TOP} />
              <For each={bar.parts}>
                {(part, at) => (
                  <rect
                    class={`part ${part.tone}`}
                    x={x() + slot() * 0.08}
                    width={slot() * 0.84}
                    y={y()(from(at()) + part.value)}
                    height={Math.max(0, y()(from(at())) - y()(from(at()) + part.value))}
                  />
                )}
              </For>
              <Show when={bar.tick !== ''}>
                <text class="tick" x={x() + slot() / 2} y={height() - BOTTOM + 15} text-anchor="middle">
                  {bar.tick}
                </text>
              </Show>
            </g>
          )
        }}
      </For>
      <line class="axis-line" x1={LEFT} x2={props.width} y1={height() - BOTTOM} y2={height() - BOTTOM} />
    </svg>
  )
}
