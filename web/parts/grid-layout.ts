// The layout of a grid of square tiles as wide as its parent, of which only the rows in sight exist.

import { createWindowVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createMemo, createSignal, on, onCleanup, onMount } from 'solid-js'

export function createGridLayout(options: {
  element: () => HTMLElement | undefined
  /** How many tiles there are. */
  count: () => number
  /** Pixels: a tile is at least so wide. */
  leastTile: () => number
  gap: number
  /** Rows made above and below those in sight. */
  overscan: number
  /** So many rows before the end `onEnd` is called. */
  rowsBeforeEnd: number
  /** Pixels of the window that are covered above and below: a row scrolled to is not hidden by them. */
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
    // What is above it may grow.
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
    /** Pixels. */
    tile,
    rowCount,
    rows,
    /** The style of a row of the virtualizer. */
    rowStyle: (start: number) => ({
      height: `${tile()}px`,
      transform: `translateY(${start - top()}px)`,
      'grid-template-columns': `repeat(${columns()}, minmax(0, 1fr))`,
    }),
  }
}
