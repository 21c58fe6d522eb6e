// The charts of what is there: taxa, who identified how much, when, where, and how sure detector and tree are. In: the filter. Out: one
// section for each, whose bars open their photos.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { ConfirmedInsight, HistogramInsight } from '../../api/contract/insight.ts'
import { count, counted } from '../parts/format.ts'
import {
  activityInsight,
  type Bucket,
  confidenceInsight,
  confirmedInsight,
  deploymentsInsight,
  type InsightFilter,
  probabilityInsight,
  taxaInsight,
} from '../server/insight.ts'
import { Activity, hourText, monthText } from './activity.tsx'
import { type Bar, Bars } from './bars.tsx'
import { Chart, type ChartTable } from './chart.tsx'
import type { Opener } from './open.ts'
import { Sunburst, sizeOf } from './sunburst.tsx'
import { World } from './world.tsx'

type Props = { filter: InsightFilter; opener: Opener }

const nothing = ({ animals }: { animals: number }) => (animals === 0 ? 'No animals under this filter.' : null)

export function TaxaChart(props: Props & { onFilter: (filter: InsightFilter) => void }): JSX.Element {
  const query = useQuery(() => taxaInsight(props.filter))
  const open = (taxon: { id: string; name: string }) =>
    props.opener.bar(taxon.name, { ...props.filter, taxon: taxon.id })
  return (
    <Chart
      wide
      title="Animals by taxon"
      note="Each animal counts for what it is identified as, or else for what is suggested. Click into a sector."
      name="taxa"
      query={query}
      empty={nothing}
      open={() => props.opener.bar('All animals', props.filter)}
      table={({ taxa }) => ({
        columns: ['taxon', 'common name', 'rank', 'animals', 'identified', 'only suggested', 'of the taxon itself'],
        rows: taxa.map((taxon) => ({
          cells: [
            taxon.name,
            taxon.commonName,
            taxon.rank,
            sizeOf(taxon),
            taxon.identified,
            taxon.suggested,
            taxon.own,
          ],
          open: () => open(taxon),
        })),
      })}
    >
      {(data, width) => (
        <Sunburst
          data={data()}
          width={width()}
          onOpen={open}
          onFilter={(taxon) => props.onFilter({ ...props.filter, taxon })}
        />
      )}
    </Chart>
  )
}

type Standing = Exclude<keyof ConfirmedInsight, 'animals' | 'people'>
const standings: readonly { key: Standing; name: string; tone: string }[] = [
  { key: 'byPeople', name: 'identified by people', tone: 'leaf' },
  { key: 'byImport', name: 'by a label that came with the photo', tone: 'leaf-light' },
  { key: 'conflict', name: 'in conflict', tone: 'rust' },
  { key: 'suggested', name: 'only suggested', tone: 'ochre' },
  { key: 'open', name: 'nothing known', tone: 'faint' },
]

