// The animals on the wall, which of them are selected, and where the keyboard is. The order stays the same while
// somebody works.

import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { type Accessor, batch, createEffect, createMemo, createSignal, on } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import type { AnimalFilter } from '../filter/filter.ts'
import { dataOf, itemsOf, queries } from '../server/query-client.ts'
import { tree } from '../server/summary.ts'
import { type Order, wallPages } from './pages.ts'
import { NOTHING, type Selection, without } from './selection.ts'

export function createWall(filter: Accessor<AnimalFilter>, order: Accessor<Order | undefined>) {
  const pages = useInfiniteQuery(() => wallPages(filter(), order()))
  const answering = useQuery(tree)
  /** The animals that have left the wall since it was sorted. */
  const [gone, setGone] = createSignal<ReadonlySet<string>>(new Set())
  const items = createMemo<Detection[]>(() => itemsOf(pages).filter(({ id }) => !gone().has(id)))
  const known = createMemo<ReadonlyMap<string, Detection>>(() => new Map(items().map((one) => [one.id, one])))
  const [selection, select] = createSignal<Selection>(NOTHING)
  const [at, setAt] = createSignal<string | null>(null)

  /** Another queue or filter starts a new wall. */
  const startAgain = () =>
    batch(() => {
      setGone(new Set<string>())
      select(NOTHING)
      setAt(null)
    })
  createEffect(on([filter, order], startAgain, { defer: true }))

  const [orderedBy, setOrderedBy] = createSignal<string | null>(null)
  const version = () => dataOf(answering)?.treeVersion ?? null
  createEffect(
    on([() => pages.dataUpdatedAt, filter, order], () => {
      if (dataOf(pages)?.pages.length === 1) setOrderedBy(version())
    }),
  )

  return {
    pages,
    items,
    known,
    selection,
    select,
    at,
    setAt,
    /** Whether any animal has left the wall. */
    isWorkedOn: () => gone().size > 0,
    /** Whether the tree has learned since the wall was sorted. */
    isStale: () => orderedBy() !== null && version() !== null && orderedBy() !== version(),
    renew() {
      startAgain()
      void queries.resetQueries({ queryKey: ['wall'] })
    },
    more() {
      if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage()
    },
    /** The selected animals, or the one under the keyboard if none is selected. */
    meant: createMemo(() => {
      const { chosen } = selection()
      if (chosen.size > 0) return [...chosen]
      const one = at()
      return one !== null && known().has(one) ? [one] : []
    }),
    remove(ids: readonly string[]) {
      batch(() => {
        setGone(new Set([...gone(), ...ids]))
        select(without(selection(), new Set(ids)))
      })
    },
    /** Puts animals back on the wall and selects them. */
    bringBack(ids: ReadonlySet<string>) {
      batch(() => {
        setGone(new Set([...gone()].filter((id) => !ids.has(id))))
        select({ chosen: new Set([...ids].filter((id) => known().has(id))), anchor: null })
      })
    },
  }
}

export type WallState = ReturnType<typeof createWall>
