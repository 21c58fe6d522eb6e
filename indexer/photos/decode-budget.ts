// Memory that decoding may take in this process: suggestions, scaled copies and indexing share it. A picture waits
// until there is room for it, the oldest first, and one that is larger than all of it runs alone.

const BUDGET_BYTES = 1_000_000_000

let taken = 0
const waiting: { bytes: number; begin: () => void }[] = []

export async function withinBudget<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const share = Math.min(bytes, BUDGET_BYTES)
  if (waiting.length > 0 || taken + share > BUDGET_BYTES) {
    await new Promise<void>((begin) => {
      waiting.push({ bytes: share, begin })
    })
  } else taken += share
  try {
    return await work()
  } finally {
    taken -= share
    while (waiting.length > 0 && taken + waiting[0]!.bytes <= BUDGET_BYTES) {
      const next = waiting.shift()!
      taken += next.bytes
      next.begin()
    }
  }
}
