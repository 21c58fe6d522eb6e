// The animals of this photo side by side, if there are several. The one under review is marked; decided ones are
// dimmed.

import { createMemo, For, type JSX, Show } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import { ChevronLeft, ChevronRight } from '../../icons/icons.ts'
import { boxLabel } from '../../parts/photo/boxes.ts'
import { Tool } from '../../parts/tool.tsx'
import './photo-animals.css'

/** The next (or previous) animal in this photo; it wraps around at the ends. */
export function besides(detection: DetectionDetail, by: 1 | -1): Detection | undefined {
  const all = detection.media.detections
  if (all.length < 2) return undefined
  const here = all.findIndex((d) => d.id === detection.id)
  return all[(here + by + all.length) % all.length]
}

export function PhotoAnimals(props: {
  detection: DetectionDetail
  onPick: (detectionId: string) => void
}): JSX.Element {
  const all = createMemo(() => props.detection.media.detections)
  const go = (by: 1 | -1) => {
    const other = besides(props.detection, by)
    if (other !== undefined) props.onPick(other.id)
  }
  return (
    <Show when={all().length > 1}>
      <fieldset class="photo-animals">
        <legend class="overline">{all().length} in this photo</legend>
        <Tool name="previousAnimal" icon={<ChevronLeft size={16} />} onAct={() => go(-1)} />
        <For each={all()}>
          {(d, index) => (
            <button
              type="button"
              class="crop-choice photo-animals-one"
              classList={{ decided: d.taxon !== null || d.mark !== null }}
              aria-pressed={d.id === props.detection.id}
              aria-label={`${index() + 1}: ${boxLabel(d)}`}
              title={boxLabel(d)}
              onClick={() => props.onPick(d.id)}
            >
              <img src={d.cropUrl} alt="" />
            </button>
          )}
        </For>
        <Tool name="nextAnimal" icon={<ChevronRight size={16} />} onAct={() => go(1)} />
      </fieldset>
    </Show>
  )
}
