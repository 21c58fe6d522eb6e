// A grid of photos that renders only the rows in sight and asks for more near the end.

import { A } from '@solidjs/router'
import { For, type JSX } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { createGridLayout } from '../parts/grid-layout.ts'
import { PhotoTile } from './photo-tile.tsx'
import './photo-grid.css'

const LEAST_TILE_PX = 168
const GAP_PX = 6

export function PhotoGrid(props: { items: readonly Media[]; onEnd: () => void }): JSX.Element {
  let grid: HTMLDivElement | undefined
  const { columns, rows, rowStyle } = createGridLayout({
    element: () => grid,
    count: () => props.items.length,
    leastTile: () => LEAST_TILE_PX,
    gap: GAP_PX,
    overscan: 3,
    rowsBeforeEnd: 6,
    onEnd: () => props.onEnd(),
  })
  return (
    <div ref={grid} class="photo-grid" style={{ height: `${rows.getTotalSize()}px` }}>
      <For each={rows.getVirtualItems()}>
        {(row) => (
          <div class="photo-grid-row" style={rowStyle(row.start)}>
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