export function ConfirmedChart(props: Props): JSX.Element {
  const query = useQuery(() => confirmedInsight(props.filter))
  return (
    <Chart
      title="Share confirmed"
      name="confirmed"
      query={query}
      empty={nothing}
      table={(data) => ({
        columns: ['standing', 'animals'],
        rows: [
          ...standings.map(({ key, name }) => ({ cells: [name, data[key]] })),
          ...data.people.map(({ person, animals }) => ({
            cells: [`by ${person}`, animals],
            open: () => props.opener.bar(`By ${person}`, { ...props.filter, person }),
          })),
        ],
      })}
    >
      {(data, width) => {
        const share = () => (data().byPeople + data().byImport) / Math.max(1, data().animals)
        const before = (at: number) => standings.slice(0, at).reduce((sum, { key }) => sum + data()[key], 0)
        const x = (animals: number) => (animals / Math.max(1, data().animals)) * width()
        return (
          <div class="confirmed">
            <p class="big-number">
              {Math.floor(share() * 100)} %<span> of {counted(data().animals, 'animal')} identified</span>
            </p>
            <svg
              class="drawing"
              viewBox={`0 0 ${width()} 30`}
              role="img"
              aria-label={standings.map(({ key, name }) => `${name}: ${count(data()[key])}`).join(', ')}
            >
              <For each={standings}>
                {({ key, name, tone }, at) => (
                  <rect class={`part ${tone}`} x={x(before(at()))} y={2} width={x(data()[key])} height={26}>
                    <title>{`${name}: ${count(data()[key])}`}</title>
                  </rect>
                )}
              </For>
            </svg>
            <ul class="legend-list">
              <For each={standings.filter(({ key }) => data()[key] > 0)}>
                {({ key, name, tone }) => (
                  <li>
                    <span class={`key ${tone}`} /> {name} <strong>{count(data()[key])}</strong>
                  </li>
                )}
              </For>
            </ul>
            <Show when={data().people.length > 0}>
              <h3>Who identified</h3>
              <ul class="people-list">
                <For each={data().people.slice(0, 6)}>
                  {({ person, animals }) => (
                    <li>
                      <button
                        type="button"
                        onClick={() => props.opener.bar(`By ${person}`, { ...props.filter, person })}
                      >
                        {person}
                      </button>
                      <span>{count(animals)}</span>
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </div>
        )
      }}
    </Chart>
  )
}

const fractionText = (from: number, to: number) => `${from.toFixed(2)} to ${to.toFixed(2)}`

function Histogram(
  props: Props & {
    title: string
    note: string
    of: 'confidence' | 'probability'
    without: string
    query: Parameters<typeof Chart<HistogramInsight>>[0]['query']
  },
): JSX.Element {
  const open = (from: number, to: number) => {
    const bucket: Bucket = { [props.of]: { from, to } }
    props.opener.bar(`${props.title}, ${fractionText(from, to)}`, props.filter, bucket)
  }
  const bars = ({ bins }: HistogramInsight): Bar[] =>
    bins.map(({ from, to, identified, unidentified }, i) => ({
      tick: i % 4 === 0 ? from.toFixed(1) : '',
      name: `${fractionText(from, to)}: ${count(identified)} identified, ${count(unidentified)} not`,
      parts: [
        { value: identified, tone: 'leaf' },
        { value: unidentified, tone: 'ochre' },
      ],
      open: () => open(from, to),
    }))
  return (
    <Chart
      title={props.title}
      note={props.note}
      name={props.of}
      query={props.query}
      empty={(data) => (data.animals === data.without ? `No animals ${props.without} under this filter.` : null)}
      table={({ bins }) => ({
        columns: [props.of, 'identified', 'not identified'],
        rows: bins.map(({ from, to, identified, unidentified }) => ({
          cells: [fractionText(from, to), identified, unidentified],
          open: identified + unidentified > 0 ? () => open(from, to) : undefined,
        })),
      })}
    >
      {(data, width) => (
        <>
          <Bars
            bars={bars(data())}
            width={width()}
            label={`${props.title}: ${bars(data())
              .map((bar) => bar.name)
              .join('; ')}`}
          />
          <p class="legend">
            <span class="key leaf" /> identified <span class="key ochre" /> not identified
            <Show when={data().without > 0}>
              {' '}
              · {counted(data().without, 'animal')} not {props.without}
            </Show>
          </p>
        </>
      )}
    </Chart>
  )
}

export function ConfidenceChart(props: Props): JSX.Element {
  const query = useQuery(() => confidenceInsight(props.filter))
  return (
    <Histogram
      {...props}
      title="Confidence of the detector"
      note="How sure it is that there is an animal."
      of="confidence"
      without="boxed by the detector"
      query={query}
    />
  )
}

export function ProbabilityChart(props: Props): JSX.Element {
  const query = useQuery(() => probabilityInsight(props.filter))
  return (
    <Histogram
      {...props}
      title="Probability of the suggestion"
      note="Of the best suggestion, also where it is identified: its own burst is left out."
      of="probability"
      without="with a suggestion"
      query={query}
    />
  )
}

export function ActivityChart(props: Props): JSX.Element {
  const query = useQuery(() => activityInsight(props.filter))
  const open = (name: string, bucket: Bucket) => props.opener.bar(name, props.filter, bucket)
  return (
    <Chart
      wide
      title="Activity by hour and month"
      note="By the camera's clock, all years together."
      name="activity"
      query={query}
      empty={(data) => (data.animals === data.untimed ? 'No photo under this filter says when it was taken.' : null)}
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
            <p class="legend">{counted(data().untimed, 'animal')} on photos without a time.</p>
          </Show>
        </>
      )}
    </Chart>
  )
}

const CAMERAS = 14
const cameraName = (name: string | null) => name?.replaceAll('_', ' ') ?? 'without a camera'

