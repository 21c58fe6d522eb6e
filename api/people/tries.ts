// How often somebody may try a password: so many failures in a while for each name and address, and for each address.

const WINDOW_MS = 15 * 60_000
const PER_NAME = 5
const PER_ADDRESS = 50
/** More are forgotten, the oldest first, so a flood of names does not fill memory. */
const MOST = 10_000

export type Tries = {
  /** Counts a try; false where there were too many. */
  take(name: string, address: string): boolean
  /** It succeeded: the failures before it no longer count. */
  clear(name: string, address: string): void
}

export function createTries(now: () => number = Date.now): Tries {
  const counts = new Map<string, { since: number; count: number }>()
  const isLeft = (key: string, most: number) => {
    const kept = counts.get(key)
    const entry = kept !== undefined && now() - kept.since < WINDOW_MS ? kept : { since: now(), count: 0 }
    counts.delete(key)
    counts.set(key, entry)
    if (counts.size > MOST) for (const oldest of counts.keys()) if (counts.delete(oldest)) break
    entry.count++
    return entry.count <= most
  }
  const keyOf = (name: string, address: string) => JSON.stringify([name.toLowerCase(), address])
  return {
    take(name, address) {
      const byAddress = isLeft(address, PER_ADDRESS)
      return isLeft(keyOf(name, address), PER_NAME) && byAddress
    },
    clear(name, address) {
      counts.delete(keyOf(name, address))
      counts.delete(address)
    },
  }
}
