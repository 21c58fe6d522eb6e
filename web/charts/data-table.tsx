// A chart as a table instead of a drawing.

import { For, type JSX, Show } from 'solid-js'
import type { ChartTable } from './chart-table.ts'
import './data-table.css'

export function DataTable(props: { title: string; table: ChartTable }): JSX.Element {
  const opens = () => props.table.rows.some((row) => row.open !== undefined)
  return (
    <section class="data-table" tabindex="0" aria-label={`${props.title}: table`}>
      <table>
        <thead>
          <tr>
            <For each={props.table.columns}>{(column) => <th scope="col">{column}</th>}</For>
            <Show when={opens()}>
              <th scope="col">
                <span class="unseen">Photos</span>
              </th>
            </Show>
          </tr>
        </thead>
        <tbody>
          <For each={props.table.rows}>
            {(row) => (
              <tr>
                <For each={row.cells}>{(cell) => <td data-number={typeof cell === 'number'}>{cell ?? '–'}</td>}</For>
                <Show when={opens()}>
                  <td>
                    <Show when={row.open}>
                      {(open) => (
                        <button
                          type="button"
                          class="button quiet"
                          aria-label={`Open the photos: ${row.cells[0]}`}
                          onClick={() => open()()}
                        >
                          Open
                        </button>
                      )}
                    </Show>
                  </td>
                </Show>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  )
}
