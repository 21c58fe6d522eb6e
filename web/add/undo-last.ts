// After photos or boxes were set aside: what the page shows again, and undoing it from the notice.

import type { Action } from '../../api/contract/action.ts'
import { counted } from '../parts/format.ts'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { queries } from '../server/query-client.ts'
import { undo } from '../teaching/teaching.ts'

/** Everything that shows what waits. */
export function refreshAll(): void {
  for (const key of ['false-triggers', 'repeats', 'summary', 'queues', 'detections', 'media', 'undoable', 'actions'])
    void queries.invalidateQueries({ queryKey: [key] })
}

export async function undoLast(): Promise<void> {
  try {
    const action = await undo()
    if (action !== null) notify({ title: `Undone: ${action.summary}` })
  } catch (error) {
    notifyFailure('This could not be undone', error)
  }
  refreshAll()
}

/** `action`: null where there was nothing to set aside. */
export function tellSetAside(action: Action | null): void {
  notify({
    title: action === null ? 'No photos to set aside' : `${counted(action.subjects, 'photo')} set aside`,
    text: 'They no longer wait in any queue. Nothing is deleted.',
    action: action === null ? undefined : { label: 'Undo', act: () => void undoLast() },
  })
}
