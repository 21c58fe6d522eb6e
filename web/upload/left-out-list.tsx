// What an import leaves out and why, with the whole list as a file.

import { For, type JSX, Show } from 'solid-js'
import { Download } from '../icons/icons.ts'
import { counted } from '../parts/format.ts'

export type LeftOut = { what: string; why: string }

const SHOWN = 5

/** A cell that no spreadsheet takes for a formula. */
const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

function save(leftOut: readonly LeftOut[]): void {
  const text = ['what,why', ...leftOut.map(({ what, why }) => `${cell(what)},${cell(why)}`)].join('\n')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: 'text/csv' }))
  link.download = 'left-out.csv'
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

export function LeftOutList(props: { leftOut: readonly LeftOut[] }): JSX.Element {
  return (
    <Show when={props.leftOut.length > 0}>
      <details>
        <summary>{counted(props.leftOut.length, 'thing stays', 'things stay')} out</summary>
        <ul>
          <For each={props.leftOut.slice(0, SHOWN)}>
            {({ what, why }) => (
              <li>
                <b>{what}</b>: {why}
              </li>
            )}
          </For>
        </ul>
        <button type="button" class="button quiet" onClick={() => save(props.leftOut)}>
          <Download size={15} /> Download the list
        </button>
      </details>
    </Show>
  )
}
