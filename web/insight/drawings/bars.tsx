// A stacked bar chart. A bar can open the photos it counts; the chart's table offers the same.

import { scaleLinear } from 'd3-scale'
import { createMemo, For, type JSX, Show } from 'solid-js'
import { count } from '../../parts/format.ts'
import '../../charts/drawing.css'

export type Bar = {
  /** The label under the bar; empty for none. */
  tick: string
  /** The text of the tooltip. */
  name: string
  parts: readonly { value: number; tone: 'leaf' | 'ochre' | 'faint' | 'ink' }[]
  open?: () => void
}

const LEFT = 44
const BOTTOM = 24
const TOP = 8
const HEIGHT = 200

export function Bars(props: {
  bars: readonly Bar[]
  width: number
  /** The drawing in words, for screen readers. */
  label: string
}): JSX.Element {
  const total = (bar: Bar) => bar.parts.reduce((sum, part) => sum + part.value, 0)
  const y = createMemo(() =>
    scaleLinear()
      .domain([0, Math.max(1, ...props.bars.map(total))])
      .range([HEIGHT - BOTTOM, TOP])
      .nice(4),
  )
  const slot = () => (props.width - LEFT) / Math.max(1, props.bars.length)
  const ticks = () =>
    y()
      .ticks(4)
      .filter((tick) => Number.isInteger(tick))
  return (
    <svg class="drawing" viewBox={`0 0 ${props.width} ${HEIGHT}`} role="img" aria-label={props.label}>
      <For each={ticks()}>
        {(tick) => (
          <g>
            <line class="drawing-grid" x1={LEFT} x2={props.width} y1={y()(tick)} y2={y()(tick)} />
            <text x={LEFT - 6} y={y()(tick)} text-anchor="end" dominant-baseline="middle">
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
            // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each bar
            <g
              class="drawing-bar"
              classList={{ opens: bar.open !== undefined && total(bar) > 0 }}
              onClick={() => bar.open?.()}
            >
              <title>{bar.name}</title>
              <rect class="drawing-ground" x={x()} y={TOP} width={slot()} height={HEIGHT - BOTTOM - TOP} />
              <For each={bar.parts}>
                {(part, at) => (
                  <rect
                    class={`drawing-part ${part.tone}`}
                    x={x() + slot() * 0.08}
                    width={slot() * 0.84}
                    y={y()(from(at()) + part.value)}
                    height={Math.max(0, y()(from(at())) - y()(from(at()) + part.value))}
                  />
                )}
              </For>
              <Show when={bar.tick !== ''}>
                <text x={x() + slot() / 2} y={HEIGHT - BOTTOM + 15} text-anchor="middle">
                  {bar.tick}
                </text>
              </Show>
            </g>
          )
        }}
      </For>
      <line class="drawing-axis" x1={LEFT} x2={props.width} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
    </svg>
  )
}
