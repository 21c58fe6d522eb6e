// The taxonomy as a tree that is opened step by step; only the rows in sight are on the page. The keyboard works as in every tree;
// X takes a taxon up and V puts it below another, as dragging does.

import { createVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import type { TaxonNode } from '../../api/contract/taxonomy.ts'
import { ChevronRight } from '../icons/icons.ts'
import { count } from '../parts/format.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { isItalic } from '../parts/taxon/ranks.ts'
import { queries } from '../server/query-client.ts'
import { childrenOf } from '../server/taxonomy.ts'
import { stepOf, TOP, type TreeRow, typedRow, visibleRows } from './tree-rows.ts'
import './taxon-tree.css'

const ROW_PX = 32
const TYPING_MS = 700

export function TaxonTree(props: {
  /** The taxon that is shown beside, with the ids above it. */
  shown: { id: string; above: readonly string[] } | null
  onOpen: (id: string) => void
  onMove: (taxon: TaxonNode, below: TaxonNode | null) => void
}): JSX.Element {
  let pane!: HTMLDivElement
  const [children, setChildren] = createSignal<ReadonlyMap<string, TaxonNode[]>>(new Map())
  const [open, setOpen] = createSignal<ReadonlySet<string>>(new Set())
  const [active, setActive] = createSignal<string | null>(null)
  const [taken, setTaken] = createSignal<TaxonNode | null>(null)
  const [over, setOver] = createSignal<string | null>(null)

  const load = async (parent: string): Promise<void> => {
    try {
      const nodes = await queries.fetchQuery(childrenOf(parent))
      setChildren((known) => new Map(known).set(parent, nodes))
    } catch (error) {
      // What was deleted meanwhile has nothing below it.
      if (parent === TOP) notifyFailure('The taxonomy could not be shown', error)
      else setChildren((known) => new Map([...known].filter(([id]) => id !== parent)))
    }
  }
  const expand = async (id: string): Promise<void> => {
    if (!children().has(id)) await load(id)
    setOpen((known) => new Set(known).add(id))
  }
  const collapse = (id: string) => setOpen((known) => new Set([...known].filter((one) => one !== id)))

  onMount(() => void load(TOP))
  // What was loaded and is said to have changed is asked again; until the answer comes the old rows stay.
  onCleanup(
    queries.getQueryCache().subscribe(({ type, query, ...event }) => {
      const [noun, what, parent] = query.queryKey
      if (type !== 'updated' || noun !== 'taxa' || what !== 'children' || typeof parent !== 'string') return
      if ('action' in event && event.action.type === 'invalidate' && children().has(parent)) void load(parent)
    }),
  )

  const rows = createMemo(() => visibleRows(children(), open()))
  const indexOf = createMemo(() => new Map(rows().map(({ node }, i) => [node.id, i])))
  const at = () => indexOf().get(active() ?? '') ?? -1
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
    setActive(row.node.id)
    virtual.scrollToIndex(index, { align: 'auto' })
  }

  // The taxon beside is shown in the tree, with everything above it open.
  createEffect(
    on(
      () => props.shown?.id,
      async () => {
        const { shown } = props
        if (!shown) return
        for (const id of shown.above) await expand(id)
        if (props.shown?.id !== shown.id) return
        setActive(shown.id)
        const index = indexOf().get(shown.id)
        if (index !== undefined) virtual.scrollToIndex(index, { align: 'auto' })
      },
    ),
  )

  let typed = ''
  let typedAt = 0
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const current = rows()[at()]
    const step = stepOf(event.key, rows(), at(), Math.max(1, Math.floor(pane.clientHeight / ROW_PX) - 1))
    if (step) {
      const row = rows()[step.index]!
      if (step.kind === 'go') goTo(step.index)
      else if (step.kind === 'open') void expand(row.node.id)
      else if (step.kind === 'close') collapse(row.node.id)
      else props.onOpen(row.node.id)
    } else if (event.key === 'Escape' && taken()) setTaken(null)
    else if (event.key === 'X' && current) setTaken(current.node)
    else if (event.key === 'V' && current) put(current)
    else if (event.key === '*' && current) {
      for (const row of rows()) if (row.parent === current.parent && row.node.childCount > 0) void expand(row.node.id)
    } else if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)) {
      typed = event.timeStamp - typedAt < TYPING_MS ? typed + event.key : event.key
      typedAt = event.timeStamp
      const found = typedRow(rows(), at(), typed)
      if (found >= 0) goTo(found)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const put = (target: TreeRow) => {
    const taxon = taken()
    if (taxon === null || taxon.id === target.node.id) return
    setTaken(null)
    props.onMove(taxon, target.node)
  }
  const drop = (event: DragEvent, target: TaxonNode | null) => {
    event.preventDefault()
    setOver(null)
    const taxon = taken()
    setTaken(null)
    if (taxon !== null && taxon.id !== target?.id) props.onMove(taxon, target)
  }

  return (
    <section class="taxon-tree" aria-label="Tree of taxa">
      {/* biome-ignore lint/a11y/useAriaActivedescendantWithTabindex: it has one, which Solid writes in lower case */}
      <div
        ref={pane}
        class="taxon-tree-pane"
        role="tree"
        tabindex={0}
        aria-label="Taxonomy"
        aria-activedescendant={at() >= 0 ? `tree-${active()}` : undefined}
        onKeyDown={onKeyDown}
        onFocus={() => at() < 0 && goTo(0)}
        onDragOver={(event) => taken() && event.preventDefault()}
        onDrop={(event) => drop(event, null)}
      >
        <div class="taxon-tree-rows" role="presentation" style={{ height: `${virtual.getTotalSize()}px` }}>
          <For each={virtual.getVirtualItems()}>
            {(item) => (
              <Show when={rows()[item.index]}>
                {(row) => (
                  <Row
                    row={row()}
                    top={item.start}
                    active={active() === row().node.id}
                    shown={props.shown?.id === row().node.id}
                    taken={taken()?.id === row().node.id}
                    over={over() === row().node.id}
                    onToggle={() => (row().open ? collapse(row().node.id) : void expand(row().node.id))}
                    onOpen={() => {
                      setActive(row().node.id)
                      props.onOpen(row().node.id)
                    }}
                    onTake={() => setTaken(row().node)}
                    onOver={(isOver) => setOver(isOver ? row().node.id : null)}
                    onDrop={(event) => {
                      event.stopPropagation()
                      drop(event, row().node)
                    }}
                    onLeave={() => setTaken(null)}
                  />
                )}
              </Show>
            )}
          </For>
        </div>
      </div>
      <p class="taxon-tree-hint" role="status">
        <Show
          when={taken()}
          fallback={
            <>
              Drag a taxon onto another to move it; or <kbd>Shift</kbd> <kbd>X</kbd> takes it up, <kbd>Shift</kbd>{' '}
              <kbd>V</kbd> puts it below another.
            </>
          }
        >
          {(taxon) => (
            <>
              <em>{taxon().name}</em> is taken up. <kbd>Shift</kbd> <kbd>V</kbd> puts it below the taxon you are on,{' '}
              <kbd>Esc</kbd> leaves it.
            </>
          )}
        </Show>
      </p>
    </section>
  )
}

function Row(props: {
  row: TreeRow
  top: number
  active: boolean
  shown: boolean
  taken: boolean
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
        taken: props.taken,
        over: props.over,
        resting: !node().active,
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
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) props.onOver(false) // the element one comes to
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => props.onDrop(event)}
    >
      <span
        class="taxon-tree-twist"
        classList={{ open: props.row.open, leaf: node().childCount === 0 }}
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
      <span class="taxon-tree-name" classList={{ italic: isItalic(node().rank) }}>
        {node().name}
      </span>
      <Show when={node().commonName}>{(name) => <span class="taxon-tree-common">{name()}</span>}</Show>
      <Show when={!node().active}>
        <span class="chip">rests</span>
      </Show>
      <Show when={node().needsPlacing}>
        <span class="chip ochre">needs placing</span>
      </Show>
      <Show when={node().exampleCount > 0}>
        <span class="taxon-tree-count">{count(node().exampleCount)}</span>
      </Show>
    </div>
  )
}
