// What was done to deployments, with an offer to take it back.

import type { Action } from '../../../api/contract/action.ts'
import { notify, notifyFailure } from '../../parts/notices.tsx'
import { undoAction } from '../../server/actions.ts'
import { refetchDeployments } from '../../server/deployments.ts'

export async function takeBack(actionId: string): Promise<void> {
  try {
    await undoAction(actionId)
  } catch (error) {
    notifyFailure('This could not be undone', error)
  }
  refetchDeployments()
}

export function announce(title: string, action: Action | null): void {
  refetchDeployments()
  notify({ title, ...(action !== null && { action: { label: 'Undo', act: () => void takeBack(action.id) } }) })
}
