// Drawing, changing and deleting boxes of the photo under review. A new box is an animal of its own and opens with its
// suggestions. Undo brings a deleted box back.

import { createSignal } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { changeDetection, deleteDetection, makeDetection } from '../../server/boxes.ts'
import { step } from '../../teaching/teaching.ts'

export type BoxWork = {
  work: () => 'draw' | 'change' | null
  /** True while the service cuts out the animal and computes its embedding. */
  busy: () => boolean
  /** A detection of the whole photo has no box to change. */
  hasBox: () => boolean
  draw: () => void
  change: () => void
  leave: () => void
  keep: (bbox: Detection['bbox']) => void
  remove: () => void
}

export function createBoxWork(options: {
  detection: () => DetectionDetail | undefined
  onMade: (detectionId: string) => void
  onRemoved: (removed: DetectionDetail) => void
}): BoxWork {
  const [work, setWork] = createSignal<'draw' | 'change' | null>(null)
  const [busy, setBusy] = createSignal(false)
  const hasBox = () => {
    const shown = options.detection()
    return shown !== undefined && shown.source !== 'wholePhoto'
  }
  const send = async (act: () => Promise<void>, failed: string) => {
    if (busy()) return
    setBusy(true)
    try {
      await act()
      setWork(null)
    } catch (error) {
      notifyFailure(failed, error)
    } finally {
      setBusy(false)
    }
  }
  return {
    work,
    busy,
    hasBox,
    draw: () => setWork('draw'),
    change: () => setWork(hasBox() ? 'change' : null),
    leave: () => setWork(null),
    keep(bbox) {
      const shown = options.detection()
      if (shown === undefined) return
      if (work() === 'change')
        void send(async () => {
          await step(() => changeDetection(shown.id, { bbox }))
        }, 'The box could not be changed')
      else
        void send(async () => {
          const { detection } = await step(() => makeDetection(shown.media.id, bbox))
          options.onMade(detection.id)
        }, 'The box could not be added')
    },
    remove() {
      const shown = options.detection()
      if (shown === undefined || !hasBox()) return
      void send(async () => {
        // Its animal no longer exists, so only the others are requested again.
        const others = shown.media.detections.map((d) => d.id).filter((id) => id !== shown.id)
        await step(() => deleteDetection(shown.id), others)
        options.onRemoved(shown)
      }, 'The box could not be deleted')
    },
  }
}
