// Says what an edit did and offers to undo it.

import type { Edit } from '../../../api/contract/taxonomy.ts'
import { notify, notifyFailure } from '../../parts/notices.tsx'
import { undoEdit } from '../../server/taxonomy.ts'

export function notifyEdit(edit: Pick<Edit, 'id' | 'summary'>): void {
  notify({
    title: edit.summary,
    action: {
      label: 'Undo',
      act: () => void undoEdit(edit.id).catch((error) => notifyFailure('This edit could not be undone', error)),
    },
  })
}
