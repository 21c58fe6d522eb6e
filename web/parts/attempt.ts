// Something that a form asks of the service: whether it is under way, and what went wrong.

import { type Accessor, createSignal } from 'solid-js'
import { sentenceOf } from '../server/client.ts'

export type Attempts = {
  busy: Accessor<boolean>
  fault: Accessor<string | null>
  attempt: (act: () => Promise<void>) => Promise<void>
}

export function createAttempts(): Attempts {
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string | null>(null)
  return {
    busy,
    fault,
    async attempt(act) {
      setBusy(true)
      setFault(null)
      try {
        await act()
      } catch (error) {
        setFault(sentenceOf(error))
      } finally {
        setBusy(false)
      }
    },
  }
}
