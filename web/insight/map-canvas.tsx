// The canvas of the map. In: points, their colours, what is hidden. Out: panning, zooming, the crop under the pointer, and the loop that
// somebody drew around some of them.

import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import { theme } from '../person/theme.ts'
import type { Colours } from './hues.ts'
import { fitting, insideLoop, nearest, onScreen, type Point, type Spread, type View, zoomed } from './spread.ts'

export type Tool = 'move' | 'lasso'

const HOVER_PIXELS = 12
const MOST_ZOOM = 60
/** A lasso keeps one corner for so many pixels of the way. */
const LASSO_PIXELS = 3

export function MapCanvas(props: {
  spread: Spread
  colours: Colours
  hidden: ReadonlySet<number>
  tool: Tool
  chosen: ReadonlySet<number>
  onLasso: (indices: number[]) => void
  onOpen: (index: number) => void
  describe: (index: number) => JSX.Element
  control: (control: { zoom(factor: number): void; fit(): void; canvas(): HTMLCanvasElement | undefined }) => void
}): JSX.Element {
  let canvas: HTMLCanvasElement | undefined
  let frame: HTMLDivElement | undefined
  const [size, setSize] = createSignal({ width: 0, height: 0 })
  const [view, setView] = createSignal<View | null>(null)
  const [hovered, setHovered] = createSignal<number | null>(null)
  const [loop, setLoop] = createSignal<Point[]>([])
  const isShown = (i: number) => !props.hidden.has(props.colours.of[i] ?? 0)
  const now = createMemo(() => view() ?? fitting(size().width, size().height))
  const limited = (next: View) => {
    const least = fitting(size().width, size().height).scale
    return next.scale < least * 0.6 || next.scale > least * MOST_ZOOM ? now() : next
  }
  const zoomBy = (factor: number, about: Point = [size().width / 2, size().height / 2]) =>
    setView(limited(zoomed(now(), factor, about)))

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
    props.control({ zoom: (factor) => zoomBy(factor), fit: () => setView(null), canvas: () => canvas })
  })
  createEffect(
    on(
      () => props.spread,
      () => setHovered(null),
      { defer: true },
    ),
  )

  const draw = () => {
    const { width, height } = size()
    const context = canvas?.getContext('2d')
    if (!canvas || !context || width === 0) return
    const density = window.devicePixelRatio
    canvas.width = Math.round(width * density)
    canvas.height = Math.round(height * density)
    context.scale(density, density)
    const style = getComputedStyle(canvas)
    const tone = (name: string) => resolved(context, style.getPropertyValue(name))
    context.fillStyle = style.backgroundColor
    context.fillRect(0, 0, width, height)
    const many = props.spread.points.detectionIds.length
    const radius =
      Math.max(1.2, Math.min(5, 90 / Math.sqrt(many + 1))) *
      Math.min(2.2, Math.sqrt(now().scale / Math.min(width, height)))
    const chosen = props.chosen
    context.globalAlpha = chosen.size > 0 ? 0.25 : 0.85
    // One colour after the other: changing it for each point is what would be slow.
    for (const [hue, { colour }] of props.colours.hues.entries()) {
      if (props.hidden.has(hue)) continue
      context.fillStyle = tone(colour === 'none' ? '--faint-bar' : `--hue-${colour}`)
      context.beginPath()
      for (let i = 0; i < many; i++) {
        if (props.colours.of[i] !== hue) continue
        const [x, y] = onScreen(props.spread, now(), i)
        if (x < -8 || y < -8 || x > width + 8 || y > height + 8) continue
        context.moveTo(x + radius, y)
        context.arc(x, y, radius, 0, 2 * Math.PI)
      }
      context.fill()
    }
    context.globalAlpha = 1
    for (const i of chosen) {
      const { colour } = props.colours.hues[props.colours.of[i] ?? 0] ?? { colour: 'none' }
      const [x, y] = onScreen(props.spread, now(), i)
      context.fillStyle = tone(colour === 'none' ? '--faint-bar' : `--hue-${colour}`)
      context.beginPath()
      context.arc(x, y, radius + 0.6, 0, 2 * Math.PI)
      context.fill()
    }
    const at = hovered()
    if (at !== null) {
      const [x, y] = onScreen(props.spread, now(), at)
      context.strokeStyle = style.color
      context.lineWidth = 2
      context.beginPath()
      context.arc(x, y, radius + 4, 0, 2 * Math.PI)
      context.stroke()
    }
    const corners = loop()
    if (corners.length > 1) {
      context.beginPath()
      for (const [x, y] of corners) context.lineTo(x, y)
      context.closePath()
      context.fillStyle = tone('--leaf-wash')
      context.globalAlpha = 0.45
      context.fill()
      context.globalAlpha = 1
      context.strokeStyle = tone('--leaf')
      context.setLineDash([6, 4])
      context.stroke()
      context.setLineDash([])
    }
  }
  let asked = 0
  createEffect(
    on([size, now, hovered, loop, theme, () => [props.spread, props.colours, props.hidden, props.chosen]], () => {
      cancelAnimationFrame(asked)
      asked = requestAnimationFrame(draw)
    }),
  )
  onCleanup(() => cancelAnimationFrame(asked))

  const pointers = new Map<number, Point>()
  const placeOf = (event: PointerEvent | WheelEvent): Point => {
    const { left, top } = (canvas ?? document.body).getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }
  const spanOf = (points: Point[]) => Math.hypot(points[0]![0] - points[1]![0], points[0]![1] - points[1]![1])
  let pressedAt: Point | null = null

  const onDown = (event: PointerEvent) => {
    canvas?.setPointerCapture(event.pointerId)
    const at = placeOf(event)
    pointers.set(event.pointerId, at)
    pressedAt = at
    setHovered(null)
    if (props.tool === 'lasso' && pointers.size === 1) setLoop([at])
    if (pointers.size > 1) setLoop([])
  }
  const onMove = (event: PointerEvent) => {
    const at = placeOf(event)
    const before = pointers.get(event.pointerId)
    if (before === undefined) {
      const found = nearest(props.spread, now(), at, HOVER_PIXELS)
      setHovered(found !== undefined && isShown(found) ? found : null)
      return
    }
    if (pointers.size === 2) {
      const earlier = spanOf([...pointers.values()])
      pointers.set(event.pointerId, at)
      const [a, b] = [...pointers.values()] as [Point, Point] // there are two
      const factor = spanOf([a, b]) / Math.max(1, earlier)
      setView(limited(zoomed(now(), factor, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2])))
      return
    }
    pointers.set(event.pointerId, at)
    const corners = loop()
    if (corners.length > 0) {
      const last = corners.at(-1) ?? at
      if (Math.hypot(at[0] - last[0], at[1] - last[1]) >= LASSO_PIXELS) setLoop([...corners, at])
    } else setView({ ...now(), x: now().x + at[0] - before[0], y: now().y + at[1] - before[1] })
  }
  const onUp = (event: PointerEvent) => {
    const at = placeOf(event)
    pointers.delete(event.pointerId)
    const corners = loop()
    setLoop([])
    if (corners.length > 2) return props.onLasso(insideLoop(props.spread, now(), corners, isShown))
    const still = pressedAt !== null && Math.hypot(at[0] - pressedAt[0], at[1] - pressedAt[1]) < 4
    const found = still ? nearest(props.spread, now(), at, HOVER_PIXELS) : undefined
    if (found === undefined || !isShown(found)) return
    if (event.pointerType === 'mouse') props.onOpen(found)
    else setHovered(found)
  }
  const onWheel = (event: WheelEvent) => {
    event.preventDefault()
    zoomBy(1.0015 ** -event.deltaY, placeOf(event))
  }
  const card = () => {
    const at = hovered()
    if (at === null) return null
    const [x, y] = onScreen(props.spread, now(), at)
    return { at, left: Math.min(x + 14, size().width - 190), top: Math.min(Math.max(0, y - 40), size().height - 240) }
  }

  return (
    <div class="map-frame" ref={frame} data-tool={props.tool}>
      <canvas
        ref={canvas}
        class="map-canvas"
        role="img"
        aria-label={`${props.spread.points.detectionIds.length} animals; look-alikes lie together. The list beside it chooses groups by name.`}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={(event) => {
          pointers.delete(event.pointerId)
          setLoop([])
        }}
        onPointerLeave={() => setHovered(null)}
        on:wheel={{ handleEvent: onWheel, passive: false }}
      />
      <Show when={card()}>
        {(one) => (
          <div class="map-card" style={{ left: `${one().left}px`, top: `${one().top}px` }}>
            {props.describe(one().at)}
          </div>
        )}
      </Show>
    </div>
  )
}

/** A custom property as the canvas understands it: light-dark() is resolved by an element only. */
function resolved(context: CanvasRenderingContext2D, value: string): string {
  const probe = document.createElement('span')
  probe.style.color = value
  context.canvas.parentElement?.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
