// The frame of every chart: its title, its drawing or table, and its buttons. Each chart supplies a query, a drawing
// and a table.

import { createSignal, createUniqueId, type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { Failure } from '../parts/message.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { dataOf } from '../server/query-client.ts'
import type { ChartTable } from './chart-table.ts'
import { ChartTools, type FileKind } from './chart-tools.tsx'
import { DataTable } from './data-table.tsx'
import { csvOf, pngOf, save, standalone } from './export.ts'
import './chart.css'

type Query<T> = {
  status: 'pending' | 'error' | 'success'
  data: T | undefined
  error: unknown
  refetch: () => unknown
}

/** Pixels. No screen gives a chart less. */
const NARROWEST = 120

async function saveChart(kind: FileKind, name: string, table: ChartTable, svg: SVGSVGElement | null): Promise<void> {
  if (kind === 'csv') {
    const text = csvOf({ columns: table.columns, rows: table.rows.map((row) => row.cells) })
    return save(`clavis-${name}.csv`, new Blob([text], { type: 'text/csv;charset=utf-8' }))
  }
  if (svg === null) throw new Error('Switch from the table to the drawing first.')
  const picture = kind === 'png' ? await pngOf(svg) : new Blob([standalone(svg)], { type: 'image/svg+xml' })
  save(`clavis-${name}.${kind}`, picture)
}

export function Chart<T>(props: {
  title: string
  /** One sentence that says what the chart shows. */
  note?: string
  /** Part of the names of saved files. */
  name: string
  query: Query<T>
  table: (data: T) => ChartTable
  /** Returns a sentence if there is nothing to draw. */
  empty?: (data: T) => string | null
  /** Opens all photos that the chart counts. */
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
      // While the page appears or disappears, the width can be 0 or 1 pixel. Nothing is drawn for that.
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
  const saveAs = async (kind: FileKind) => {
    const now = data()
    if (now === undefined) return
    try {
      await saveChart(kind, props.name, props.table(now), body?.querySelector('svg') ?? null)
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
          <ChartTools
            title={props.title}
            asTable={asTable()}
            onAsTable={setAsTable}
            onOpen={props.open}
            onSave={(kind) => void saveAs(kind)}
          />
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
