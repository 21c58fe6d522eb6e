// How many photos each camera took.

import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import type { DeploymentsInsight } from '../../../api/contract/insight.ts'
import { Chart } from '../../charts/chart.tsx'
import { count, counted } from '../../parts/format.ts'
import { deploymentsInsight } from '../../server/insight.ts'
import type { FilteringChartProps } from './chart-props.ts'
import '../../charts/drawing.css'
import '../../charts/legend.css'

const MOST_SHOWN = 14
const ROW = 24
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
          <CameraBars
            cameras={data().deployments.slice(0, MOST_SHOWN)}
            width={width()}
            onCamera={(deployment) => props.onFilter({ ...props.filter, deployment })}
          />
          <Show when={data().deployments.length > MOST_SHOWN}>
            <p class="legend">{count(data().deployments.length - MOST_SHOWN)} more in the table.</p>
          </Show>
        </>
      )}
    </Chart>
  )
}

function CameraBars(props: {
  cameras: DeploymentsInsight['deployments']
  width: number
  onCamera: (name: string) => void
}): JSX.Element {
  const most = () => Math.max(1, ...props.cameras.map((one) => one.photos))
  const name = () => Math.min(170, props.width * 0.38)
  const x = (photos: number) => name() + (photos / most()) * (props.width - name() - 64)
  return (
    <svg
      class="drawing"
      viewBox={`0 0 ${props.width} ${props.cameras.length * ROW + 4}`}
      role="img"
      aria-label={`Photos per camera: ${props.cameras
        .map((one) => `${cameraName(one.name)} ${count(one.photos)}`)
        .join(', ')}`}
    >
      <For each={props.cameras}>
        {(one, i) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each camera
          <g
            class="drawing-bar"
            classList={{ opens: one.name !== null }}
            onClick={() => one.name !== null && props.onCamera(one.name)}
          >
            <title>{`${cameraName(one.name)}: ${counted(one.photos, 'photo')}, ${counted(one.animals, 'animal')}, ${count(one.identified)} identified. Click to show only this camera.`}</title>
            <rect class="drawing-ground" x={0} y={i() * ROW} width={props.width} height={ROW} />
            <text
              class="drawing-name"
              x={name() - 8}
              y={i() * ROW + ROW / 2}
              text-anchor="end"
              dominant-baseline="central"
            >
              {clipped(cameraName(one.name), name())}
            </text>
            <rect class="drawing-part leaf" x={name()} y={i() * ROW + 5} width={x(one.photos) - name()} height={14} />
            <text x={x(one.photos) + 6} y={i() * ROW + ROW / 2} dominant-baseline="central">
              {count(one.photos)}
            </text>
          </g>
        )}
      </For>
    </svg>
  )
}

/** Shortens a text to `room` pixels, at about 6.6 pixels per letter. */
const clipped = (text: string, room: number) => {
  const letters = Math.max(4, Math.floor(room / 6.6))
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`
}
