// How many photos each camera took.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { Chart } from '../../charts/chart.tsx'
import { RowBars } from '../../charts/row-bars.tsx'
import { count, counted } from '../../parts/format.ts'
import { deploymentsInsight } from '../../server/insight.ts'
import type { FilteringChartProps } from './chart-props.ts'
import '../../charts/legend.css'

const MOST_SHOWN = 14
const cameraName = (name: string | null) => name?.replaceAll('_', ' ') ?? 'no camera given'

export function CamerasChart(props: FilteringChartProps): JSX.Element {
  const query = useQuery(() => deploymentsInsight(props.filter))
  return (
    <Chart
      title="Photos per camera"
      name="cameras"
      query={query}
      empty={(data) => (data.photos === 0 ? 'No photos match this filter.' : null)}
      table={({ deployments }) => ({
        columns: ['camera', 'photos', 'animals', 'identified', 'first day', 'last day'],
        rows: deployments.map((one) => ({
          cells: [cameraName(one.name), one.photos, one.animals, one.identified, one.firstDay, one.lastDay],
          open:
            one.name !== null && one.animals > 0
              ? () => props.opener.bar(cameraName(one.name), { ...props.filter, deployment: one.name ?? undefined })
              : undefined,
        })),
      })}
    >
      {(data, width) => (
        <>
          <RowBars
            width={width()}
            label="Photos per camera"
            bars={data()
              .deployments.slice(0, MOST_SHOWN)
              .map(({ name, photos, animals, identified }) => ({
                name: cameraName(name),
                value: photos,
                text: count(photos),
                title: `${cameraName(name)}: ${counted(photos, 'photo')}, ${counted(animals, 'animal')}, ${count(identified)} identified. Click to show only this camera.`,
                open: name === null ? undefined : () => props.onFilter({ ...props.filter, deployment: name }),
              }))}
          />
          <Show when={data().deployments.length > MOST_SHOWN}>
            <p class="legend">{count(data().deployments.length - MOST_SHOWN)} more in the table.</p>
          </Show>
        </>
      )}
    </Chart>
  )
}
