// Photos that an earlier, unfinished import sent, until it is known what became of them.

import type { MediaItem } from '../../contract/media.ts'
import { openDiskList } from '../../interchange/exchange/spool/disk-list.ts'
import type { ImportClient, OfferedPhoto } from './client.ts'

export type Earlier = {
  readonly waiting: number
  /** Before the first are settled. */
  add(path: string, offer: OfferedPhoto): void
  /** Offers some of them again, which tells what became of each. */
  settle(importId: string): Promise<{ path: string; item: MediaItem | null }[]>
  close(): void
}

const OFFERED_AT_ONCE = 200

export function openEarlier(client: Pick<ImportClient, 'offer'>, scratch?: string): Earlier {
  const all = openDiskList<{ path: string; offer: OfferedPhoto }>(scratch)
  let rest: Iterator<{ path: string; offer: OfferedPhoto }> | null = null
  let asked: { path: string; offer: OfferedPhoto }[] = []
  let settled = 0
  return {
    get waiting() {
      return all.length - settled
    },
    add: (path, offer) => all.push({ path, offer }),
    async settle(importId) {
      rest ??= all[Symbol.iterator]()
      while (asked.length < OFFERED_AT_ONCE) {
        const next = rest.next()
        if (next.done === true) break
        asked.push(next.value)
      }
      if (asked.length === 0) return []
      const items = await client.offer(
        importId,
        asked.map(({ offer }) => offer),
      )
      const known = asked.map(({ path, offer }, i) => ({ path, offer, item: items[i] ?? null }))
      asked = known.filter(({ item }) => item?.status === 'queued')
      const done = known.filter(({ item }) => item?.status !== 'queued')
      settled += done.length
      return done
    },
    close: () => all.close(),
  }
}
