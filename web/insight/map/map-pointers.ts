// The pointer's actions on the map: pan, pinch, draw a loop, point at an animal, open one.

import { createSignal } from 'solid-js'
import { insideLoop, nearest, type Point, type Spread, type View, zoomed } from './spread.ts'

export type Tool = 'move' | 'lasso'

/** A point within this distance of the pointer is hovered. Pixels. */
const HOVER = 12
/** A lasso gets one corner per this many pixels. */
const LASSO = 3
/** A press that moves less than this is a click. Pixels. */
const CLICK = 4

const distance = ([ax, ay]: Point, [bx, by]: Point) => Math.hypot(ax - bx, ay - by)

export function createMapPointers(options: {
  canvas: () => HTMLCanvasElement | undefined
  spread: () => Spread
  view: () => View
  setView: (view: View) => void
  tool: () => Tool
  isShown: (index: number) => boolean
  onLasso: (indices: number[]) => void
  onOpen: (index: number) => void
}) {
  const [hovered, setHovered] = createSignal<number | null>(null)
  const [loop, setLoop] = createSignal<readonly Point[]>([])
  const pointers = new Map<number, Point>()
  let pressedAt: Point | null = null

  const placeOf = (event: PointerEvent | WheelEvent): Point => {
    const { left, top } = (options.canvas() ?? document.body).getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }
  const shownAt = (at: Point) => {
    const found = nearest(options.spread(), options.view(), at, HOVER)
    return found !== undefined && options.isShown(found) ? found : null
  }
  const pinch = (event: PointerEvent, at: Point) => {
    const [a, b] = [...pointers.values()] as [Point, Point] // there are two
    const before = distance(a, b)
    pointers.set(event.pointerId, at)
    const [c, d] = [...pointers.values()] as [Point, Point] // as above
    const factor = distance(c, d) / Math.max(1, before)
    options.setView(zoomed(options.view(), factor, [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2]))
  }

  return {
    hovered,
    setHovered,
    loop,
    placeOf,
    down(event: PointerEvent) {
      options.canvas()?.setPointerCapture(event.pointerId)
      const at = placeOf(event)
      pointers.set(event.pointerId, at)
      pressedAt = at
      setHovered(null)
      if (options.tool() === 'lasso' && pointers.size === 1) setLoop([at])
      if (pointers.size > 1) setLoop([])
    },
    move(event: PointerEvent) {
      const at = placeOf(event)
      const before = pointers.get(event.pointerId)
      if (before === undefined) {
        setHovered(shownAt(at))
        return
      }
      if (pointers.size === 2) return pinch(event, at)
      pointers.set(event.pointerId, at)
      const corners = loop()
      if (corners.length > 0) {
        if (distance(at, corners.at(-1) ?? at) >= LASSO) setLoop([...corners, at])
      } else {
        const view = options.view()
        options.setView({ ...view, x: view.x + at[0] - before[0], y: view.y + at[1] - before[1] })
      }
    },
    up(event: PointerEvent) {
      const at = placeOf(event)
      pointers.delete(event.pointerId)
      const corners = loop()
      setLoop([])
      if (corners.length > 2)
        return options.onLasso(insideLoop(options.spread(), options.view(), corners, options.isShown))
      const clicked = pressedAt !== null && distance(at, pressedAt) < CLICK ? shownAt(at) : null
      if (clicked === null) return
      // A finger hides what it points at, so its first tap only shows what is there.
      if (event.pointerType === 'mouse') options.onOpen(clicked)
      else setHovered(clicked)
    },
    cancel(event: PointerEvent) {
      pointers.delete(event.pointerId)
      setLoop([])
    },
  }
}
