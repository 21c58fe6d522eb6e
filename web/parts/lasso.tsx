// A rectangle drawn with the pointer over a list of crops chooses those that it touches.

import { createSignal, type JSX, onMount, Show } from 'solid-js'
import './lasso.css'

/** A press that moves less is a click. Pixels. */
const CLICK = 6

type Box = { left: number; top: number; right: number; bottom: number }

/** `onChoose` gets the `data-id` of each touched element. */
export function Lasso(props: { onChoose: (ids: string[]) => void; children: JSX.Element }): JSX.Element {
  const [box, setBox] = createSignal<Box | null>(null)
  let from: { x: number; y: number } | null = null
  let room: HTMLDivElement | undefined

  const touched = (of: Box): string[] =>
    [...(room?.querySelectorAll<HTMLElement>('[data-id]') ?? [])].flatMap((element) => {
      const own = element.getBoundingClientRect()
      const apart = own.right < of.left || own.left > of.right || own.bottom < of.top || own.top > of.bottom
      return apart ? [] : [element.dataset.id ?? '']
    })
  const move = (event: PointerEvent) => {
    if (!from) return
    const { clientX: x, clientY: y } = event
    if (box() === null && Math.hypot(x - from.x, y - from.y) < CLICK) return
    event.preventDefault()
    setBox({
      left: Math.min(x, from.x),
      right: Math.max(x, from.x),
      top: Math.min(y, from.y),
      bottom: Math.max(y, from.y),
    })
  }
  const end = () => {
    const drawn = box()
    from = null
    setBox(null)
    if (!drawn) return
    props.onChoose(touched(drawn))
    // The click that follows would choose the crop under the pointer once more.
    const swallow = (event: Event) => event.stopPropagation()
    room?.addEventListener('click', swallow, { capture: true, once: true })
    setTimeout(() => room?.removeEventListener('click', swallow, { capture: true }))
  }
  const begin = ({ pointerType, button, clientX: x, clientY: y }: PointerEvent) => {
    // A finger scrolls.
    if (pointerType === 'mouse' && button === 0) from = { x, y }
  }
  onMount(() => {
    room?.addEventListener('pointerdown', begin)
    room?.addEventListener('pointermove', move)
    room?.addEventListener('pointerup', end)
    room?.addEventListener('pointerleave', end)
    room?.addEventListener('dragstart', (event) => event.preventDefault())
  })
  return (
    <div class="lasso" ref={room}>
      {props.children}
      <Show when={box()}>
        {(drawn) => (
          <div
            class="lasso-box"
            style={{
              left: `${drawn().left}px`,
              top: `${drawn().top}px`,
              width: `${drawn().right - drawn().left}px`,
              height: `${drawn().bottom - drawn().top}px`,
            }}
          />
        )}
      </Show>
    </div>
  )
}
