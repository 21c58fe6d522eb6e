// The nearest exemplars from memory, as db/trees/nearest.ts gives them: for installations so small that a scan takes
// less time than a query of the database.

import type { Near } from '../../db/trees/nearest.ts'
import { dot, dotFrom } from '../vector-rows.ts'

/** What one detection teaches; `vector` in the metric of the tree's statistics. */
export type Exemplar = {
  detectionId: number
  mediaId: number
  taxonId: number
  groupKey: string
  vector: Float32Array
}

/** Up to so many numbers in all vectors together, memory is scanned: 330,000 took 1.3 ms (2 cores, 2026-11-22). */
export const MOST_NUMBERS = 2_000_000

/** `vectors`: a row of unit length per exemplar, in one block: scattered rows take four times as long. */
export type ExemplarRows = { exemplars: readonly Exemplar[]; vectors: Float32Array }
export type Measured = { exemplar: Exemplar; cosine: number }

export function gatherExemplars(all: Iterable<Exemplar>, size: number): ExemplarRows {
  const exemplars = [...all]
  const vectors = new Float32Array(exemplars.length * size)
  exemplars.forEach(({ vector }, k) => {
    const length = Math.sqrt(dot(vector, vector))
    for (let i = 0; i < size; i++) vectors[k * size + i] = length > 0 ? vector[i]! / length : 0
  })
  return { exemplars, vectors }
}

/** Every exemplar except those of one burst and one detection, with its cosine to the query, in no order. */
export function measureAll(
  { exemplars, vectors }: ExemplarRows,
  query: Float32Array,
  leftOut: { groupKey: string | null; detectionId: number | null },
): Measured[] {
  const length = Math.sqrt(dot(query, query))
  const all: Measured[] = []
  for (let k = 0; k < exemplars.length; k++) {
    const one = exemplars[k]!
    if (one.groupKey === leftOut.groupKey || one.detectionId === leftOut.detectionId) continue
    all.push({ exemplar: one, cosine: length > 0 ? dotFrom(query, vectors, k * query.length) / length : 0 })
  }
  return all
}

/** The `k` most similar that teach one of `taxonIds` (null: any), most similar first; of equals the older detection. */
export function nearestOf(measured: readonly Measured[], k: number, taxonIds: ReadonlySet<number> | null): Near[] {
  const best: Measured[] = []
  for (const one of measured) {
    if (taxonIds && !taxonIds.has(one.exemplar.taxonId)) continue
    if (best.length === k && !before(one, best[k - 1]!)) continue
    let at = best.length
    while (at > 0 && before(one, best[at - 1]!)) at--
    best.splice(at, 0, one)
    if (best.length > k) best.pop()
  }
  return best.map(({ exemplar: { detectionId, mediaId, taxonId, groupKey }, cosine }) => {
    return { detectionId, mediaId, taxonId, groupKey, similarity: Math.min(1, Math.max(0, cosine)) }
  })
}

function before(a: Measured, b: Measured): boolean {
  return a.cosine > b.cosine || (a.cosine === b.cosine && a.exemplar.detectionId < b.exemplar.detectionId)
}
