// A grid of photos of which only the rows in sight exist. In: the photos fetched so far. Out: asks for more near the end.

import { A } from '@solidjs/router'
import { createWindowVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, onMount } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { PhotoTile } from './photo-tile.tsx'
import './photo-grid.css'

const LEAST_TILE_PX = 168
const GAP_PX = 6
/** So many rows before the end the next page is asked for. */
const ROWS_BEFORE_END = 6

export function PhotoGrid(props: { items: readonly Media[]; onEnd: () => void }): JSX.Element {
  let grid: HTMLDivElement | undefined
  const [width, setWidth] = createSignal(0)
  const [top, setTop] = createSignal(0)
  onMount(() => {
    if (grid === undefined) return
    const measure = () => {
      setWidth(grid?.clientWidth ?? 0)
      setTop(grid?.offsetTop ?? 0)
    }
    const observer = new ResizeObserver(measure)
    observer.observe(grid)
    measure()
    onCleanup(() => observer.disconnect())
  })

  const columns = createMemo(() => Math.max(2, Math.floor((width() + GAP_PX) / (LEAST_TILE_PX + GAP_PX))))
  const tile = createMemo(() => (width() - GAP_PX * (columns() - 1)) / columns())
  const rowCount = createMemo(() => Math.ceil(props.items.length / columns()))
  const rows = createWindowVirtualizer({
    get count() {
      return rowCount()
    },
    estimateSize: () => tile() + GAP_PX,
    overscan: 3,
    get scrollMargin() {
      return top()
    },
  })
  createEffect(() => {
    tile()
    rows.measure()
  })
  createEffect(() => {
    const last = rows.getVirtualItems().at(-1)
    if (last !== undefined && last.index >= rowCount() - ROWS_BEFORE_END) props.onEnd()
  })

  return (
    <div ref={grid} class="photo-grid" style={{ height: `${rows.getTotalSize()}px` }}>
      <For each={rows.getVirtualItems()}>
        {(row) => (
          <div
            class="photo-grid-row"
            style={{
              height: `${tile()}px`,
              transform: `translateY(${row.start - top()}px)`,
              'grid-template-columns': `repeat(${columns()}, minmax(0, 1fr))`,
            }}
          >
            <For each={props.items.slice(row.index * columns(), (row.index + 1) * columns())}>
              {(media) => (
                <A href={`/photos/${media.id}`} class="photo-grid-link">
                  <PhotoTile media={media} />
                </A>
              )}
            </For>
          </div>
        )}
      </For>
    </div>
  )
}
