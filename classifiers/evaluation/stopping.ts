// Simulates reviews in the product's order of asking, and compares how many wrong suggestions are said to be left with
// how many there are.

import { binOf, type Drawn, PROBABILITY_BINS, type WrongLeft, wrongLeft } from '../asking/wrong-left.ts'
import type { Statistics } from '../statistics.ts'
import type { Taxonomy } from '../taxonomy.ts'
import { ClavisMethod, type Library, type Photo } from './methods.ts'
import type { Reuse } from './reuse.ts'
import { bestOf, poolOf, questionsFor, ROUND } from './reviewing.ts'
import { newSpecies } from './trials.ts'

export const STOPS_AT = [50, 100, 200, 300]
export const JUDGED_RANKS = { species: 10, family: 30 } as const
export type JudgedRank = keyof typeof JUDGED_RANKS
/** After so many names: what was said of the animals left, and how many of their suggestions are wrong. */
export type Stated = {
  labels: number
  left: number
  drawn: number
  ranks: Record<JudgedRank, WrongLeft & { wrong: number }>
}

const POOL = 900

/** `fitted`: by `knownStatistics` of the same seed. */
export function stateWrongLeft(
  library: Library,
  { seed, fitted }: { seed: number; fitted: Statistics },
  reuse: Reuse,
): Stated[] {
  const statistics = { ...fitted, regression: null, nearness: null, fusion: { ...fitted.fusion, regression: 0 } }
  const method = new ClavisMethod(statistics, library.taxa, [], [], reuse)
  const fresh = newSpecies(library, seed)
  const waiting = poolOf(
    library.photos.filter(({ taxonId }) => fresh.has(taxonId)),
    seed,
    POOL,
  )
  const named: Photo[] = []
  const drawn: Record<JudgedRank, Drawn>[] = []
  const stated: Stated[] = []
  while (waiting.size > ROUND && stated.length < STOPS_AT.length) {
    for (const { photo, why } of questionsFor(method, [...waiting], named, seed)) {
      waiting.delete(photo)
      if (why === 'random') drawn.push(judge(method, photo))
      method.teach(photo, photo.taxonId)
      named.push(photo)
    }
    if (named.length >= STOPS_AT[stated.length]!) stated.push(state(method, [...waiting], drawn, named.length))
  }
  return stated
}

function state(
  method: ClavisMethod,
  left: readonly Photo[],
  drawn: readonly Record<JudgedRank, Drawn>[],
  labels: number,
): Stated {
  const burst = burstOf(left)
  const judged = left.map((photo) => judge(method, photo))
  const at = (rank: JudgedRank): WrongLeft & { wrong: number } => {
    const bins = new Float64Array(PROBABILITY_BINS)
    for (const one of judged) bins[binOf(one[rank].probability)]!++
    const said = wrongLeft(
      { bins, burst },
      drawn.map((one) => one[rank]),
    )
    return { ...said, wrong: judged.filter((one) => !one[rank].right).length }
  }
  return { labels, left: left.length, drawn: drawn.length, ranks: { species: at('species'), family: at('family') } }
}

/** Whether the suggestion is right, without the photo's own burst, as stored photos are answered. */
function judge(method: ClavisMethod, photo: Photo): Record<JudgedRank, Drawn> {
  const { best, total } = bestOf(method, photo, { leaveOut: true })
  const { taxonomy } = method.tree
  const at = (level: number): Drawn => {
    if (!best) return { probability: 0, right: false }
    const suggested = atRank(taxonomy, best.id, level)
    return { probability: total.get(suggested) ?? 0, right: suggested === atRank(taxonomy, photo.taxonId, level) }
  }
  return { species: at(JUDGED_RANKS.species), family: at(JUDGED_RANKS.family) }
}

/** The taxon itself, or the one at or next above the rank that it lies in; its highest where there is none. */
function atRank(taxonomy: Taxonomy, id: number, level: number): number {
  const path = taxonomy.path(id)
  return (path.findLast(({ rankLevel }) => rankLevel >= level) ?? path[0]!).id
}

function burstOf(photos: readonly Photo[]): number {
  const sizes = new Map<string, number>()
  for (const { group } of photos) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  return [...sizes.values()].reduce((sum, n) => sum + n * n, 0) / Math.max(1, photos.length)
}
