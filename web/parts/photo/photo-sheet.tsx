// A photo at a given place in a frame, with its boxes over it. The frame must be positioned, and it clips what lies
// outside.

import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import type { Placement, Size } from './magnify.ts'
import './photo-sheet.css'

export type PhotoBox = { id: string; bbox: Detection['bbox']; label: string; quiet?: boolean }

export function PhotoSheet(props: {
  src: string
  alt: string
  placed: Placement
  /** False until the frame has a size; nothing is shown before. */
  settled: boolean
  boxes: readonly PhotoBox[]
  focus: string | null
  /** The focused box fills the frame, so its outline would only cover its edges. */
  magnified?: boolean
  /** Whether dragging moves the photo. */
  movable?: boolean
  filter?: string
  onPick: (id: string) => void
  onSize: (size: Size) => void
}): JSX.Element {
  const [broken, setBroken] = createSignal(false)
  return (
    <>
      <div
        class="photo-sheet"
        classList={{
          magnified: props.magnified === true,
          settled: props.settled,
          movable: props.movable === true,
        }}
        style={{
          width: `${props.placed.width}px`,
          height: `${props.placed.height}px`,
          transform: `translate(${props.placed.left}px, ${props.placed.top}px)`,
        }}
      >
        <img
          src={props.src}
          alt={props.alt}
          decoding="sync"
          draggable={false}
          style={{ filter: props.filter }}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            props.onSize({ width: naturalWidth, height: naturalHeight })
          }
          onError={() => setBroken(true)}
        />
        <For each={props.boxes}>
          {(box) => (
            <button
              type="button"
              class="photo-sheet-box"
              classList={{ focused: box.id === props.focus, quiet: box.quiet === true }}
              aria-label={box.label}
              aria-current={box.id === props.focus ? 'true' : undefined}
              title={box.label}
              onClick={() => props.onPick(box.id)}
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
        <p class="photo-sheet-broken">The photo could not be loaded. Reload the page to try again.</p>
      </Show>
    </>
  )
}
