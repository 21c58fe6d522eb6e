// Indexes for search, made in the background. In: the version that is about to be published, and the one that serves. Out: an index
// where one is wanted, told as it grows; until it is there the ways without one answer, or the version before with its own.

import type { Database } from '../../db/connection/connect.ts'
import { buildSearchIndex, INDEX_FROM } from '../../db/trees/search-index.ts'
import type { LiveAnswers } from './answering.ts'
import type { Announce } from './events.ts'

export type SearchIndex = {
  /** Resolves when the version has its index, or wants none, or none can be made: search goes without then. */
  prepare(version: number, signal: AbortSignal): Promise<void>
  /** Cares for the version that serves: one that grew, or came with a copied database. */
  watch(answers: () => Pick<LiveAnswers, 'version' | 'exampleCount'>): void
  close(): Promise<void>
}

const LOOK_MS = 30_000

export function openSearchIndex({
  database,
  announce,
  from = INDEX_FROM,
  onError,
}: {
  database: Database
  announce: Announce
  /** ExemplarRows from which on an index is wanted. */
  from?: number
  onError: (error: unknown, doing: string) => void
}): SearchIndex {
  const ending = new AbortController()
  /** Versions that have one, or for which it could not be made. */
  const settled = new Set<number>()
  let timer: NodeJS.Timeout | null = null
  let working: Promise<void> | null = null

  async function prepare(version: number, signal: AbortSignal): Promise<void> {
    if (settled.has(version)) return
    const either = AbortSignal.any([signal, ending.signal])
    try {
      const made = await buildSearchIndex(database, version, {
        signal: either,
        from,
        onProgress: (share) => announce({ name: 'searchIndex', version, share }),
      })
      if (made) settled.add(version)
    } catch (error) {
      if (either.aborted) return
      settled.add(version)
      onError(error, `making the search index of tree version ${version}`)
    }
  }

  return {
    prepare,
    watch(answers) {
      const look = () => {
        if (working || answers().exampleCount(null) < from) return
        working = prepare(answers().version(), ending.signal).finally(() => {
          working = null
        })
      }
      look()
      timer = setInterval(look, LOOK_MS)
      timer.unref()
    },
    async close() {
      ending.abort()
      if (timer) clearInterval(timer)
      await working
    },
  }
}
