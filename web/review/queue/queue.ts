// Which detection comes next: what is ahead in the chosen queue, in the service's current order, without those this
// person has passed. More pages are fetched before they are needed.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { type Accessor, createEffect, createMemo, createSignal, on } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import { type AnimalFilter, listed } from '../../filter/filter.ts'
import { detectionPages } from '../../server/detections.ts'
import { dataOf, itemsOf } from '../../server/query-client.ts'

/** If fewer than this many are ahead, the next page is fetched. */
const LOW_WATER = 12
/** Of the queue that is chosen again while somebody names animals: short pages keep it current. */
const SHORT_PAGE = 20

export type Queue = {
  ahead: Accessor<Detection[]>
  exhausted: Accessor<boolean>
  error: Accessor<unknown>
  /** The times in ms at which animals were passed or decided since this queue was opened. */
  moments: Accessor<readonly number[]>
  /** How many are passed now; those brought back do not count. */
  passed: Accessor<number>
  pass(ids: readonly string[]): void
  /** Puts animals of undone steps back into the queue. */
  bringBack(ids: readonly string[]): void
  startAgain(): void
}

export function createQueue(filter: Accessor<AnimalFilter>, current: Accessor<string | undefined>): Queue {
  const [passed, setPassed] = createSignal<ReadonlySet<string>>(new Set())
  const [moments, setMoments] = createSignal<readonly number[]>([])
  const pages = useInfiniteQuery(() =>
    detectionPages(listed(filter()), filter().queue === 'useful' ? SHORT_PAGE : undefined),
  )
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
