// Where photos were taken, on a map.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, type JSX, Show } from 'solid-js'
import { Chart } from '../../charts/chart.tsx'
import type { ChartTable } from '../../charts/chart-table.ts'
import { World } from '../../charts/world.tsx'
import { count, counted } from '../../parts/format.ts'
import { deploymentsInsight } from '../../server/insight.ts'
import type { ChartProps } from './chart-props.ts'
import '../../charts/legend.css'

export function PlacesChart(props: ChartProps): JSX.Element {
  const query = useQuery(() => deploymentsInsight(props.filter))
  const [whole, setWhole] = createSignal(false)
  const open = (place: { latitude: number; longitude: number }) => {
    const { latitude, longitude } = place
    props.opener.bar(`At ${latitude}°, ${longitude}°`, props.filter, { place: { latitude, longitude } })
  }
  return (
    <Chart
      wide
      title="Places"
      note="Rounded to a hundredth of a degree. Outline of the land: Natural Earth. No map server is contacted."
      name="places"
      query={query}
      empty={(data) => (data.places.length === 0 ? 'No photo that matches this filter has coordinates.' : null)}
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
              Around the photos
            </button>
            <button type="button" aria-pressed={whole()} onClick={() => setWhole(true)}>
              Whole world
            </button>
          </fieldset>
          <World places={data().places} width={width()} whole={whole()} onPlace={open} />
          <p class="legend">
            {counted(data().places.length, 'place')}
            <Show when={data().placesLeftOut > 0}>, {count(data().placesLeftOut)} more not shown</Show>
            <Show when={data().unplaced > 0}>, {counted(data().unplaced, 'photo')} without coordinates</Show>.
          </p>
        </>
      )}
    </Chart>
  )
}
