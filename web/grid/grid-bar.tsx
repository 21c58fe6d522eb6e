// The bar above the wall: queue, filters, order and crop size. It also says whether the tree has learned since the wall
// was sorted.

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { AnimalFilter } from '../filter/filter.ts'
import { NarrowMenu } from '../filter/narrow-menu.tsx'
import { QueueMenu } from '../filter/queue-menu.tsx'
import { UnlikelyBoxes } from '../filter/unlikely-boxes.tsx'
import { RefreshCw, ZoomIn, ZoomOut } from '../icons/icons.ts'
import { titleOf, useActions } from '../keys/use-actions.ts'
import { count } from '../parts/format.ts'
import { TaxonChip } from '../parts/taxon/taxon-chip.tsx'
import { mayAs } from '../person/person.ts'
import { openKeySheet } from '../shell/key-sheet.tsx'
import { PhotoSearch } from './by-example.tsx'
import { cropSize, LARGEST_PX, SMALLEST_PX, setCropSize } from './crop-size.ts'
import { ExportMenu } from './export-menu.tsx'
import { isOrder, type Order, orderNames } from './pages.ts'
import './grid-bar.css'

const orders = Object.keys(orderNames) as Order[] // the record's own keys

export function GridBar(props: {
  filter: AnimalFilter
  /** Undefined means the queue's own order. */
  order: Order | undefined
  shown: number
  /** All animals have been loaded. */
  complete: boolean
  stale: boolean
  onFilter: (filter: AnimalFilter) => void
  onOrder: (order: Order | undefined) => void
  onRenew: () => void
}): JSX.Element {
  const [choosing, setChoosing] = createSignal(false)
  useActions(() => ({ queues: () => setChoosing(true) }))
  const narrowing = createMemo(() => {
    const { queue: _, ...rest } = props.filter
    return rest
  })
  return (
    <div class="view-bar grid-bar">
      <QueueMenu
        name={props.filter.queue}
        narrowing={narrowing()}
        open={choosing()}
        onOpen={setChoosing}
        onName={(queue) => props.onFilter({ ...props.filter, queue })}
      />
      <NarrowMenu filter={props.filter} onChange={props.onFilter} />
      <Show when={props.filter.taxon}>
        {(taxon) => <TaxonChip id={taxon()} onClear={() => props.onFilter({ ...props.filter, taxon: undefined })} />}
      </Show>
      <label>
        <span class="unseen">Order</span>
        <select
          class="select"
          onChange={(event) =>
            props.onOrder(isOrder(event.currentTarget.value) ? event.currentTarget.value : undefined)
          }
        >
          <option value="" selected={props.order === undefined}>
            Queue order
          </option>
          <For each={orders}>
            {(order) => (
              <option value={order} selected={order === props.order}>
                {orderNames[order]}
              </option>
            )}
          </For>
        </select>
      </label>
      <UnlikelyBoxes filter={props.filter} onFilter={props.onFilter} />
      <p class="view-bar-count grid-bar-count" aria-live="polite">
        <Show when={props.stale}>
          <button
            type="button"
            class="button quiet"
            title="The tree has learned since these were sorted"
            onClick={() => props.onRenew()}
          >
            <RefreshCw size={14} /> Sort again
          </button>
        </Show>
        <span>
          {count(props.shown)}
          {props.complete ? '' : '+'} <span class="grid-bar-count-word">animals</span>
        </span>
      </p>
      <label class="grid-bar-size" title={titleOf('zoomIn', 'Larger crops')}>
        <ZoomOut size={15} aria-hidden="true" />
        <span class="unseen">Size of the crops</span>
        <input
          type="range"
          min={SMALLEST_PX}
          max={LARGEST_PX}
          step="4"
          value={cropSize()}
          onInput={(event) => setCropSize(event.currentTarget.valueAsNumber)}
        />
        <ZoomIn size={15} aria-hidden="true" />
      </label>
      <PhotoSearch />
      <Show when={mayAs('reviewer')}>
        <ExportMenu filter={props.filter} />
      </Show>
      <button type="button" class="button quiet key-hint" onClick={openKeySheet}>
        Keys <kbd>?</kbd>
      </button>
    </div>
  )
}
