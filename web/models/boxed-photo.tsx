// A photo with boxes drawn over it, to look at.

import { For, type JSX } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import './boxed-photo.css'

export type DrawnBox = { bbox: Detection['bbox']; tone: 'known' | 'right' | 'wrong' | 'below'; label?: string }

export function BoxedPhoto(props: {
  imageUrl: string
  caption: string
  /** What a screen reader says. */
  alt: string
  boxes: readonly DrawnBox[]
}): JSX.Element {
  return (
    <figure class="boxed-photo">
      <div class="boxed-photo-frame">
        <img src={`${props.imageUrl}?width=640`} alt={props.alt} loading="lazy" />
        <For each={props.boxes}>
          {({ bbox, tone, label }) => (
            <span
              class="boxed-photo-box"
              classList={{
                'boxed-photo-known': tone === 'known',
                'boxed-photo-wrong': tone === 'wrong',
                'boxed-photo-below': tone === 'below',
              }}
              title={label}
              style={{
                left: `${bbox[0] * 100}%`,
                top: `${bbox[1] * 100}%`,
                width: `${bbox[2] * 100}%`,
                height: `${bbox[3] * 100}%`,
              }}
            />
          )}
        </For>
      </div>
      <figcaption>{props.caption}</figcaption>
    </figure>
  )
}
