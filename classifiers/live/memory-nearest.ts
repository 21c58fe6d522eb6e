// The nearest exemplars from memory. In: what the live tree was taught, a query in its metric. Out: as db/trees/nearest.ts answers,
// without a way to the database: for installations up to a size at which a scan is quicker than the way there.

import type { Near } from '../../db/trees/nearest.ts'

/** What one detection teaches; `vector` in the metric of the tree's statistics. */
export type Exemplar = {
  detectionId: number
  mediaId: number
  taxonId: number
  groupKey: string
  vector: Float32Array
}

/** Numbers of all vectors together up to which memory is asked; 330,000 of them took 1.3 ms (2 cores, 2026-11-22). */
export const MOST_NUMBERS = 2_000_000

/** `vectors`: a row of unit length per exemplar, one behind the other: scattered ones take four times as long. */
export type ExemplarRows = { taught: readonly Exemplar[]; vectors: Float32Array }
export type Measured = { taught: Exemplar; cosine: number }

export function gatherExemplars(all: Iterable<Exemplar>, size: number): ExemplarRows {
  const taught = [...all]
  const vectors = new Float32Array(taught.length * size)
  taught.forEach(({ vector }, k) => {
    const length = Math.sqrt(dot(vector, vector, 0))
    for (let i = 0; i < size; i++) vectors[k * size + i] = length > 0 ? vector[i]! / length : 0
  })
  return { taught, vectors }
}

/** Every exemplar but those of one burst and one detection, with its cosine; in no order. */
export function measureAll(
  { taught, vectors }: ExemplarRows,
  query: Float32Array,
  leftOut: { groupKey: string | null; detectionId: number | null },
): Measured[] {
  const length = Math.sqrt(dot(query, query, 0))
  const all: Measured[] = []
  for (let k = 0; k < taught.length; k++) {
    const one = taught[k]!
    if (one.groupKey === leftOut.groupKey || one.detectionId === leftOut.detectionId) continue
    all.push({ taught: one, cosine: length > 0 ? dot(query, vectors, k * query.length) / length : 0 })
  }
  return all
}

/** The `k` most similar that teach one of `taxonIds` (null: any), the most similar first; of equals the older detection. */
export function nearestOf(measured: readonly Measured[], k: number, taxonIds: ReadonlySet<number> | null): Near[] {
  const best: Measured[] = []
  for (const one of measured) {
    if (taxonIds && !taxonIds.has(one.taught.taxonId)) continue
    if (best.length === k && !before(one, best[k - 1]!)) continue
    let at = best.length
    while (at > 0 && before(one, best[at - 1]!)) at--
    best.splice(at, 0, one)
    if (best.length > k) best.pop()
  }
  return best.map(({ taught: { detectionId, mediaId, taxonId, groupKey }, cosine }) => {
    return { detectionId, mediaId, taxonId, groupKey, similarity: Math.min(1, Math.max(0, cosine)) }
  })
}

function before(a: Measured, b: Measured): boolean {
  return a.cosine > b.cosine || (a.cosine === b.cosine && a.taught.detectionId < b.taught.detectionId)
}

/** Of `a` and as many numbers of `b` from `start` on; four sums, because each waits for its last addition. */
function dot(a: Float32Array, b: Float32Array, start: number): number {
  const size = a.length
  let p = 0
  let q = 0
  let r = 0
  let t = 0
  let i = 0
  for (; i + 3 < size; i += 4) {
    const at = start + i
    p += a[i]! * b[at]!
    q += a[i + 1]! * b[at + 1]!
    r += a[i + 2]! * b[at + 2]!
    t += a[i + 3]! * b[at + 3]!
  }
  for (; i < size; i++) p += a[i]! * b[start + i]!
  return p + q + (r + t)
}
