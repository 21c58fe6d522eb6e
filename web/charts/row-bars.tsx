// Bars that lie one below the other, each with its name before it and its number behind it.

import { For, type JSX } from 'solid-js'
import './drawing.css'

export type RowBar = {
  name: string
  value: number
  /** The number in words. */
  text: string
  /** The text of the tooltip. */
  title: string
  tone?: 'leaf' | 'ochre' | 'faint'
  open?: () => void
}

const ROW = 24

export function RowBars(props: {
  bars: readonly RowBar[]
  width: number
  /** The drawing in words, for screen readers. */
  label: string
}): JSX.Element {
  const most = () => Math.max(1e-9, ...props.bars.map(({ value }) => value))
  const name = () => Math.min(190, props.width * 0.38)
  const x = (value: number) => name() + (value / most()) * (props.width - name() - 72)
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${props.bars.length * ROW + 4}`}
      role="img"
      aria-label={`${props.label}: ${props.bars.map((bar) => `${bar.name} ${bar.text}`).join(', ')}`}
    >
      <For each={props.bars}>
        {(bar, i) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each row
          <g class="drawing-bar" classList={{ opens: bar.open !== undefined }} onClick={() => bar.open?.()}>
            <title>{bar.title}</title>
            <rect class="drawing-ground" x={0} y={i() * ROW} width={props.width} height={ROW} />
            <text
              class="drawing-name"
              x={name() - 8}
              y={i() * ROW + ROW / 2}
              text-anchor="end"
              dominant-baseline="central"
            >
              {clipped(bar.name, name())}
            </text>
            <rect
              class={`drawing-part ${bar.tone ?? 'leaf'}`}
              x={name()}
              y={i() * ROW + 5}
              width={Math.max(0, x(bar.value) - name())}
              height={14}
            />
            <text x={x(bar.value) + 6} y={i() * ROW + ROW / 2} dominant-baseline="central">
              {bar.text}
            </text>
          </g>
        )}
      </For>
    </svg>
  )
}

/** Shortens a text to `room` pixels, at about 6.6 pixels per letter. */
export const clipped = (text: string, room: number): string => {
  const letters = Math.max(4, Math.floor(room / 6.6))
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`
}
