// A whole photo with its boxes, as large as its parent allows.

import { createMemo, createSignal, type JSX, onCleanup } from 'solid-js'
import { fitInto, type Size } from './magnify.ts'
import { type PhotoBox, PhotoSheet } from './photo-sheet.tsx'
import './photo-boxes.css'

export function PhotoBoxes(props: {
  src: string
  alt: string
  /** The size of the upright photo; null until it is known. */
  size: Size | null
  boxes: readonly PhotoBox[]
  focus: string | null
  onPick: (id: string) => void
}): JSX.Element {
  const [frame, setFrame] = createSignal<Size>({ width: 0, height: 0 })
  const [natural, setNatural] = createSignal<Size | null>(null)
  const size = createMemo<Size>(() => props.size ?? natural() ?? { width: 4, height: 3 })

  const watch = (element: HTMLDivElement) => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setFrame({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(element)
    onCleanup(() => observer.disconnect())
  }

  return (
    <div class="photo-boxes" ref={watch}>
      <PhotoSheet
        src={props.src}
        alt={props.alt}
        placed={fitInto(frame(), size())}
        settled={frame().width > 0}
        boxes={props.boxes}
        focus={props.focus}
        onPick={props.onPick}
        onSize={setNatural}
      />
    </div>
  )
}
