// How long each station was watched, and where that is known from.

import { A } from '@solidjs/router'
import { type JSX, Show } from 'solid-js'
import type { Results } from '../../api/contract/survey/results.ts'
import { Chart } from '../charts/chart.tsx'
import { RowBars } from '../charts/row-bars.tsx'
import { cameraTime, count, counted } from '../parts/format.ts'
import { Made } from './made.tsx'
import { decimal, type SurveyProps } from './survey-props.ts'
import '../charts/legend.css'

const MOST_SHOWN = 14

const sources = {
  recorded: 'recorded dates',
  photos: 'first to last photo',
  both: 'recorded dates in part, else photos',
} as const
const sourceOf = ({ effortFrom }: Results['stations'][number]) =>
  effortFrom === null ? 'not known' : sources[effortFrom]

export function StationsChart(props: SurveyProps): JSX.Element {
  return (
    <Chart
      title="Effort"
      note="Camera-days of each station."
      name="stations"
      query={props.query}
      empty={({ stations }) =>
        stations.length === 0
          ? 'No photo has a camera yet. Import folders named after places, or add deployments.'
          : null
      }
      table={({ stations }) => ({
        columns: [
          'station',
          'latitude',
          'longitude',
          'camera-days',
          'made from',
          'first photo',
          'last photo',
          'photos',
          'events',
          'not reviewed',
        ],
        rows: stations.map((one) => ({
          cells: [
            one.name,
            one.latitude,
            one.longitude,
            one.days === null ? null : Math.round(one.days * 100) / 100,
            sourceOf(one),
            one.first && cameraTime(one.first),
            one.last && cameraTime(one.last),
            one.photos,
            one.events,
            one.unreviewed,
          ],
          open: one.events > 0 ? () => props.open(one.name, { station: one.id }) : undefined,
        })),
      })}
    >
      {(data, width) => (
        <>
          <RowBars
            width={width()}
            label="Camera-days"
            bars={[...data().stations]
              .sort((a, b) => (b.days ?? 0) - (a.days ?? 0))
              .slice(0, MOST_SHOWN)
              .map((one) => ({
                name: one.name.replaceAll('_', ' '),
                value: one.days ?? 0,
                text: one.days === null ? 'not known' : decimal(one.days),
                title: `${one.name}: ${one.days === null ? 'no dates' : `${decimal(one.days)} camera-days`} (${sourceOf(one)}), ${counted(one.photos, 'photo')}, ${counted(one.events, 'event')}`,
                tone: one.effortFrom === 'recorded' ? 'leaf' : 'ochre',
                open: one.events > 0 ? () => props.open(one.name, { station: one.id }) : undefined,
              }))}
          />
          <Show when={data().stations.length > MOST_SHOWN}>
            <p class="legend">{count(data().stations.length - MOST_SHOWN)} more in the table.</p>
          </Show>
          <p class="legend">
            <span class="legend-key leaf" /> recorded <span class="legend-key ochre" /> from photos
          </p>
          <Made unreviewed={data().unreviewed}>
            From start to end of each deployment, without problem periods. Where they are not recorded, from the first
            to the last photo, which is 10 to 16 % too short: <A href="/deployments">enter them</A>.
            <Show when={data().outsideEvents > 0}>
              {' '}
              {counted(data().outsideEvents, 'event')} lie outside these times: a date or a clock is wrong.
            </Show>
          </Made>
        </>
      )}
    </Chart>
  )
}
