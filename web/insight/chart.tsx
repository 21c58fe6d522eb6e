// The frame of every chart. In: a query, how to draw its numbers and how to write them as a table. Out: the drawing or the table, to
// look at, to save and to print; each row of the table opens the photos behind it, so nothing needs a mouse.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { createSignal, createUniqueId, For, type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { Download, Images, Table2 } from '../icons/icons.ts'
import { Failure } from '../parts/message.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { dataOf } from '../server/query-client.ts'
import { type Cell, csvOf, pngOf, save, standalone } from './export.ts'

export type Row = { cells: readonly Cell[]; open?: () => void }
export type ChartTable = { columns: readonly string[]; rows: readonly Row[] }
type Query<T> = {
  status: 'pending' | 'error' | 'success'
  data: T | undefined
  error: unknown
  refetch: () => unknown
}

/** Pixels: no screen leaves a chart less. */
const NARROWEST = 120

export function Chart<T>(props: {
  title: string
  /** One sentence on what is drawn. */
  note?: string
  /** Part of saved files' names. */
  name: string
  query: Query<T>
  table: (data: T) => ChartTable
  /** A sentence where there is nothing to draw. */
  empty?: (data: T) => string | null
  /** Opens everything that is counted. */
  open?: () => void
  wide?: boolean
  children: (data: () => T, width: () => number) => JSX.Element
}): JSX.Element {
  const [asTable, setAsTable] = createSignal(false)
  const [width, setWidth] = createSignal(0)
  const heading = createUniqueId()
  let body: HTMLDivElement | undefined

  onMount(() => {
    if (body === undefined) return
    const watch = new ResizeObserver(([entry]) => {
      const across = Math.round(entry?.contentRect.width ?? 0)
      // While the page around it comes and goes it is a pixel wide or none: nothing is to be drawn for that.
      if (across >= NARROWEST) setWidth(across)
    })
    watch.observe(body)
    onCleanup(() => watch.disconnect())
  })
  const data = () => dataOf(props.query)
  const emptiness = () => {
    const now = data()
    return now === undefined ? null : (props.empty?.(now) ?? null)
  }
  const drawn = () => data() !== undefined && emptiness() === null

  const saveAs = async (kind: 'csv' | 'svg' | 'png') => {
    const now = data()
    if (now === undefined) return
    try {
      if (kind === 'csv') {
        const { columns, rows } = props.table(now)
        const text = csvOf({ columns, rows: rows.map((row) => row.cells) })
        return save(`clavis-${props.name}.csv`, new Blob([text], { type: 'text/csv;charset=utf-8' }))
      }
      const svg = body?.querySelector('svg')
      if (!svg) throw new Error('Show the drawing instead of the table first.')
      const picture = kind === 'png' ? await pngOf(svg) : new Blob([standalone(svg)], { type: 'image/svg+xml' })
      save(`clavis-${props.name}.${kind}`, picture)
    } catch (error) {
      notifyFailure('This chart could not be saved', error)
    }
  }

  return (
    <section class="chart" classList={{ wide: props.wide === true }} aria-labelledby={heading}>
      <header class="chart-head">
        <div>
          <h2 id={heading}>{props.title}</h2>
          <Show when={props.note}>
            <p class="chart-note">{props.note}</p>
          </Show>
        </div>
        <Show when={drawn()}>
          <div class="chart-tools">
            <Show when={props.open}>
              {(open) => (
                <button
                  type="button"
                  class="button quiet icon"
                  title="Open the photos"
                  aria-label={`Open the photos behind: ${props.title}`}
                  onClick={() => open()()}
                >
                  <Images size={16} />
                </button>
              )}
            </Show>
            <button
              type="button"
              class="button quiet icon"
              title="As a table"
              aria-label={`As a table: ${props.title}`}
              aria-pressed={asTable()}
              onClick={() => setAsTable(!asTable())}
            >
              <Table2 size={16} />
            </button>
            <DropdownMenu>
              <DropdownMenu.Trigger class="button quiet icon" title="Save" aria-label={`Save: ${props.title}`}>
                <Download size={16} />
              </DropdownMenu.Trigger>
              <DropdownMenu.Portal>
                <DropdownMenu.Content class="menu">
                  <DropdownMenu.Item class="menu-item" onSelect={() => void saveAs('csv')}>
                    Numbers as CSV
                  </DropdownMenu.Item>
                  <DropdownMenu.Item class="menu-item" disabled={asTable()} onSelect={() => void saveAs('svg')}>
                    Drawing as SVG
                  </DropdownMenu.Item>
                  <DropdownMenu.Item class="menu-item" disabled={asTable()} onSelect={() => void saveAs('png')}>
                    Picture as PNG
                  </DropdownMenu.Item>
                </DropdownMenu.Content>
              </DropdownMenu.Portal>
            </DropdownMenu>
          </div>
        </Show>
      </header>
      <div class="chart-body" ref={body}>
        <Switch fallback={<div class="skeleton chart-skeleton" aria-busy="true" />}>
          <Match when={props.query.status === 'error'}>
            <Failure error={props.query.error} retry={() => void props.query.refetch()} />
          </Match>
          <Match when={emptiness()}>{(sentence) => <p class="chart-empty">{sentence()}</p>}</Match>
          <Match when={asTable() && data()}>
            {(now) => <DataTable title={props.title} table={props.table(now())} />}
          </Match>
          <Match when={width() > 0 && data()}>{(now) => props.children(now, width)}</Match>
        </Switch>
      </div>
    </section>
  )
}

function DataTable(props: { title: string; table: ChartTable }): JSX.Element {
  const opens = () => props.table.rows.some((row) => row.open !== undefined)
  return (
    <section class="chart-table" tabindex="0" aria-label={`${props.title}: table`}>
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
                <For each={row.cells}>
                  {(cell) => <td classList={{ number: typeof cell === 'number' }}>{cell ?? '–'}</td>}
                </For>
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