export function CamerasChart(props: Props & { onFilter: (filter: InsightFilter) => void }): JSX.Element {
  const query = useQuery(() => deploymentsInsight(props.filter))
  return (
    <Chart
      title="Photos per camera"
      name="cameras"
      query={query}
      empty={(data) => (data.photos === 0 ? 'No photos under this filter.' : null)}
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
      {(data, width) => {
        const shown = () => data().deployments.slice(0, CAMERAS)
        const most = () => Math.max(1, ...shown().map((one) => one.photos))
        const name = () => Math.min(170, width() * 0.38)
        const x = (photos: number) => name() + (photos / most()) * (width() - name() - 64)
        return (
          <>
            <svg
              class="drawing"
              viewBox={`0 0 ${width()} ${shown().length * 24 + 4}`}
              role="img"
              aria-label={`Photos per camera: ${shown()
                .map((one) => `${cameraName(one.name)} ${count(one.photos)}`)
                .join(', ')}`}
            >
              <For each={shown()}>
                {(one, i) => (
                  // biome-ignore lint/a11y/noStaticElementInteractions: the table beside the drawing has a button for each camera
                  <g
                    class="bar"
                    classList={{ opens: one.name !== null }}
                    onClick={() =>
                      one.name !== null && props.onFilter({ ...props.filter, deployment: one.name ?? undefined })
                    }
                  >
                    <title>{`${cameraName(one.name)}: ${counted(one.photos, 'photo')}, ${counted(one.animals, 'animal')}, ${count(one.identified)} identified. Shows only this camera.`}</title>
                    <rect class="bar-ground" x={0} y={i() * 24} width={width()} height={24} />
                    <text class="name" x={name() - 8} y={i() * 24 + 12} text-anchor="end" dominant-baseline="central">
                      {clipped(cameraName(one.name), name())}
                    </text>
                    <rect class="part leaf" x={name()} y={i() * 24 + 5} width={x(one.photos) - name()} height={14} />
                    <text class="tick" x={x(one.photos) + 6} y={i() * 24 + 12} dominant-baseline="central">
                      {count(one.photos)}
                    </text>
                  </g>
                )}
              </For>
            </svg>
            <Show when={data().deployments.length > CAMERAS}>
              <p class="legend">{count(data().deployments.length - CAMERAS)} more in the table.</p>
            </Show>
          </>
        )
      }}
    </Chart>
  )
}

const clipped = (text: string, room: number) => {
  const letters = Math.max(4, Math.floor(room / 6.6))
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`
}

export function PlacesChart(props: Props): JSX.Element {
  const query = useQuery(() => deploymentsInsight(props.filter))
  const [whole, setWhole] = createSignal(false)
  const open = (place: { latitude: number; longitude: number }) => {
    const { latitude, longitude } = place
    props.opener.bar(`At ${latitude}°, ${longitude}°`, props.filter, { place: { latitude, longitude } })
  }
  return (
    <Chart
      wide
      title="Where"
      note="Coordinates of the photos, to a hundredth of a degree. Land: Natural Earth, drawn here, no map server is asked."
      name="places"
      query={query}
      empty={(data) => (data.places.length === 0 ? 'No photo under this filter has coordinates.' : null)}
      table={({ places }): ChartTable => ({
        columns: ['latitude', 'longitude', 'camera', 'photos', 'animals'],
        rows: places.map((place) => ({
          cells: [String(place.latitude), String(place.longitude), place.deployment, place.photos, place.animals],
          open: place.animals > 0 ? () => open(place) : undefined,
        })),
      })}
    >
      {(data, width) => (
        <>
          <fieldset class="segments" aria-label="Part of the map">
            <button type="button" aria-pressed={!whole()} onClick={() => setWhole(false)}>
              Where the photos are
            </button>
            <button type="button" aria-pressed={whole()} onClick={() => setWhole(true)}>
              The world
            </button>
          </fieldset>
          <World places={data().places} width={width()} whole={whole()} onPlace={open} />
          <p class="legend">
            {counted(data().places.length, 'place')}
            <Show when={data().placesLeftOut > 0}>, {count(data().placesLeftOut)} further ones left out</Show>
            <Show when={data().unplaced > 0}>, {counted(data().unplaced, 'photo')} without coordinates</Show>.
          </p>
        </>
      )}
    </Chart>
  )
}
