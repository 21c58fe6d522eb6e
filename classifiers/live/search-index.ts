// Builds the search index of a version in the background: before it is published, or while it serves without one. Until
// the index is ready, search works without it, or the version before answers with its own.

import type { Database } from '../../db/connection/connect.ts'
import { buildSearchIndex, INDEX_FROM } from '../../db/trees/search-index.ts'
import type { LiveAnswers } from './answering.ts'
import type { Announce } from './events.ts'

export type SearchIndex = {
  /**
   * Resolves when the version has its index, or is too small for one, or none can be built: search then works without.
   */
  prepare(version: number, signal: AbortSignal): Promise<void>
  /** Checks the serving version from time to time: it may have grown, or have come with a copied database. */
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
  /** The number of exemplars from which a version needs an index. */
  from?: number
  onError: (error: unknown, doing: string) => void
}): SearchIndex {
  const ending = new AbortController()
  /** Versions that have an index, or for which it could not be built. */
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
      onError(error, `building the search index of tree version ${version}`)
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
