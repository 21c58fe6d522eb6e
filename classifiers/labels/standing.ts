// How each animal stands among the others of other bursts: unlike all of them, typical of many, or almost the same as
// one of them.

import { type NearRows, nearestSimilarity } from './near-rows.ts'

/** As FiftyOne weighs the three nearest. */
const UNIQUE_WEIGHTS = [0.6, 0.3, 0.1]
/** An animal near one that is more typical stands for less. */
const COVERED = 0.7
/** Nearer than this share of the median distance to the nearest: cleanlab's rule for near duplicates. */
const DUPLICATE_SHARE = 0.13

const distance = (similarity: number) => Math.sqrt(Math.max(0, 2 - 2 * similarity))

/** 0..1: the distance to the nearest three, divided by the largest. */
export function uniqueness(near: NearRows, count: number): Float64Array {
  const far = Float64Array.from({ length: count }, (_, row) =>
    UNIQUE_WEIGHTS.reduce((sum, weight, i) => {
      const at = row * near.k + i
      return sum + weight * (i < near.k && near.rows[at]! >= 0 ? distance(near.similarities[at]!) : distance(0))
    }, 0),
  )
  const most = far.reduce((a, b) => Math.max(a, b), 0)
  return most > 0 ? far.map((value) => value / most) : far
}

/**
 * 0..1: the mean similarity to its neighbours, divided by the largest, and less for each of them that is more typical:
 * the animals with the largest values stand together for all.
 */
export function representativeness({ k, rows, similarities }: NearRows, count: number): Float64Array {
  const typical = Float64Array.from({ length: count }, (_, row) => {
    let sum = 0
    for (let i = row * k; i < (row + 1) * k; i++) if (rows[i]! >= 0) sum += similarities[i]!
    return sum / k
  })
  const order = Array.from(typical, (_, row) => row).sort((a, b) => typical[b]! - typical[a]! || a - b)
  const covered = new Int32Array(count)
  const most = order.length > 0 ? typical[order[0]!]! : 0
  const values = new Float64Array(count)
  for (const row of order) {
    values[row] = most > 0 ? (typical[row]! / most) * COVERED ** covered[row]! : 0
    for (let i = row * k; i < (row + 1) * k; i++) if (rows[i]! >= 0) covered[rows[i]!]!++
  }
  return values
}

/** For each row the nearest one of another burst that is almost the same; -1 where there is none. */
export function nearDuplicates(near: NearRows, count: number): Int32Array {
  const distances = Float64Array.from({ length: count }, (_, row) => distance(nearestSimilarity(near, row)))
  const usual = Float64Array.from(distances).sort()[count >> 1] ?? 0
  return Int32Array.from(distances, (far, row) => (far < DUPLICATE_SHARE * usual ? near.rows[row * near.k]! : -1))
}
