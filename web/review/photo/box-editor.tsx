// An editor for drawing or changing a box over the photo. It returns the box as fractions of the photo. A new box drawn
// with a pointer is saved on release; with keys, or for an existing box, it is saved on Enter.

import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import { Check, X } from '../../icons/icons.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { useActions } from '../../keys/use-actions.ts'
import type { Placement } from '../../parts/photo/magnify.ts'
import { grown, type Handle, handles, isDrawn, moved, onPhoto, type Point, pulled, spanned } from '../view.ts'
import './box-editor.css'

type Bbox = Detection['bbox']
type Grip =
  | { kind: 'draw'; from: Point }
  | { kind: 'move'; from: Point; box: Bbox }
  | { kind: 'pull'; handle: Handle; box: Bbox }

/** How far one press of an arrow key goes, as a fraction of the photo. */
const NUDGE = 0.01
/** The box with which the keyboard starts. */
const MIDDLE: Bbox = [0.35, 0.35, 0.3, 0.3]

/** The compass direction of a handle: n, ne, e, se, s, sw, w or nw. */
const directionOf = ({ x, y }: Handle) => `${['n', '', 's'][y + 1]}${['w', '', 'e'][x + 1]}`

export function BoxEditor(props: {
  placed: Placement
  start: Bbox | null
  onKeep: (bbox: Bbox) => void
  onLeave: () => void
}): JSX.Element {
  const [box, setBox] = createSignal<Bbox | null>(props.start)
  let root!: HTMLDivElement
  let grip: Grip | null = null

  const pointOf = (event: PointerEvent): Point => {
    const { left, top } = root.getBoundingClientRect()
    return onPhoto({ x: event.clientX - left, y: event.clientY - top }, props.placed)
  }
  const grab = (event: PointerEvent, made: (from: Point) => Grip) => {
    if (event.button !== 0) return
    event.preventDefault()
    event.stopPropagation()
    root.setPointerCapture(event.pointerId)
    grip = made(pointOf(event))
  }
  const onPointerMove = (event: PointerEvent) => {
    if (grip === null) return
    const to = pointOf(event)
    if (grip.kind === 'draw') setBox(spanned(grip.from, to))
    else if (grip.kind === 'pull') setBox(pulled(grip.box, grip.handle, to))
    else setBox(moved(grip.box, to.x - grip.from.x, to.y - grip.from.y))
  }
  const onPointerUp = () => {
    const drew = grip?.kind === 'draw'
    grip = null
    const now = box()
    if (!drew || now === null) return
    if (!isDrawn(now)) setBox(props.start)
    else if (props.start === null) props.onKeep(now)
  }
  const keep = () => {
    const now = box()
    if (now !== null && isDrawn(now)) props.onKeep(now)
  }
  const shift = (dx: number, dy: number) => () => setBox((now) => (now === null ? MIDDLE : moved(now, dx, dy)))
  const grow = (dw: number, dh: number) => () => setBox((now) => (now === null ? MIDDLE : grown(now, dw, dh)))
  useActions(() => ({
    saveBox: keep,
    leaveBox: props.onLeave,
    boxLeft: shift(-NUDGE, 0),
    boxRight: shift(NUDGE, 0),
    boxUp: shift(0, -NUDGE),
    boxDown: shift(0, NUDGE),
    boxNarrower: grow(-NUDGE, 0),
    boxWider: grow(NUDGE, 0),
    boxLower: grow(0, -NUDGE),
    boxHigher: grow(0, NUDGE),
  }))
  // Afterwards the focus returns to where it was.
  const before = document.activeElement
  onMount(() => root.focus({ preventScroll: true }))
  onCleanup(() => before instanceof HTMLElement && before.isConnected && before.focus({ preventScroll: true }))

  const place = (of: Bbox) => ({
    left: `${props.placed.left + of[0] * props.placed.width}px`,
    top: `${props.placed.top + of[1] * props.placed.height}px`,
    width: `${of[2] * props.placed.width}px`,
    height: `${of[3] * props.placed.height}px`,
  })

  return (
    <div
      ref={root}
      class="box-editor"
      role="application"
      aria-label={props.start === null ? 'Draw a box' : 'Change the box'}
      aria-describedby="box-editor-how"
      tabindex="-1"
      onPointerDown={(event) => grab(event, (from) => ({ kind: 'draw', from }))}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
    >
      <Show when={box()}>
        {(now) => (
          <div
            class="box-editor-box"
            style={place(now())}
            onPointerDown={(event) => {
              const held = now()
              grab(event, (from) => ({ kind: 'move', from, box: held }))
            }}
          >
            <For each={handles}>
              {(handle) => (
                <span
                  class="box-editor-handle"
                  style={{
                    left: `${(handle.x + 1) * 50}%`,
                    top: `${(handle.y + 1) * 50}%`,
                    cursor: `${directionOf(handle)}-resize`,
                  }}
                  onPointerDown={(event) => {
                    const held = now()
                    grab(event, () => ({ kind: 'pull', handle, box: held }))
                  }}
                />
              )}
            </For>
          </div>
        )}
      </Show>
      <div class="box-editor-bar" onPointerDown={(event) => event.stopPropagation()}>
        <p id="box-editor-how">
          {props.start === null ? 'Drag a box around the animal' : 'Drag the box or its corners'}
          <span class="box-editor-keys">, or move it with the arrow keys and resize it with Shift</span>
        </p>
        <button type="button" class="button primary" disabled={box() === null} onClick={keep}>
          <Check size={15} /> Save <KeyHint action="saveBox" />
        </button>
        <button type="button" class="button" onClick={() => props.onLeave()}>
          <X size={15} /> Cancel <KeyHint action="leaveBox" />
        </button>
      </div>
    </div>
  )
}
