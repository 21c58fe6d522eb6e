// How many waiting photos agree with what was just taught: how many answers now are sure of its taxon, and how many
// more than at first. The service updates the suggestions in the background, so this asks several times.

import { useQuery } from '@tanstack/solid-query'
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import { queueCounts } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'

/** Nobody reads the number sooner than this. */
const FIRST_MS = 700
const EVERY_MS = 2500
/** How long to watch after teaching; later changes are rare. */
const WATCHED_MS = 20_000

export type Agreement = { waiting: number; more: number; capped: boolean }

/** `taught` must be a new object for each lesson, even for the same taxon. */
export function useAgreement(taught: Accessor<{ taxonId: string } | undefined>): Accessor<Agreement | null> {
  const [watching, setWatching] = createSignal(false)
  const [first, setFirst] = createSignal<number | null>(null)
  createEffect(
    on(taught, () => {
      setWatching(false)
      setFirst(null)
      const begin = setTimeout(() => setWatching(true), FIRST_MS)
      const end = setTimeout(() => setWatching(false), WATCHED_MS)
      onCleanup(() => {
        clearTimeout(begin)
        clearTimeout(end)
      })
    }),
  )
  const counts = useQuery(() => ({
    ...queueCounts({ taxon: taught()?.taxonId, sure: 'true', queue: 'unidentified' }),
    enabled: taught() !== undefined && watching(),
    refetchInterval: EVERY_MS,
  }))
  const waiting = createMemo(() => dataOf(counts)?.queues[0])
  createEffect(() => {
    const now = waiting()
    if (watching() && now !== undefined && first() === null) setFirst(now.count)
  })
  return createMemo(() => {
    const now = waiting()
    const before = first()
    if (taught() === undefined || now === undefined || before === null) return null
    return { waiting: now.count, more: Math.max(0, now.count - before), capped: now.capped }
  })
}
