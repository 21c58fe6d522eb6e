// Thousands of crops of which only the rows in sight exist. In: the animals fetched so far and what is chosen. Out: what is chosen
// then, where the keyboard is, and a call for more near the end. It is a grid to screen readers: one cell at a time has the focus.

import { createWindowVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { nameOf } from '../keys/key-names.ts'
import { CropTile } from './crop-tile.tsx'
import { move } from './moves.ts'
import { add, NOTHING, only, rangeTo, type Selection, toggle } from './selection.ts'
import './wall.css'

const GAP_PX = 4
/** So many rows before the end the next page is asked for. */
const ROWS_BEFORE_END = 8
/** What stays on the screen above and below the wall: a row scrolled to is not hidden by it. */
const ABOVE_PX = 118
const BELOW_PX = 84

const cellId = (id: string) => `crop-${id}`

export function Wall(props: {
  items: readonly Detection[]
  /** The least width of a crop. */
  sizePx: number
  selection: Selection
  onSelect: (selection: Selection) => void
  /** Where the keyboard is. */
  at: string | null
  onAt: (id: string) => void
  onOpen: (id: string) => void
  onEnd: () => void
}): JSX.Element {
  let wall: HTMLDivElement | undefined
  const [width, setWidth] = createSignal(0)
  const [top, setTop] = createSignal(0)
  onMount(() => {
    if (wall === undefined) return
    const measure = () => {
      setWidth(wall?.clientWidth ?? 0)
      setTop(wall?.offsetTop ?? 0)
    }
    const observer = new ResizeObserver(measure)
    observer.observe(wall)
    observer.observe(document.body)
    measure()
    onCleanup(() => observer.disconnect())
  })

  const columns = createMemo(() => Math.max(2, Math.floor((width() + GAP_PX) / (props.sizePx + GAP_PX))))
  const tile = createMemo(() => Math.max(1, (width() - GAP_PX * (columns() - 1)) / columns()))
  const rowCount = createMemo(() => Math.ceil(props.items.length / columns()))
  const rows = createWindowVirtualizer({
    get count() {
      return rowCount()
    },
    estimateSize: () => tile() + GAP_PX,
    overscan: 4,
    scrollPaddingStart: ABOVE_PX,
    scrollPaddingEnd: BELOW_PX,
    get scrollMargin() {
      return top()
    },
  })
  createEffect(on(tile, () => rows.measure(), { defer: true }))
  createEffect(() => {
    const last = rows.getVirtualItems().at(-1)
    if (last === undefined || last.index >= rowCount() - ROWS_BEFORE_END) props.onEnd()
  })

  const order = createMemo(() => props.items.map(({ id }) => id))
  const places = createMemo(() => new Map(order().map((id, i) => [id, i])))
  const bursts = createMemo(() => {
    const counts = new Map<string, number>()
    for (const { groupKey } of props.items) counts.set(groupKey, (counts.get(groupKey) ?? 0) + 1)
    return counts
  })
  const at = () => (props.at === null ? 0 : (places().get(props.at) ?? 0))
  /** The cell that Tab reaches: the one where the keyboard is, or the first in sight. */
  const entry = createMemo(() => {
    const shown = rows.getVirtualItems()
    const row = Math.floor(at() / columns())
    if (shown.some(({ index }) => index === row)) return order()[at()]
    return order()[(shown[0]?.index ?? 0) * columns()]
  })

  const focusAt = (id: string) => {
    rows.scrollToIndex(Math.floor((places().get(id) ?? 0) / columns()), { align: 'auto' })
    // The row may only just be made.
    requestAnimationFrame(() => document.getElementById(cellId(id))?.focus({ preventScroll: true }))
  }
  const select = (id: string, how: { range: boolean; more: boolean }) => {
    props.onAt(id)
    if (how.range) props.onSelect(rangeTo(props.selection, id, order(), how.more))
    else if (how.more) props.onSelect(toggle(props.selection, id))
    else {
      const again = props.selection.chosen.size === 1 && props.selection.chosen.has(id)
      props.onSelect(again ? NOTHING : only(id))
    }
  }
  const onClick = (event: MouseEvent, id: string) => {
    const touched = event instanceof PointerEvent && event.pointerType === 'touch'
    const onCheck = event.target instanceof Element && event.target.closest('[data-check]') !== null
    select(id, { range: event.shiftKey, more: event.ctrlKey || event.metaKey || touched || onCheck })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const focused = document.activeElement
    const here = focused === document.body || focused?.id === 'main' || wall?.contains(focused) === true
    if (event.defaultPrevented || event.altKey || !here || order().length === 0) return
    const name = nameOf(event)
    const id = order()[at()]
    if (name === null || id === undefined) return
    const extend = event.shiftKey
    const plain = name.replace('Shift+', '')
    const shape = {
      count: order().length,
      columns: columns(),
      rowsInSight: Math.floor(window.innerHeight / (tile() + GAP_PX)),
    }
    // The first key only says where one is.
    const to = props.at === null ? (move(0, plain, shape) === null ? null : 0) : move(at(), plain, shape)
    const target = to === null ? undefined : order()[to]
    if (target !== undefined) {
      const from = props.selection.anchor === null ? { ...props.selection, anchor: id } : props.selection
      props.onAt(target)
      focusAt(target)
      if (extend) props.onSelect(rangeTo(from, target, order()))
    } else if (plain === 'Space') select(id, { range: extend, more: true })
    else if (name === 'Mod+a') props.onSelect(add(props.selection, order()))
    else if (name === 'Escape' && props.selection.chosen.size > 0) props.onSelect(NOTHING)
    else if (name === 'o') props.onOpen(id)
    else return
    event.preventDefault()
  }
  onMount(() => document.addEventListener('keydown', onKeyDown))
  onCleanup(() => document.removeEventListener('keydown', onKeyDown))

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot have rows that do not exist
    <div
      ref={wall}
      class="wall"
      role="grid"
      aria-label="Animals"
      aria-multiselectable="true"
      aria-rowcount={rowCount()}
      aria-colcount={columns()}
      style={{ height: `${rows.getTotalSize()}px` }}
    >
      <For each={rows.getVirtualItems()}>
        {(row) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: its cells are
          <div
            class="wall-row"
            role="row"
            aria-rowindex={row.index + 1}
            style={{
              height: `${tile()}px`,
              transform: `translateY(${row.start - top()}px)`,
              'grid-template-columns': `repeat(${columns()}, minmax(0, 1fr))`,
            }}
          >
            <For each={props.items.slice(row.index * columns(), (row.index + 1) * columns())}>
              {(detection, column) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled for the whole wall
                <div
                  id={cellId(detection.id)}
                  class="wall-cell"
                  role="gridcell"
                  aria-colindex={column() + 1}
                  aria-selected={props.selection.chosen.has(detection.id)}
                  tabIndex={entry() === detection.id ? 0 : -1}
                  onClick={(event) => onClick(event, detection.id)}
                  onDblClick={() => props.onOpen(detection.id)}
                  onFocus={() => props.onAt(detection.id)}
                >
                  <CropTile
                    detection={detection}
                    chosen={props.selection.chosen.has(detection.id)}
                    burst={bursts().get(detection.groupKey) ?? 1}
                  />
                </div>
              )}
            </For>
          </div>
        )}
      </For>
    </div>
  )
}
