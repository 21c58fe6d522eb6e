// Whether an animal is like anything taught, and what follows from it: a cap on each taxon's probability, and a threshold that needs the
// asked accuracy where the animal is strange. All from two sets: the examples, and the photos seen without a label.
//
// The judges know only what they were taught: they share out among it whatever they are shown. The cosine of raw embeddings tells animals
// of other places, vehicles and empty scenes from what was taught. So each taxon gets log odds by its most similar example, against the
// share of strangers among the photos that the animal lives with, and no taxon may be more probable than that.

import type { Node } from './messages.ts'
import type { Posterior } from './posterior.ts'
import type { Scores } from './tree.ts'

/** Log odds that an animal is of a taxon, at even priors: `base + similarity * s + groups * ln n`. */
export type NearnessWeights = { base: number; similarity: number; groups: number }
/** By rank level, from species to order; every rank uses the nearest one's. They belong to an embedder: fitting/nearness.ts. */
export type NearnessByRank = Record<number, NearnessWeights>

/** What `Surroundings.look` sees around a photo. */
export type Look = {
  /** Largest cosine with the measured examples of each taxon that has examples of its own, none of the photo's group. */
  similarity: ReadonlyMap<number, number>
  /** Share of strangers among the photos around it. */
  share: number
}

/** What the look means for the taxa of an answer. */
export type Nearness = {
  /** The most that each taxon of `scores.nodes` may have. */
  limit: Float64Array
  /** Probability that the photo shows nothing that is taught. */
  strange: number
  /** Largest cosine with any example; 0 where there is none. */
  similarity: number
}

/** The share of strangers is never surer than this. */
export const LEAST_SHARE = 0.02
/** Photos of unknown strangeness that every neighbourhood counts besides its own: their strangeness is a half. */
const PRIOR_PHOTOS = 2
/** How fast the threshold rises to the asked accuracy with strangeness, as a share of the asked rate of errors. */
const STEEPNESS = 0.6

/** `groups`: groups of examples at or below the taxon. */
export function logOdds(weights: NearnessWeights, similarity: number, groups: number): number {
  return weights.base + weights.similarity * similarity + weights.groups * Math.log(groups)
}

/** The weights of the nearest rank level; of two equally near ones, the lower. */
export function weightsAt(byRank: NearnessByRank, rankLevel: number): NearnessWeights {
  let found: NearnessWeights | undefined
  let nearest = Number.POSITIVE_INFINITY
  for (const [level, weights] of Object.entries(byRank)) {
    const distance = Math.abs(Number(level) - rankLevel)
    if (distance < nearest) [nearest, found] = [distance, weights]
  }
  if (!found) throw new RangeError('Expected weights of at least one rank')
  return found
}

/** `odds` against `share`: the probability of not being a stranger. */
export function familiar(odds: number, share: number): number {
  return 1 / (1 + (Math.exp(-odds) * share) / (1 - share))
}

/** Share of strangers where the strangeness of the photos around sums to `sum`. */
export function shareOf(sum: number, photos: number): number {
  const share = (PRIOR_PHOTOS / 2 + sum) / (PRIOR_PHOTOS + photos)
  return Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share))
}

/** `nodeOf`: the taught taxon of an id. Taxa of which nothing was measured count as similar as the most similar one. */
export function nearnessOf(
  { nodes }: Scores,
  { similarity, share }: Look,
  byRank: NearnessByRank,
  nodeOf: (taxonId: number) => Readonly<Node> | undefined,
): Nearness {
  const below = new Map<Readonly<Node>, number>()
  let most = Number.NEGATIVE_INFINITY
  for (const [taxonId, value] of similarity) {
    if (value > most) most = value
    for (let at: Readonly<Node> | null = nodeOf(taxonId) ?? null; at; at = at.parent) {
      if ((below.get(at) ?? Number.NEGATIVE_INFINITY) >= value) break
      below.set(at, value)
    }
  }
  const oddsOf = (node: Readonly<Node>): number =>
    logOdds(weightsAt(byRank, node.rankLevel), below.get(node) ?? most, groupsOf(node))
  let best = Number.NEGATIVE_INFINITY
  for (const taxonId of similarity.keys()) {
    const node = nodeOf(taxonId)
    if (node) best = Math.max(best, oddsOf(node))
  }
  const limit = new Float64Array(nodes.length).fill(1)
  for (let i = 1; i < nodes.length; i++) limit[i] = familiar(oddsOf(nodes[i]!), share)
  return { limit, strange: 1 - familiar(best, share), similarity: Math.max(0, most) }
}

/** Groups of examples at or below; a group that teaches two taxa counts at each. */
function groupsOf(node: Readonly<Node>): number {
  let groups = node.direct?.groups.size ?? 0
  for (const child of node.children.values()) groups += groupsOf(child)
  return groups
}

/**
 * No taxon keeps more than its limit, from the root down. What children lose becomes novelty of their parent; examples of an inner taxon
 * itself keep their share of it. Children and novelty sum to their parent as before. Changes `posterior`.
 */
export function cap({ total, known, novel }: Posterior, { parents }: Scores, limit: Float64Array): void {
  const scale = new Float64Array(total.length)
  scale[0] = 1
  for (let i = 0; i < total.length; i++) {
    const before = total[i]!
    if (i > 0) {
      const above = parents[i]!
      const share = before * scale[above]!
      const kept = Math.min(share, limit[i]!)
      novel[above]! += share - kept
      scale[i] = before > 0 ? kept / before : 0
      total[i] = kept
    }
    known[i]! *= scale[i]!
    novel[i]! *= scale[i]!
  }
}

/** Where the photo is plainly near something taught nothing changes; a strange one stops only where the asked accuracy is reached. */
export function raisedThreshold(theta: number, accuracy: number, strange: number): number {
  if (theta >= accuracy) return theta
  const part = accuracy < 1 ? Math.min(1, (STEEPNESS * strange) / (1 - accuracy)) : 1
  return theta + (accuracy - theta) * part
}
