// The legend of the map: what the colours stand for, and the groups, which can be hidden or selected.

import { For, type JSX, Show } from 'solid-js'
import { Download } from '../../icons/icons.ts'
import { count } from '../../parts/format.ts'
import { type Rank, ranks } from '../../parts/taxon/ranks.ts'
import { hueAt } from '../hue.ts'
import { type Colouring, colouringNames, colourings, type Group } from './colours.ts'
import '../../charts/legend.css'
import './map-legend.css'

export function MapLegend(props: {
  by: Colouring
  onBy: (by: Colouring) => void
  rank: Rank
  /** The ranks that occur on the map. */
  ranks: readonly Rank[]
  onRank: (rank: Rank) => void
  groups: readonly Group[]
  hidden: ReadonlySet<number>
  onToggle: (group: number) => void
  onSelect: (group: number) => void
  onSavePicture: () => void
  onSaveNumbers: () => void
}): JSX.Element {
  return (
    <aside class="map-legend" aria-label="Colours">
      <label class="field">
        Colour by
        <select
          class="select"
          onChange={(event) => props.onBy(colourings.find((one) => one === event.currentTarget.value) ?? 'taxon')}
        >
          <For each={colourings}>
            {(one) => (
              <option value={one} selected={one === props.by}>
                {colouringNames[one]}
              </option>
            )}
          </For>
        </select>
      </label>
      <Show when={props.by === 'taxon'}>
        <label class="field">
          Rank
          <select
            class="select"
            onChange={(event) => props.onRank(ranks.find((one) => one === event.currentTarget.value) ?? 'order')}
          >
            <For each={props.ranks}>
              {(one) => (
                <option value={one} selected={one === props.rank}>
                  {one}
                </option>
              )}
            </For>
          </select>
        </label>
      </Show>
      <ul>
        <For each={props.groups}>
          {(group, i) => (
            <Show when={group.count > 0}>
              <li class="ends map-legend-group">
                <label>
                  <input type="checkbox" checked={!props.hidden.has(i())} onChange={() => props.onToggle(i())} />
                  <span
                    class="legend-swatch map-legend-swatch"
                    style={{ background: group.hue === null ? 'var(--faint-bar)' : hueAt(group.hue) }}
                    aria-hidden="true"
                  />
                  <span classList={{ italic: group.italic }}>{group.name}</span>
                </label>
                <button
                  type="button"
                  class="button quiet"
                  aria-label={`${count(group.count)}: select ${group.name}`}
                  title="Select these"
                  onClick={() => props.onSelect(i())}
                >
                  {count(group.count)}
                </button>
              </li>
            </Show>
          )}
        </For>
      </ul>
      <div class="map-legend-save">
        <button type="button" class="button quiet" onClick={() => props.onSavePicture()}>
          <Download size={15} /> PNG
        </button>
        <button type="button" class="button quiet" onClick={() => props.onSaveNumbers()}>
          <Download size={15} /> CSV
        </button>
      </div>
    </aside>
  )
}
