// A photo with its boxes, or magnified onto one of them. In: the photo's address and upright size, the boxes as fractions of
// it, which one is meant. Out: a frame that fills its parent; the switch between whole photo and animal is one movement, so
// the eye keeps its place.

import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import { fitInto, magnify } from './magnify.ts'
import './photo-boxes.css'

export type PhotoBox = { id: string; bbox: Detection['bbox']; label: string; href?: string; quiet?: boolean }
type Size = { width: number; height: number }

export function PhotoBoxes(props: {
  src: string
  alt: string
  size: Size | null
  boxes: readonly PhotoBox[]
  focus?: string | null
  zoomed?: boolean
  onPick?: (id: string) => void
}): JSX.Element {
  const [frame, setFrame] = createSignal<Size>({ width: 0, height: 0 })
  const [natural, setNatural] = createSignal<Size | null>(null)
  const [broken, setBroken] = createSignal(false)
  const size = createMemo<Size>(() => props.size ?? natural() ?? { width: 4, height: 3 })
  const focused = createMemo(() => props.boxes.find((b) => b.id === props.focus))
  const placed = createMemo(() => {
    const box = focused()
    return props.zoomed && box !== undefined ? magnify(frame(), size(), box.bbox) : fitInto(frame(), size())
  })

  const watch = (element: HTMLDivElement) => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setFrame({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(element)
    onCleanup(() => observer.disconnect())
  }

  // Only the switch moves; a first placement or a resized window must not.
  const [moving, setMoving] = createSignal(false)
  createEffect(
    on(
      () => props.zoomed,
      () => setMoving(true),
      { defer: true },
    ),
  )

  return (
    <div class="photo-frame" ref={watch}>
      <div
        class="photo-sheet"
        classList={{ zoomed: props.zoomed === true, settled: frame().width > 0, moving: moving() }}
        onTransitionEnd={() => setMoving(false)}
        style={{
          width: `${placed().width}px`,
          height: `${placed().height}px`,
          transform: `translate(${placed().left}px, ${placed().top}px)`,
        }}
      >
        <img
          src={props.src}
          alt={props.alt}
          decoding="sync"
          draggable={false}
          onLoad={(e) => setNatural({ width: e.currentTarget.naturalWidth, height: e.currentTarget.naturalHeight })}
          onError={() => setBroken(true)}
        />
        <For each={props.boxes}>
          {(box) => (
            <button
              type="button"
              class="photo-box"
              classList={{ focused: box.id === props.focus, quiet: box.quiet === true }}
              aria-label={box.label}
              aria-current={box.id === props.focus ? 'true' : undefined}
              title={box.label}
              onClick={() => props.onPick?.(box.id)}
              style={{
                left: `${box.bbox[0] * 100}%`,
                top: `${box.bbox[1] * 100}%`,
                width: `${box.bbox[2] * 100}%`,
                height: `${box.bbox[3] * 100}%`,
              }}
            />
          )}
        </For>
      </div>
      <Show when={broken()}>
        <p class="photo-broken">The photo itself could not be loaded.</p>
      </Show>
    </div>
  )
}
