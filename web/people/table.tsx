// A table that scrolls sideways on a phone. `children` are its rows.

import { For, type JSX } from 'solid-js'
import './table.css'

export function Table(props: { label: string; columns: readonly string[]; children: JSX.Element }): JSX.Element {
  return (
    <section class="table" aria-label={props.label} tabindex={0}>
      <table>
        <thead>
          <tr>
            <For each={props.columns}>
              {(column) => (
                <th scope="col">
                  <span classList={{ unseen: column === 'Actions' }}>{column}</span>
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  )
}

/** The last cell of a row, with what can be done about it. */
export function ActionCell(props: { onClick: () => void; children: JSX.Element }): JSX.Element {
  return (
    <td>
      <button type="button" class="button quiet" onClick={() => props.onClick()}>
        {props.children}
      </button>
    </td>
  )
}
