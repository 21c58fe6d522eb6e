// When animals were photographed, by hour and month.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { Chart } from '../../charts/chart.tsx'
import { counted } from '../../parts/format.ts'
import { activityInsight, type Bucket } from '../../server/insight.ts'
import { Activity, hourText, monthText } from '../drawings/activity.tsx'
import type { ChartProps } from './chart-props.ts'
import '../../charts/legend.css'

export function ActivityChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => activityInsight(props.filter))
  const open = (name: string, bucket: Bucket) => props.opener.bar(name, props.filter, bucket)
  return (
    <Chart
      wide
      title="Activity by hour and month"
      note="By the camera’s clock, all years together."
      name="activity"
      query={query}
      empty={(data) => (data.animals === data.untimed ? 'No photo that matches this filter has a time.' : null)}
      table={({ hours, months }) => ({
        columns: ['hour or month', 'animals'],
        rows: [
          ...hours.map((animals, hour) => ({
            cells: [hourText(hour), animals],
            open: animals > 0 ? () => open(hourText(hour), { hour }) : undefined,
          })),
          ...months.map((animals, i) => ({
            cells: [monthText(i), animals],
            open: animals > 0 ? () => open(monthText(i), { month: i + 1 }) : undefined,
          })),
        ],
      })}
    >
      {(data, width) => (
        <>
          <Activity
            data={data()}
            width={width()}
            onHour={(hour) => open(hourText(hour), { hour })}
            onMonth={(month) => open(monthText(month - 1), { month })}
            onCell={(month, hour) => open(`${monthText(month - 1)}, ${hourText(hour)}`, { month, hour })}
          />
          <Show when={data().untimed > 0}>
            <p class="legend">{counted(data().untimed, 'animal')} in photos without a time.</p>
          </Show>
        </>
      )}
    </Chart>
  )
}
