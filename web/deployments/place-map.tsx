// All deployments on a map that can be moved and enlarged; a click places the one that is being edited. The outline of
// the land is part of the page, so no map server is contacted.

import { geoGraticule, geoMercator, geoPath } from 'd3-geo'
import { createMemo, createResource, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { landOutline } from '../charts/world.tsx'
import { Minus, Plus } from '../icons/icons.ts'
import { counted } from '../parts/format.ts'
import type { Deployment } from '../server/deployments.ts'
import './place-map.css'

type Point = { latitude: number; longitude: number }
type View = { scale: number; centre: [longitude: number, latitude: number] }

const HEIGHT = 340
/** Pixels per radian: the whole world, and about a metre per pixel. */
const [LEAST, MOST] = [60, 6_000_000]
const EARTH_M = 6_371_000

export function PlaceMap(props: {
  deployments: readonly Deployment[]
  /** Shown by a mark of its own. */
  chosen: string | undefined
  onChoose: (id: string) => void
  /** Clicks place something while this is given. */
  onPoint?: (point: Point) => void
}): JSX.Element {
  const [land] = createResource(landOutline)
  const [width, setWidth] = createSignal(600)
  const [moved, setMoved] = createSignal<View>()
  let frame: HTMLDivElement | undefined
  onMount(() => {
    if (frame === undefined) return
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(200, Math.round(entry?.contentRect.width ?? 600))))
    watch.observe(frame)
    onCleanup(() => watch.disconnect())
  })
  const placed = createMemo(() =>
    props.deployments.flatMap(({ id, name, latitude, longitude }) =>
      latitude === null || longitude === null ? [] : [{ id, name, latitude, longitude }],
    ),
  )
  const view = createMemo((): View => moved() ?? aroundAll(placed(), width()))
  const projection = createMemo(() => {
    const { scale, centre } = view()
    return geoMercator()
      .scale(scale)
      .center(centre)
      .translate([width() / 2, HEIGHT / 2])
      .clipExtent([
        [0, 0],
        [width(), HEIGHT],
      ])
  })
  const draw = createMemo(() => geoPath(projection()))
  /** Lines of the grid about 100 pixels apart. */
  const grid = createMemo(() => {
    const degrees = (100 / view().scale) * (180 / Math.PI)
    const step = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001].find((one) => one <= degrees)
    const [longitude, latitude] = view().centre
    /** Twice as far as the map shows, in degrees. */
    const around = (width() / view().scale) * (180 / Math.PI)
    return geoGraticule()
      .step([step ?? 0.001, step ?? 0.001])
      .extent([
        [Math.max(-180, longitude - around), Math.max(-85, latitude - around)],
        [Math.min(180, longitude + around), Math.min(85, latitude + around)],
      ])()
  })
  const zoom = (by: number) => setMoved({ ...view(), scale: Math.min(MOST, Math.max(LEAST, view().scale * by)) })

  let grabbed: { x: number; y: number; centre: View['centre'] } | null = null
  let dragged = false
  const onDown = (event: PointerEvent) => {
    grabbed = { x: event.clientX, y: event.clientY, centre: view().centre }
    dragged = false
  }
  const onMove = (event: PointerEvent) => {
    if (grabbed === null || event.buttons === 0) return
    const [dx, dy] = [event.clientX - grabbed.x, event.clientY - grabbed.y]
    if (!dragged && Math.hypot(dx, dy) < 5) return
    dragged = true
    const { scale } = view()
    const still = geoMercator().scale(scale).center(grabbed.centre).translate([0, 0])
    const centre = still.invert?.([-dx, -dy])
    if (centre) setMoved({ scale, centre: [centre[0], Math.min(80, Math.max(-80, centre[1]))] })
  }
  const onClick = (event: MouseEvent & { currentTarget: SVGSVGElement }) => {
    if (dragged || props.onPoint === undefined) return
    const box = event.currentTarget.getBoundingClientRect()
    const at = projection().invert?.([
      ((event.clientX - box.left) / box.width) * width(),
      ((event.clientY - box.top) / box.height) * HEIGHT,
    ])
    if (at) props.onPoint({ latitude: rounded(at[1]), longitude: rounded(at[0]) })
  }
  return (
    <div class="place-map" ref={frame}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the form has fields for the coordinates */}
      <svg
        class="place-map-drawing"
        classList={{ placing: props.onPoint !== undefined }}
        viewBox={`0 0 ${width()} ${HEIGHT}`}
        role="img"
        aria-label={`${counted(placed().length, 'deployment')} on a map; coordinates can be typed too`}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={() => {
          grabbed = null
        }}
        onClick={onClick}
        onWheel={(event) => {
          event.preventDefault()
          zoom(event.deltaY < 0 ? 1.3 : 1 / 1.3)
        }}
      >
        <rect class="place-map-sea" width={width()} height={HEIGHT} />
        <Show when={land()}>{(outline) => <path class="place-map-land" d={draw()(outline()) ?? ''} />}</Show>
        <path class="place-map-grid" d={draw()(grid()) ?? ''} />
        <For each={placed()}>
          {(one) => {
            const at = () => projection()([one.longitude, one.latitude]) ?? [-99, -99]
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: the table has a button for each deployment
              <g
                class="place-map-place"
                classList={{ chosen: one.id === props.chosen }}
                onClick={(event) => {
                  if (props.onPoint !== undefined) return
                  event.stopPropagation()
                  if (!dragged) props.onChoose(one.id)
                }}
              >
                <title>{one.name}</title>
                <circle cx={at()[0]} cy={at()[1]} r={one.id === props.chosen ? 8 : 5.5} />
              </g>
            )
          }}
        </For>
      </svg>
      <div class="place-map-tools">
        <button type="button" class="button icon" aria-label="Enlarge the map" onClick={() => zoom(2)}>
          <Plus size={16} />
        </button>
        <button type="button" class="button icon" aria-label="Show more of the map" onClick={() => zoom(0.5)}>
          <Minus size={16} />
        </button>
        <button type="button" class="button" onClick={() => setMoved(undefined)}>
          All
        </button>
        <span class="place-map-scale">{scaleText(view())}</span>
      </div>
    </div>
  )
}

/** Five digits are about a metre. */
const rounded = (degrees: number) => Math.round(degrees * 100_000) / 100_000

function aroundAll(points: readonly Point[], width: number): View {
  if (points.length === 0) return { scale: width / (2 * Math.PI), centre: [0, 20] }
  const frame: [[number, number], [number, number]] = [
    [40, 40],
    [width - 40, HEIGHT - 40],
  ]
  const coordinates = points.map(({ longitude, latitude }): [number, number] => [longitude, latitude])
  const fitted = geoMercator().fitExtent(frame, { type: 'MultiPoint', coordinates })
  const scale = Math.min(fitted.scale(), points.length === 1 ? 20_000 : MOST)
  const centre = fitted.invert?.([width / 2, HEIGHT / 2]) ?? coordinates[0] ?? [0, 0]
  return { scale: Number.isFinite(scale) ? scale : 20_000, centre: points.length === 1 ? coordinates[0]! : centre }
}

/** "100 px = 2 km" */
function scaleText({ scale, centre }: View): string {
  const metres = (100 / scale) * EARTH_M * Math.cos((centre[1] * Math.PI) / 180)
  return `100 px = ${metres >= 1000 ? `${Math.round(metres / 1000)} km` : `${Math.round(metres)} m`}`
}
