// A sample of photos that every process draws alike: those with the smallest hashes of their ids. Adding or removing a
// photo changes at most one of the sample.

export type Sizes = {
  /** Members of the pool: photos without a label, and photos that teach. */
  unlabelled: number
  taught: number
  /** Examples up to which all are measured. */
  measured: number
  /**
   * Beyond: so many of each taxon; and the pool the largest of these numbers with which it measures at most
   * `poolMeasured`, or one.
   */
  perTaxon: number
  poolPerTaxon: readonly number[]
  poolMeasured: number
}

export const SIZES: Sizes = {
  unlabelled: 512,
  taught: 256,
  measured: 3000,
  perTaxon: 30,
  poolPerTaxon: [30, 15, 7, 3, 1],
  poolMeasured: 6000,
}

type Hashed = { id: number; hash: number }

/**
 * Spreads ids evenly over 0 .. 2^32 - 1 (Knuth's multiplicative hash); the database orders by the same number
 * (db/trees/sample.ts).
 */
export function hashOf(id: number): number {
  return Math.imul(id % 2 ** 31, 2654435761) >>> 0
}

export const isBefore = (a: Hashed, b: Hashed): boolean => a.hash < b.hash || (a.hash === b.hash && a.id < b.id)
export const byHash = (a: Hashed, b: Hashed): number => a.hash - b.hash || a.id - b.id

/** The position of a photo in a list in order of hash, or where it would be inserted. */
export function placeOf(list: readonly Hashed[], photo: Hashed): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(list[middle]!, photo)) low = middle + 1
    else high = middle
  }
  return low
}

/** The `count` wanted photos with the smallest hashes, in that order. */
export function firstByHash<T extends Hashed>(photos: Iterable<T>, count: number, wanted: (photo: T) => boolean): T[] {
  let first: T[] = []
  let last: T | undefined
  for (const photo of photos) {
    if (!wanted(photo) || (last && !isBefore(photo, last))) continue
    first.push(photo)
    if (first.length < 2 * count) continue
    first = first.sort(byHash).slice(0, count)
    last = first.at(-1)
  }
  return first.sort(byHash).slice(0, count)
}
