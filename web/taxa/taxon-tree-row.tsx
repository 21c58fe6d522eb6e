// One row of the tree of taxa.

import { type JSX, Show } from 'solid-js'
import { ChevronRight } from '../icons/icons.ts'
import { count } from '../parts/format.ts'
import { isItalic } from '../parts/taxon/ranks.ts'
import type { TreeRow } from './tree-rows.ts'
import './taxon-tree-row.css'

export function TaxonTreeRow(props: {
  row: TreeRow
  top: number
  active: boolean
  shown: boolean
  /** Picked up to be moved. */
  held: boolean
  over: boolean
  onToggle: () => void
  onOpen: () => void
  onTake: () => void
  onOver: (isOver: boolean) => void
  onDrop: (event: DragEvent) => void
  onLeave: () => void
}): JSX.Element {
  const node = () => props.row.node
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names this row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys
    <div
      id={`tree-${node().id}`}
      class="taxon-tree-row"
      classList={{
        active: props.active,
        shown: props.shown,
        held: props.held,
        over: props.over,
        inactive: !node().active,
      }}
      role="treeitem"
      aria-level={props.row.level}
      aria-posinset={props.row.position}
      aria-setsize={props.row.siblings}
      aria-expanded={node().childCount > 0 ? props.row.open : undefined}
      aria-selected={props.shown}
      style={{ transform: `translateY(${props.top}px)`, '--level': props.row.level }}
      draggable={true}
      onClick={() => props.onOpen()}
      onDragStart={(event) => {
        event.dataTransfer?.setData('text/plain', node().name)
        props.onTake()
      }}
      onDragEnd={() => props.onLeave()}
      onDragEnter={() => props.onOver(true)}
      onDragLeave={(event) => {
        // the cast: the element that the pointer enters
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) props.onOver(false)
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => props.onDrop(event)}
    >
      <span
        class="taxon-tree-row-twist"
        classList={{ open: props.row.open }}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation()
          if (node().childCount > 0) props.onToggle()
        }}
      >
        <Show when={node().childCount > 0}>
          <ChevronRight size={15} />
        </Show>
      </span>
      <span class="taxon-tree-row-name" classList={{ italic: isItalic(node().rank) }}>
        {node().name}
      </span>
      <Show when={node().commonName}>{(name) => <span class="taxon-tree-row-common">{name()}</span>}</Show>
      <Show when={!node().active}>
        <span class="chip">not suggested</span>
      </Show>
      <Show when={node().needsPlacing}>
        <span class="chip ochre">needs placing</span>
      </Show>
      <Show when={node().exampleCount > 0}>
        <span class="taxon-tree-row-count">{count(node().exampleCount)}</span>
      </Show>
    </div>
  )
}
