// The canvas of the map: it pans, zooms, shows the crop of the point under the pointer and reports which points a loop
// encloses.

import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import { theme } from '../../person/theme.ts'
import type { Colours } from './colours.ts'
import { drawMap } from './map-drawing.ts'
import { createMapPointers, type Tool } from './map-pointers.ts'
import { fitting, onScreen, type Point, type Spread, type View, zoomed } from './spread.ts'
import './map-canvas.css'

export type MapControl = { zoom(factor: number): void; fit(): void; canvas(): HTMLCanvasElement | undefined }

const MOST_ZOOM = 60
/** The largest size of the card next to the pointer, in pixels. */
const CARD = { width: 190, height: 240 }

export function MapCanvas(props: {
  spread: Spread
  colours: Colours
  /** The groups that are not shown. */
  hidden: ReadonlySet<number>
  tool: Tool
  selected: ReadonlySet<number>
  onLasso: (indices: number[]) => void
  onOpen: (index: number) => void
  describe: (index: number) => JSX.Element
  control: (control: MapControl) => void
}): JSX.Element {
  let canvas: HTMLCanvasElement | undefined
  let frame: HTMLDivElement | undefined
  const [size, setSize] = createSignal({ width: 0, height: 0 })
  const [chosenView, setChosenView] = createSignal<View | null>(null)
  const view = createMemo(() => chosenView() ?? fitting(size().width, size().height))
  const setView = (next: View) => {
    const least = fitting(size().width, size().height).scale
    setChosenView(next.scale < least * 0.6 || next.scale > least * MOST_ZOOM ? view() : next)
  }
  const zoomBy = (factor: number, about: Point = [size().width / 2, size().height / 2]) =>
    setView(zoomed(view(), factor, about))
  const pointers = createMapPointers({
    canvas: () => canvas,
    spread: () => props.spread,
    view,
    setView,
    tool: () => props.tool,
    isShown: (i) => !props.hidden.has(props.colours.groupOf[i] ?? 0),
    onLasso: (indices) => props.onLasso(indices),
    onOpen: (index) => props.onOpen(index),
  })

  onMount(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0)
        setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    if (frame) watch.observe(frame)
    const system = matchMedia('(prefers-color-scheme: dark)')
    const again = () => setSize({ ...size() })
    system.addEventListener('change', again)
    onCleanup(() => {
      watch.disconnect()
      system.removeEventListener('change', again)
    })
    props.control({ zoom: (factor) => zoomBy(factor), fit: () => setChosenView(null), canvas: () => canvas })
  })
  createEffect(
    on(
      () => props.spread,
      () => pointers.setHovered(null),
      { defer: true },
    ),
  )

  let nextFrame = 0
  const scene = () => ({
    spread: props.spread,
    view: view(),
    size: size(),
    colours: props.colours,
    hidden: props.hidden,
    selected: props.selected,
    hovered: pointers.hovered(),
    loop: pointers.loop(),
  })
  createEffect(
    on([scene, theme], ([now]) => {
      cancelAnimationFrame(nextFrame)
      nextFrame = requestAnimationFrame(() => canvas && drawMap(canvas, now))
    }),
  )
  onCleanup(() => cancelAnimationFrame(nextFrame))

  const onWheel = (event: WheelEvent) => {
    event.preventDefault()
    zoomBy(1.0015 ** -event.deltaY, pointers.placeOf(event))
  }
  const card = () => {
    const at = pointers.hovered()
    if (at === null) return null
    const [x, y] = onScreen(props.spread, view(), at)
    const left = Math.min(x + 14, size().width - CARD.width)
    return { at, left, top: Math.min(Math.max(0, y - 40), size().height - CARD.height) }
  }

  return (
    <div class="map-canvas" ref={frame} data-tool={props.tool}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${props.spread.points.detectionIds.length} animals; look-alikes lie close together. The list beside the map selects groups by name.`}
        onPointerDown={pointers.down}
        onPointerMove={pointers.move}
        onPointerUp={pointers.up}
        onPointerCancel={pointers.cancel}
        onPointerLeave={() => pointers.setHovered(null)}
        on:wheel={{ handleEvent: onWheel, passive: false }}
      />
      <Show when={card()}>
        {(one) => (
          <div class="floating map-canvas-card" style={{ left: `${one().left}px`, top: `${one().top}px` }}>
            {props.describe(one().at)}
          </div>
        )}
      </Show>
    </div>
  )
}
