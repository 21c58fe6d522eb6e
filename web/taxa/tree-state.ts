// The loaded part of the tree of taxa: which taxa are open, which one the keyboard is on, and which one is picked up.

import { type Accessor, createMemo, createSignal, onCleanup, onMount } from 'solid-js'
import type { TaxonNode } from '../../api/contract/taxonomy.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { queries } from '../server/query-client.ts'
import { childrenOf } from '../server/taxonomy.ts'
import { TOP, type TreeRow, visibleRows } from './tree-rows.ts'

export type TreeState = {
  rows: Accessor<TreeRow[]>
  /** The row index of a taxon; undefined if it is not visible. */
  indexOf: (id: string) => number | undefined
  expand: (id: string) => Promise<void>
  collapse: (id: string) => void
  active: Accessor<string | null>
  setActive: (id: string) => void
  /** The row index of the active taxon; -1 if it is not visible. */
  at: () => number
  held: Accessor<TaxonNode | null>
  setHeld: (taxon: TaxonNode | null) => void
}

export function createTreeState(): TreeState {
  const [children, setChildren] = createSignal<ReadonlyMap<string, TaxonNode[]>>(new Map())
  const [open, setOpen] = createSignal<ReadonlySet<string>>(new Set())
  const [active, setActive] = createSignal<string | null>(null)
  const [held, setHeld] = createSignal<TaxonNode | null>(null)

  const load = async (parent: string): Promise<void> => {
    try {
      const nodes = await queries.fetchQuery(childrenOf(parent))
      setChildren((known) => new Map(known).set(parent, nodes))
    } catch (error) {
      // A taxon that was deleted in the meantime has no children.
      if (parent === TOP) notifyFailure('The taxonomy could not be loaded', error)
      else setChildren((known) => new Map([...known].filter(([id]) => id !== parent)))
    }
  }
  onMount(() => void load(TOP))
  // Reloads children that have changed. The old rows stay until the answer arrives.
  onCleanup(
    queries.getQueryCache().subscribe(({ type, query, ...event }) => {
      const [noun, what, parent] = query.queryKey
      if (type !== 'updated' || noun !== 'taxa' || what !== 'children' || typeof parent !== 'string') return
      if ('action' in event && event.action.type === 'invalidate' && children().has(parent)) void load(parent)
    }),
  )

  const rows = createMemo(() => visibleRows(children(), open()))
  const places = createMemo(() => new Map(rows().map(({ node }, i) => [node.id, i])))
  return {
    rows,
    indexOf: (id) => places().get(id),
    async expand(id) {
      if (!children().has(id)) await load(id)
      setOpen((known) => new Set(known).add(id))
    },
    collapse: (id) => setOpen((known) => new Set([...known].filter((one) => one !== id))),
    active,
    setActive,
    at: () => places().get(active() ?? '') ?? -1,
    held,
    setHeld,
  }
}
