// Which detection comes next. In: the chosen queue, how it is narrowed, and the one on the screen. Out: what is still ahead, in the
// service's order of now, without those this person has already passed; more pages are fetched before they are needed.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { type Accessor, createEffect, createMemo, createSignal, on } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import type { AnimalFilter } from '../../filter/filter.ts'
import { detectionPages } from '../../server/detections.ts'
import { dataOf, itemsOf } from '../../server/query-client.ts'

/** Fewer than this many ahead: fetch the next page. */
const LOW_WATER = 12

export type Queue = {
  ahead: Accessor<Detection[]>
  exhausted: Accessor<boolean>
  error: Accessor<unknown>
  /** When each was passed or decided since this queue was opened, ms. */
  moments: Accessor<readonly number[]>
  /** How many are passed now: those brought back do not count. */
  passed: Accessor<number>
  pass(ids: readonly string[]): void
  /** Undone ones come back into the queue. */
  bringBack(ids: readonly string[]): void
  startAgain(): void
}

export function createQueue(filter: Accessor<AnimalFilter>, current: Accessor<string | undefined>): Queue {
  const [passed, setPassed] = createSignal<ReadonlySet<string>>(new Set())
  const [moments, setMoments] = createSignal<readonly number[]>([])
  const pages = useInfiniteQuery(() => detectionPages(filter()))
  const same = createMemo(() => JSON.stringify(filter()))
  createEffect(
    on(
      same,
      () => {
        setPassed(new Set<string>())
        setMoments([])
      },
      { defer: true },
    ),
  )

  const ahead = createMemo(() => itemsOf(pages).filter((d) => !passed().has(d.id) && d.id !== current()))
  createEffect(() => {
    if (ahead().length < LOW_WATER && pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage()
  })

  return {
    ahead,
    exhausted: () => dataOf(pages) !== undefined && ahead().length === 0 && !pages.hasNextPage,
    error: () => pages.error,
    moments,
    passed: () => passed().size,
    pass(ids) {
      setPassed((before) => new Set([...before, ...ids]))
      setMoments((before) => [...before, performance.now()])
    },
    bringBack: (ids) => setPassed((before) => new Set([...before].filter((other) => !ids.includes(other)))),
    startAgain() {
      setPassed(new Set<string>())
      void pages.refetch()
    },
  }
}
