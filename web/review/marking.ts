// Marks for an animal or its photo that need no name: unknown, not an animal, a person, a vehicle, empty, flagged. Each
// is a switch: setting it again removes it.

import type { DetectionDetail } from '../../api/contract/media.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { changeDetection } from '../server/boxes.ts'
import { changeMedia } from '../server/media.ts'
import { step } from '../teaching/teaching.ts'
import type { Moves } from './moves.ts'

type Marking = Record<'unknown' | 'notAnimal' | 'person' | 'vehicle' | 'empty' | 'flag', () => void>

export function createMarking(detection: () => DetectionDetail | undefined, decide: Moves['decide']): Marking {
  const stay = (act: () => Promise<unknown>) => {
    act().catch((error: unknown) => notifyFailure('Not saved', error))
  }
  const mark = (wanted: NonNullable<DetectionDetail['mark']>) => () => {
    const shown = detection()
    if (shown === undefined) return
    const act = (to: typeof wanted | null) => () => step(() => changeDetection(shown.id, { mark: to }))
    if (shown.mark === wanted) stay(act(null))
    else decide([shown.id], act(wanted), 'The mark was not saved')
  }
  return {
    unknown: mark('unknown'),
    notAnimal: mark('notAnimal'),
    person: mark('person'),
    vehicle: mark('vehicle'),
    empty() {
      const shown = detection()
      if (shown === undefined) return
      const { id, mark, detections } = shown.media
      const act = (to: 'empty' | null) => () => step(() => changeMedia(id, { mark: to }))
      if (mark === 'empty') stay(act(null))
      else
        decide(
          detections.map((d) => d.id),
          act('empty'),
          'The mark was not saved',
        )
    },
    flag() {
      const shown = detection()
      if (shown === undefined) return
      stay(() => step(() => changeMedia(shown.media.id, { favourite: !shown.media.favourite })))
    },
  }
}
