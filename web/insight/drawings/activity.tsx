// When animals were photographed: a row for each month, a column for each hour, darker for more animals, with totals at
// the edges.

import { createMemo, For, type JSX } from 'solid-js'
import type { ActivityInsight } from '../../../api/contract/insight.ts'
import { counted } from '../../parts/format.ts'
import '../../charts/drawing.css'
import './activity.css'

const monthName = new Intl.DateTimeFormat(undefined, { month: 'short', timeZone: 'UTC' })
const longMonth = new Intl.DateTimeFormat(undefined, { month: 'long', timeZone: 'UTC' })
const dateOf = (month: number) => new Date(Date.UTC(2001, month, 15))
export const monthText = (month: number): string => longMonth.format(dateOf(month))
export const hourText = (hour: number): string =>
  `${String(hour).padStart(2, '0')}:00–${String(hour).padStart(2, '0')}:59`

const LEFT = 40
const RIGHT = 56
const TOP = 56
const ROW = 18
const BOTTOM = 22

export function Activity(props: {
  data: ActivityInsight
  width: number
  onHour: (hour: number) => void
  onMonth: (month: number) => void
  onCell: (month: number, hour: number) => void
}): JSX.Element {
  const column = () => (props.width - LEFT - RIGHT) / 24
  const most = createMemo(() => ({
    cell: Math.max(1, ...props.data.cells.flat()),
    hour: Math.max(1, ...props.data.hours),
    month: Math.max(1, ...props.data.months),
  }))
  const height = TOP + 12 * ROW + BOTTOM
  const busiest = () => props.data.hours.indexOf(most().hour)
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${height}`}
      role="img"
      aria-label={`${counted(props.data.animals - props.data.untimed, 'animal')} by month and hour; most between ${hourText(Math.max(0, busiest()))}`}
    >
      <For each={props.data.hours}>
        {(animals, hour) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each hour
          <g class="drawing-bar opens" onClick={() => props.onHour(hour())}>
            <title>{`${hourText(hour())}: ${counted(animals, 'animal')}`}</title>
            <rect class="drawing-ground" x={LEFT + hour() * column()} y={0} width={column()} height={TOP - 4} />
            <rect
              class="drawing-part ink"
              x={LEFT + hour() * column() + 1}
              width={Math.max(1, column() - 2)}
              y={TOP - 6 - (animals / most().hour) * (TOP - 12)}
              height={(animals / most().hour) * (TOP - 12)}
            />
          </g>
        )}
      </For>
      <For each={props.data.cells}>
        {(row, month) => (
          <g>
            <text x={LEFT - 6} y={TOP + month() * ROW + ROW / 2} text-anchor="end" dominant-baseline="central">
              {monthName.format(dateOf(month()))}
            </text>
            <For each={row}>
              {(animals, hour) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has buttons
                <g
                  class="drawing-bar activity-cell"
                  classList={{ opens: animals > 0 }}
                  onClick={() => animals > 0 && props.onCell(month() + 1, hour())}
                >
                  <title>{`${monthText(month())}, ${hourText(hour())}: ${counted(animals, 'animal')}`}</title>
                  <rect
                    class="activity-heat"
                    x={LEFT + hour() * column() + 0.5}
                    y={TOP + month() * ROW + 0.5}
                    width={Math.max(1, column() - 1)}
                    height={ROW - 1}
                    fill-opacity={animals === 0 ? 0.05 : 0.18 + 0.82 * Math.sqrt(animals / most().cell)}
                  />
                </g>
              )}
            </For>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each month */}
            <g class="drawing-bar opens" onClick={() => props.onMonth(month() + 1)}>
              <title>{`${monthText(month())}: ${counted(props.data.months[month()] ?? 0, 'animal')}`}</title>
              <rect class="drawing-ground" x={props.width - RIGHT} y={TOP + month() * ROW} width={RIGHT} height={ROW} />
              <rect
                class="drawing-part ink"
                x={props.width - RIGHT + 6}
                y={TOP + month() * ROW + 2}
                width={((props.data.months[month()] ?? 0) / most().month) * (RIGHT - 8)}
                height={ROW - 4}
              />
            </g>
          </g>
        )}
      </For>
      <For each={[0, 6, 12, 18, 23]}>
        {(hour) => (
          <text x={LEFT + (hour + 0.5) * column()} y={height - 6} text-anchor="middle">
            {hour} h
          </text>
        )}
      </For>
    </svg>
  )
}
