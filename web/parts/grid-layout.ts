// The layout of a grid of square tiles as wide as its parent. It renders only the rows in sight.

import { createWindowVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createMemo, createSignal, on, onCleanup, onMount } from 'solid-js'

export function createGridLayout(options: {
  element: () => HTMLElement | undefined
  /** The number of tiles. */
  count: () => number
  /** The smallest width of a tile, in pixels. */
  leastTile: () => number
  gap: number
  /** The number of rows rendered above and below those in sight. */
  overscan: number
  /** `onEnd` is called this many rows before the end. */
  rowsBeforeEnd: number
  /** Pixels of the window that are covered above and below. Scrolling to a row keeps it clear of them. */
  covered?: { above: number; below: number }
  onEnd: () => void
}) {
  const [width, setWidth] = createSignal(0)
  const [top, setTop] = createSignal(0)
  onMount(() => {
    const element = options.element()
    if (element === undefined) return
    const measure = () => {
      setWidth(element.clientWidth)
      setTop(element.offsetTop)
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    // The content above the grid can change its height.
    observer.observe(document.body)
    measure()
    onCleanup(() => observer.disconnect())
  })

  const { gap } = options
  const columns = createMemo(() => Math.max(2, Math.floor((width() + gap) / (options.leastTile() + gap))))
  const tile = createMemo(() => Math.max(1, (width() - gap * (columns() - 1)) / columns()))
  const rowCount = createMemo(() => Math.ceil(options.count() / columns()))
  const rows = createWindowVirtualizer({
    get count() {
      return rowCount()
    },
    estimateSize: () => tile() + gap,
    overscan: options.overscan,
    scrollPaddingStart: options.covered?.above ?? 0,
    scrollPaddingEnd: options.covered?.below ?? 0,
    get scrollMargin() {
      return top()
    },
  })
  createEffect(on(tile, () => rows.measure(), { defer: true }))
  createEffect(() => {
    const last = rows.getVirtualItems().at(-1)
    if (last === undefined || last.index >= rowCount() - options.rowsBeforeEnd) options.onEnd()
  })

  return {
    columns,
    /** The width of a tile in pixels. */
    tile,
    rowCount,
    rows,
    /** The style of a row that starts at `start` pixels. */
    rowStyle: (start: number) => ({
      height: `${tile()}px`,
      transform: `translateY(${start - top()}px)`,
      'grid-template-columns': `repeat(${columns()}, minmax(0, 1fr))`,
    }),
  }
}
