// The taxonomy as a tree that people open step by step. It renders only the rows in sight.

import { createVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createSignal, For, type JSX, on, Show } from 'solid-js'
import type { TaxonNode } from '../../api/contract/taxonomy.ts'
import { TaxonTreeRow } from './taxon-tree-row.tsx'
import { treeKeys } from './tree-keys.ts'
import type { TreeRow } from './tree-rows.ts'
import { createTreeState } from './tree-state.ts'
import './taxon-tree.css'

const ROW_PX = 32

export function TaxonTree(props: {
  /** The taxon shown next to the tree, with the ids of its ancestors. */
  shown: { id: string; above: readonly string[] } | null
  onOpen: (id: string) => void
  /** `below` is null for the top. */
  onMove: (taxon: TaxonNode, below: TaxonNode | null) => void
}): JSX.Element {
  let pane!: HTMLDivElement
  const tree = createTreeState()
  const { rows, active, held } = tree
  const [over, setOver] = createSignal<string | null>(null)

  const virtual = createVirtualizer({
    get count() {
      return rows().length
    },
    getScrollElement: () => pane,
    estimateSize: () => ROW_PX,
    overscan: 8,
    getItemKey: (index) => rows()[index]?.node.id ?? index,
  })
  const goTo = (index: number) => {
    const row = rows()[index]
    if (!row) return
    tree.setActive(row.node.id)
    virtual.scrollToIndex(index, { align: 'auto' })
  }

  // Opens the ancestors of the shown taxon and scrolls to it.
  createEffect(
    on(
      () => props.shown?.id,
      async () => {
        const { shown } = props
        if (!shown) return
        for (const id of shown.above) await tree.expand(id)
        if (props.shown?.id !== shown.id) return
        tree.setActive(shown.id)
        const index = tree.indexOf(shown.id)
        if (index !== undefined) virtual.scrollToIndex(index, { align: 'auto' })
      },
    ),
  )

  const put = (target: TaxonNode | null) => {
    const taxon = held()
    if (taxon === null || taxon.id === target?.id) return
    tree.setHeld(null)
    props.onMove(taxon, target)
  }
  const drop = (event: DragEvent, target: TaxonNode | null) => {
    event.preventDefault()
    setOver(null)
    put(target)
    tree.setHeld(null)
  }
  const onKeyDown = treeKeys({
    tree,
    page: () => Math.max(1, Math.floor(pane.clientHeight / ROW_PX) - 1),
    goTo,
    onOpen: (id) => props.onOpen(id),
    onPut: (row) => put(row.node),
  })
  const rowActs = (row: () => TreeRow) => ({
    onToggle: () => (row().open ? tree.collapse(row().node.id) : void tree.expand(row().node.id)),
    onOpen() {
      tree.setActive(row().node.id)
      props.onOpen(row().node.id)
    },
    onTake: () => tree.setHeld(row().node),
    onOver: (isOver: boolean) => setOver(isOver ? row().node.id : null),
    onDrop(event: DragEvent) {
      event.stopPropagation()
      drop(event, row().node)
    },
    onLeave: () => tree.setHeld(null),
  })

  return (
    <section class="taxon-tree" aria-label="Tree of taxa">
      {/* biome-ignore lint/a11y/useAriaActivedescendantWithTabindex: it has one, which Solid writes in lower case */}
      <div
        ref={pane}
        class="taxon-tree-pane"
        role="tree"
        tabindex={0}
        aria-label="Taxonomy"
        aria-activedescendant={tree.at() >= 0 ? `tree-${active()}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => tree.at() < 0 && goTo(0)}
        onDragOver={(event) => held() && event.preventDefault()}
        onDrop={(event) => drop(event, null)}
      >
        <div class="taxon-tree-rows" role="presentation" style={{ height: `${virtual.getTotalSize()}px` }}>
          <For each={virtual.getVirtualItems()}>
            {(item) => (
              <Show when={rows()[item.index]}>
                {(row) => (
                  <TaxonTreeRow
                    row={row()}
                    top={item.start}
                    active={active() === row().node.id}
                    shown={props.shown?.id === row().node.id}
                    held={held()?.id === row().node.id}
                    over={over() === row().node.id}
                    {...rowActs(row)}
                  />
                )}
              </Show>
            )}
          </For>
        </div>
      </div>
      <Hint held={held()} />
    </section>
  )
}

function Hint(props: { held: TaxonNode | null }): JSX.Element {
  return (
    <p class="taxon-tree-hint" role="status">
      <Show
        when={props.held}
        fallback={
          <>
            Drag a taxon onto another to move it. With the keyboard: <kbd>Shift</kbd> <kbd>X</kbd> picks it up,{' '}
            <kbd>Shift</kbd> <kbd>V</kbd> moves it below another.
          </>
        }
      >
        {(taxon) => (
          <>
            <em>{taxon().name}</em> is picked up. <kbd>Shift</kbd> <kbd>V</kbd> moves it below the taxon you are on,{' '}
            <kbd>Esc</kbd> cancels.
          </>
        )}
      </Show>
    </p>
  )
}
