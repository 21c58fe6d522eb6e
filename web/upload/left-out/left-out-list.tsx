// What an import leaves out and why, with the whole list as a file.

import { createSignal, For, type JSX, Show } from 'solid-js'
import { Download } from '../../icons/icons.ts'
import { counted } from '../../parts/format.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { type LeftOut, leftOutTable } from './left-out.ts'

const SHOWN = 5

function save(leftOut: readonly LeftOut[]): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([leftOutTable(leftOut)], { type: 'text/csv' }))
  link.download = 'left-out.csv'
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

export function LeftOutList(props: {
  leftOut: readonly LeftOut[]
  /** Photos that could not be read are shown elsewhere, and belong into the file. */
  failed?: number
  failures?: () => Promise<LeftOut[]>
}): JSX.Element {
  const total = () => props.leftOut.length + (props.failed ?? 0)
  const [busy, setBusy] = createSignal(false)
  const saveAll = async () => {
    setBusy(true)
    try {
      save([...props.leftOut, ...((await props.failures?.()) ?? [])])
    } catch (error) {
      notifyFailure('The list could not be made', error)
    }
    setBusy(false)
  }
  return (
    <Show when={total() > 0}>
      <details>
        <summary>{counted(total(), 'thing stays', 'things stay')} out</summary>
        <ul>
          <For each={props.leftOut.slice(0, SHOWN)}>
            {({ what, why }) => (
              <li>
                <b>{what}</b>: {why}
              </li>
            )}
          </For>
        </ul>
        <button type="button" class="button quiet" disabled={busy()} onClick={() => void saveAll()}>
          <Download size={15} /> Download the list
        </button>
      </details>
    </Show>
  )
}
