// A map of the places where photos were taken. The outline of the land is part of the page, so no map server is
// contacted. It shows the whole world or the part that holds all places.

import { geoEqualEarth, geoGraticule10, geoPath } from 'd3-geo'
import { scaleSqrt } from 'd3-scale'
import { createMemo, createResource, For, type JSX, Show } from 'solid-js'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import type { DeploymentsInsight } from '../../api/contract/insight.ts'
import { counted } from '../parts/format.ts'
import './drawing.css'
import './world.css'

type Place = DeploymentsInsight['places'][number]

/** Natural Earth's coastline at 1:110 million (public domain) is too coarse to enlarge further. */
const MOST_ZOOM = 14

/** The outline of all land, part of the page. */
export async function landOutline() {
  const { default: atlas } = await import('world-atlas/land-110m.json')
  const topology = atlas as unknown as Topology<{ land: GeometryCollection }> // what the file holds
  return feature(topology, topology.objects.land)
}

export function World(props: {
  places: readonly Place[]
  width: number
  whole: boolean
  onPlace: (place: Place) => void
}): JSX.Element {
  const [land] = createResource(landOutline)
  const height = () => Math.round(Math.min(420, props.width * 0.52))
  const projection = createMemo(() => {
    const frame: [[number, number], [number, number]] = [
      [4, 4],
      [props.width - 4, height() - 4],
    ]
    const world = geoEqualEarth().fitExtent(frame, { type: 'Sphere' })
    if (props.whole || props.places.length === 0) return world
    const coordinates = props.places.map(({ longitude, latitude }): [number, number] => [longitude, latitude])
    const margin: [[number, number], [number, number]] = [
      [40, 40],
      [props.width - 40, height() - 40],
    ]
    const near = geoEqualEarth().fitExtent(margin, { type: 'MultiPoint', coordinates })
    const most = world.scale() * MOST_ZOOM
    if (near.scale() <= most) return near
    const points = coordinates.map((one) => world(one) ?? [0, 0])
    const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length
    const middle = world.invert?.([mean(0), mean(1)]) ?? coordinates[0]!
    const close = geoEqualEarth().scale(most).translate([0, 0])
    const [x, y] = close(middle) ?? [0, 0]
    return close.translate([props.width / 2 - x, height() / 2 - y])
  })
  const draw = createMemo(() =>
    geoPath(
      projection().clipExtent([
        [0, 0],
        [props.width, height()],
      ]),
    ),
  )
  const radius = createMemo(() =>
    scaleSqrt()
      .domain([0, Math.max(1, ...props.places.map((place) => place.photos))])
      .range([2.5, Math.max(7, props.width / 75)]),
  )
  return (
    <svg
      class="drawing world"
      viewBox={`0 0 ${props.width} ${height()}`}
      role="img"
      aria-label={`${counted(props.places.length, 'place')} on a map`}
    >
      <path class="world-sea" d={draw()({ type: 'Sphere' }) ?? ''} />
      <Show when={land()}>{(outline) => <path class="world-land" d={draw()(outline()) ?? ''} />}</Show>
      <path class="world-graticule" d={draw()(geoGraticule10()) ?? ''} />
      <For each={[...props.places].reverse()}>
        {(place) => {
          const at = () => projection()([place.longitude, place.latitude]) ?? [-99, -99]
          const where = `${place.latitude}°, ${place.longitude}°`
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the chart's table has a button for each place
            <g class="drawing-bar opens" onClick={() => props.onPlace(place)}>
              <title>{`${place.deployment?.replaceAll('_', ' ') ?? 'No camera given'} (${where}): ${counted(place.photos, 'photo')}, ${counted(place.animals, 'animal')}`}</title>
              <circle class="world-place" cx={at()[0]} cy={at()[1]} r={radius()(place.photos)} />
            </g>
          )
        }}
      </For>
    </svg>
  )
}
