// Whether an animal is like anything taught, and what follows: a cap on each taxon's probability, and for strange
// animals a threshold that rises to the asked accuracy. Computed from two sets: the examples, and the photos without a
// label.
//
// The tree, the regression and the neighbours know only what they were taught, and divide all probability among it,
// whatever they are shown. The cosine of raw embeddings separates animals of other places, vehicles and empty scenes
// from what was taught. So each taxon gets log odds by its most similar example, weighed against the share of strangers
// among the photos around, and no taxon may be more probable than that.

import type { Node } from './messages.ts'
import { atLevel, type NearnessByRank, type NearnessWeights, SPECIES_LEVEL } from './statistics.ts'
import type { Scores } from './tree.ts'

/** Stands for a taxon id where people said that there is no animal. No taxon has it, and it is never suggested. */
export const NOTHING = 0

/** What `Surroundings.look` finds around a photo. */
export type Look = {
  /** Largest cosine with the measured examples of each taxon, without those of the photo's group; also of `NOTHING`. */
  similarity: ReadonlyMap<number, number>
  /** The number of groups of measured examples of `NOTHING`. */
  nothings: number
  /** Share of strangers among the photos around it. */
  share: number
}

/** Where not every example is measured, those of the given taxa are. */
export type LookAround = (taxonIds: readonly number[]) => Look

/** What a look means for the taxa of an answer. */
export type Nearness = {
  /** The highest probability that each taxon of `scores.nodes` may have. */
  limit: Float64Array
  /** Probability that the photo shows nothing taught. */
  strange: number
  /** Probability that it shows no animal, as the examples of `NOTHING` do; 0 without such examples. */
  nothing: number
  /** Largest cosine with any example; 0 where there is none. */
  similarity: number
}

/** The share of strangers lies between this and 1 minus this. */
const LEAST_SHARE = 0.02
/** Every neighbourhood counts so many further photos, of strangeness 0.5. */
const PRIOR_PHOTOS = 2

/** `groups`: the number of groups of examples at or below the taxon. */
export function logOdds(weights: NearnessWeights, similarity: number, groups: number): number {
  return weights.base + weights.similarity * similarity + weights.groups * Math.log(groups)
}

/**
 * The probability of not being a stranger, by log `odds` against the `share` of strangers. `weight`: how much more
 * likely the photo is among strangers where some of them are known to be nothing.
 */
export function familiar(odds: number, share: number, weight = 1): number {
  return 1 / (1 + (Math.exp(-odds) * share * weight) / (1 - share))
}

/** The share of strangers among `photos` whose strangeness sums to `sum`. */
export function shareOf(sum: number, photos: number): number {
  const share = (PRIOR_PHOTOS / 2 + sum) / (PRIOR_PHOTOS + photos)
  return Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share))
}

/** How far examples of so many groups make the surroundings of a photo known, 0..1. */
export function trustIn(groups: number): number {
  return groups / (groups + 1)
}

/** `nodeOf`: the taught taxon of an id. A taxon without measured examples counts as similar as the most similar one. */
export function nearnessOf(
  { nodes }: Scores,
  { similarity, share, nothings }: Look,
  byRank: NearnessByRank,
  nodeOf: (taxonId: number) => Readonly<Node> | undefined,
): Nearness {
  const below = new Map<Readonly<Node>, number>()
  let most = Number.NEGATIVE_INFINITY
  for (const [taxonId, value] of similarity) {
    if (taxonId === NOTHING) continue
    if (value > most) most = value
    for (let at: Readonly<Node> | null = nodeOf(taxonId) ?? null; at; at = at.parent) {
      if ((below.get(at) ?? Number.NEGATIVE_INFINITY) >= value) break
      below.set(at, value)
    }
  }
  const oddsOf = (node: Readonly<Node>): number =>
    logOdds(atLevel(byRank, node.rankLevel), below.get(node) ?? most, node.groups)
  let best = Number.NEGATIVE_INFINITY
  for (const taxonId of similarity.keys()) {
    const node = nodeOf(taxonId)
    if (node) best = Math.max(best, oddsOf(node))
  }
  const toNothing = similarity.get(NOTHING)
  const weight =
    toNothing === undefined ? 0 : Math.exp(logOdds(atLevel(byRank, SPECIES_LEVEL), toNothing, Math.max(1, nothings)))
  const limit = new Float64Array(nodes.length).fill(1)
  for (let i = 1; i < nodes.length; i++) limit[i] = familiar(oddsOf(nodes[i]!), share, 1 + weight)
  const strange = 1 - familiar(best, share, 1 + weight)
  return {
    limit,
    strange,
    nothing: (strange * weight) / (1 + weight),
    similarity: Math.min(1, Math.max(0, most)),
  }
}
