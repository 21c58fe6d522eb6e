// What a search should have found: every filter, and the nearest by measuring all.

import type { NearestQuery } from '../../../db/trees/nearest.ts'
import { ancestor, deploymentId, detectionId, type Exemplars, FIRST_MINUTE, subtreeIds } from '../exemplars.ts'

export type Query = ReturnType<Exemplars['query']>
/** A filter twice: as the search takes it, and as a test of a generated row. */
export type Filter = {
  name: string
  search: (query: Query) => Partial<NearestQuery>
  keep: (query: Query) => (row: number) => boolean
}

export function filtersOf({ taxa, species, camera, minute, confirmed, count }: Exemplars): Filter[] {
  const days = (part: number) =>
    new Date(Date.parse(`${FIRST_MINUTE}T00:00:00Z`) + part * count * 60_000).toISOString().slice(0, 19)
  const inTaxon = (name: string, rank: number, of: (query: Query) => number): Filter => {
    const sizes = new Int32Array(taxa[rank]!)
    for (const one of species) sizes[ancestor(taxa, one, rank)]!++
    return {
      name,
      search: (query) => ({ taxonIds: subtreeIds({ taxa }, rank, of(query)), matching: sizes[of(query)]! }),
      keep: (query) => (row) => ancestor(taxa, species[row]!, rank) === of(query),
    }
  }
  const own = (rank: number) => (query: Query) => ancestor(taxa, query.species, rank)
  const other = (rank: number) => (query: Query) => (own(rank)(query) + 1) % taxa[rank]!
  const between = (name: string, from: number, to: number): Filter => ({
    name,
    search: () => ({ capturedFrom: days(from), capturedBefore: days(to) }),
    keep: () => (row) => minute[row]! >= from * count && minute[row]! < to * count,
  })
  return [
    { name: 'no filter', search: () => ({}), keep: () => () => true },
    inTaxon('its species', 3, own(3)),
    inTaxon('its order', 1, own(1)),
    inTaxon('its class', 0, own(0)),
    inTaxon('another class', 0, other(0)),
    {
      name: 'a camera',
      search: (query) => ({ deploymentId: deploymentId(query.camera) }),
      keep: (query) => (row) => camera[row] === query.camera,
    },
    between('a hundredth of the time', 0.5, 0.51),
    between('half of the time', 0.25, 0.75),
    { name: 'confirmed by people', search: () => ({ confirmedOnly: true }), keep: () => (row) => confirmed[row] === 1 },
  ]
}

/** The `k` nearest detections by cosine, the nearest first. */
export function bruteForce(
  { vectors, count, dimensions }: Exemplars,
  query: Float32Array,
  { keep, k }: { keep: (row: number) => boolean; k: number },
): number[] {
  const best: { row: number; cosine: number }[] = []
  for (let row = 0; row < count; row++) {
    if (!keep(row)) continue
    let dot = 0
    let squares = 0
    for (let i = row * dimensions, j = 0; j < dimensions; i++, j++) {
      const value = vectors[i]!
      dot += value * query[j]!
      squares += value * value
    }
    const cosine = dot / Math.sqrt(squares)
    if (best.length === k && cosine <= best[k - 1]!.cosine) continue
    if (best.length === k) best.pop()
    let at = best.length
    while (at > 0 && best[at - 1]!.cosine < cosine) at--
    best.splice(at, 0, { row, cosine })
  }
  return best.map(({ row }) => detectionId(row))
}

/** Which share of the true nearest was found. */
export function recall(found: number[][], truths: number[][]): number {
  let right = 0
  let wanted = 0
  for (const [i, truth] of truths.entries()) {
    const ids = new Set(found[i])
    wanted += truth.length
    right += truth.filter((id) => ids.has(id)).length
  }
  return right / wanted
}
