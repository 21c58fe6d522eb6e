// A grid of thousands of crops that renders only the rows in sight. It asks for more animals near the end. For screen
// readers it is a grid in which one cell at a time has the focus.

import { createMemo, For, type JSX } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { createGridLayout } from '../parts/grid-layout.ts'
import { CropTile } from './crop-tile.tsx'
import { NOTHING, only, rangeTo, type Selection, toggle } from './selection.ts'
import { useWallKeys } from './wall-keys.ts'
import './wall.css'

const GAP_PX = 4
/** The next page is requested this many rows before the end. */
const ROWS_BEFORE_END = 8
/** The height of what stays on the screen above and below the wall. */
const COVERED_PX = { above: 118, below: 84 }

const cellId = (id: string) => `crop-${id}`

export function Wall(props: {
  items: readonly Detection[]
  /** The smallest width of a crop. */
  sizePx: number
  selection: Selection
  onSelect: (selection: Selection) => void
  /** The animal under the keyboard. */
  at: string | null
  onAt: (id: string) => void
  onOpen: (id: string) => void
  onEnd: () => void
}): JSX.Element {
  let wall: HTMLDivElement | undefined
  const { columns, tile, rowCount, rows, rowStyle } = createGridLayout({
    element: () => wall,
    count: () => props.items.length,
    leastTile: () => props.sizePx,
    gap: GAP_PX,
    overscan: 4,
    rowsBeforeEnd: ROWS_BEFORE_END,
    covered: COVERED_PX,
    onEnd: () => props.onEnd(),
  })

  const order = createMemo(() => props.items.map(({ id }) => id))
  const places = createMemo(() => new Map(order().map((id, i) => [id, i])))
  const bursts = createMemo(() => {
    const counts = new Map<string, number>()
    for (const { groupKey } of props.items) counts.set(groupKey, (counts.get(groupKey) ?? 0) + 1)
    return counts
  })
  const at = () => (props.at === null ? 0 : (places().get(props.at) ?? 0))
  /** The cell that Tab reaches: the one under the keyboard, or the first in sight. */
  const entry = createMemo(() => {
    const shown = rows.getVirtualItems()
    const row = Math.floor(at() / columns())
    if (shown.some(({ index }) => index === row)) return order()[at()]
    return order()[(shown[0]?.index ?? 0) * columns()]
  })

  const focusAt = (id: string) => {
    rows.scrollToIndex(Math.floor((places().get(id) ?? 0) / columns()), { align: 'auto' })
    // A row that has just scrolled into sight is rendered in the next frame.
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

  useWallKeys({
    wall: () => wall,
    order,
    shape: () => ({
      count: order().length,
      columns: columns(),
      rowsInSight: Math.floor(window.innerHeight / (tile() + GAP_PX)),
    }),
    at: () => props.at,
    place: at,
    goTo(id) {
      props.onAt(id)
      focusAt(id)
    },
    selection: () => props.selection,
    onSelect: (selection) => props.onSelect(selection),
    onToggle: (id, range) => select(id, { range, more: true }),
    onOpen: (id) => props.onOpen(id),
  })

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
          <div class="wall-row" role="row" aria-rowindex={row.index + 1} style={rowStyle(row.start)}>
            <For each={props.items.slice(row.index * columns(), (row.index + 1) * columns())}>
              {(detection, column) => (
                <Cell
                  detection={detection}
                  column={column() + 1}
                  chosen={props.selection.chosen.has(detection.id)}
                  isEntry={entry() === detection.id}
                  burst={bursts().get(detection.groupKey) ?? 1}
                  onClick={(event) => onClick(event, detection.id)}
                  onOpen={() => props.onOpen(detection.id)}
                  onFocus={() => props.onAt(detection.id)}
                />
              )}
            </For>
          </div>
        )}
      </For>
    </div>
  )
}

function Cell(props: {
  detection: Detection
  /** Counted from 1. */
  column: number
  chosen: boolean
  /** The cell that Tab reaches. */
  isEntry: boolean
  /** How many members of its burst are on the wall. */
  burst: number
  onClick: (event: MouseEvent) => void
  onOpen: () => void
  onFocus: () => void
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot have rows that do not exist
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled for the whole wall
    <div
      id={cellId(props.detection.id)}
      class="wall-cell"
      role="gridcell"
      aria-colindex={props.column}
      aria-selected={props.chosen}
      tabIndex={props.isEntry ? 0 : -1}
      onClick={(event) => props.onClick(event)}
      onDblClick={() => props.onOpen()}
      onFocus={() => props.onFocus()}
    >
      <CropTile detection={props.detection} chosen={props.chosen} burst={props.burst} />
    </div>
  )
}
