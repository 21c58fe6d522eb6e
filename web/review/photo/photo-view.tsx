// The photo under review: the animal enlarged, or the whole photo with all its boxes. Wheel and pinch zoom, dragging
// pans, and a click on a box opens its animal. Keys act through `controls`.

import { createMemo, createSignal, type JSX, onCleanup } from 'solid-js'
import type { Media } from '../../../api/contract/media.ts'
import { fitInto, magnify, type Placement, type Size, withSurroundings } from '../../parts/photo/magnify.ts'
import { type PhotoBox, PhotoSheet } from '../../parts/photo/photo-sheet.tsx'
import { type Point, panBy, STEP, zoomBy } from '../view.ts'
import { lightFilter } from './light.ts'
import { frame, pictureAt, setFrame } from './pictures.ts'
import type { PhotoControls } from './view-acts.ts'
import './photo-view.css'

/** A press that moves less than this is a click. */
const CLICK_PX = 5
const WHEEL_ZOOM = 0.0016

export function PhotoView(props: {
  media: Media
  boxes: readonly PhotoBox[]
  focus: string
  zoomed: boolean
  onPick: (id: string) => void
  controls: (controls: PhotoControls) => void
  /** Rendered over the photo while a box is drawn or changed. It receives the photo's placement. */
  editor?: ((placed: () => Placement) => JSX.Element) | undefined
}): JSX.Element {
  const [natural, setNatural] = createSignal<Size | null>(null)
  const size = createMemo<Size>(() => {
    const { width, height } = props.media
    return width !== null && height !== null ? { width, height } : (natural() ?? { width: 4, height: 3 })
  })
  const focused = createMemo(() => props.boxes.find((b) => b.id === props.focus))
  const base = createMemo<Placement>(() => {
    const box = focused()
    return props.zoomed && box !== undefined
      ? magnify(frame(), size(), withSurroundings(box.bbox))
      : fitInto(frame(), size())
  })
  // A view belongs to the placement it started from, so another photo, frame or mode resets it.
  const [view, setView] = createSignal<{ from: Placement; placed: Placement } | null>(null)
  const placed = createMemo(() => {
    const changed = view()
    return changed !== null && changed.from === base() ? changed.placed : base()
  })
  const place = (next: Placement) => setView({ from: base(), placed: next })

  const centre = (): Point => ({ x: frame().width / 2, y: frame().height / 2 })
  const zoom = (factor: number, at: Point) => place(zoomBy(frame(), size(), placed(), factor, at))
  const pan = (dx: number, dy: number) => place(panBy(frame(), placed(), dx, dy))
  props.controls({
    closer: () => zoom(STEP, centre()),
    farther: () => zoom(1 / STEP, centre()),
    pan,
    reset: () => setView(null),
  })

  let element!: HTMLDivElement
  const at = (event: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const watch = (made: HTMLDivElement) => {
    element = made
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setFrame({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(made)
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), at(event))
    }
    made.addEventListener('wheel', onWheel, { passive: false })
    onCleanup(() => observer.disconnect())
  }

  const fingers = new Map<number, Point>()
  let pressedAt: Point | null = null
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || props.editor !== undefined) return
    fingers.set(event.pointerId, at(event))
    pressedAt = fingers.size === 1 ? at(event) : null
  }
  const onPointerMove = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId)
    if (before === undefined) return
    const now = at(event)
    if (pressedAt !== null && Math.hypot(now.x - pressedAt.x, now.y - pressedAt.y) < CLICK_PX) return
    pressedAt = null
    if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId)
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    fingers.set(event.pointerId, now)
    if (other === undefined) return pan(now.x - before.x, now.y - before.y)
    const apart = Math.hypot(before.x - other.x, before.y - other.y)
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
    if (apart > 0) zoom(Math.hypot(now.x - other.x, now.y - other.y) / apart, middle)
    pan((now.x - before.x) / 2, (now.y - before.y) / 2)
  }
  const onPointerEnd = (event: PointerEvent) => {
    fingers.delete(event.pointerId)
  }

  const closerThanFits = () => placed().width > fitInto(frame(), size()).width + 1

  return (
    <div
      class="photo-view"
      classList={{ movable: closerThanFits() }}
      ref={watch}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
    >
      <PhotoSheet
        src={pictureAt(props.media, placed().width)}
        alt={props.media.filename}
        placed={placed()}
        settled={frame().width > 0}
        boxes={props.editor === undefined ? props.boxes : []}
        focus={props.focus}
        magnified={props.zoomed}
        movable={closerThanFits()}
        filter={lightFilter()}
        onPick={props.onPick}
        onSize={setNatural}
      />
      {props.editor?.(placed)}
    </div>
  )
}
