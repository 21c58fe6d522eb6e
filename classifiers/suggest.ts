// THE ANSWER to a query: the path down the tree with a probability per rank, where to stop for the asked accuracy, what
// may be new, and the rival taxa.

import { type Neighbour, nearestOf, vote } from './neighbours.ts'
import type { Posterior } from './outcomes.ts'
import { alignedTo, cap, posterior } from './posterior.ts'
import type { Thresholds } from './statistics.ts'
import { type LookAround, type Nearness, nearnessOf } from './strangers.ts'
import { raisedThreshold, thresholdFor } from './thresholds.ts'
import type { Example, Scores, Tree } from './tree.ts'
import { shifted } from './watching.ts'

export type Query = {
  /** Metric vector. */
  vector: Float32Array
  neighbours: readonly Neighbour[]
  /** From the tree's regression, where it has one. */
  regression?: ReadonlyMap<number, number> | null
  /** What the photo is similar to, and which photos are around it. Null: not known, and nothing is capped. */
  look?: LookAround | null
  /** Wanted share of right stops, 0..1; null: the stop is the end of the path. */
  accuracy: number | null
  /** Added to the log odds of the threshold, as `watch` says. */
  shift?: number
  /** Answers inside this taxon only; probabilities are renormalised there. */
  within?: number | null
  limit: number
  /** Examples of the query's own burst: the answer is as if the tree had never learned them. */
  leaveOut?: readonly Example[]
}

export type Step = { taxonId: number; probability: number; novelty: number }

export type Suggestion = {
  taxonId: number
  probability: number
  evidence: {
    /** Probability by the tree alone. */
    tree: number
    /** Share of the neighbours' vote; null without neighbours. */
    neighbours: number | null
    /** Probability among the species that the regression knows; null where the taxon is not one of them. */
    regression: number | null
    /** The most similar exemplar shows this taxon. */
    nearest: boolean
    /** Examples at or below the taxon. */
    examples: number
  }
}

export type Suggestions = {
  /**
   * Largest cosine with an example, and the probabilities that nothing like it is taught and that there is no animal;
   * null without a look.
   */
  nearness: { similarity: number; strange: number; nothing: number } | null
  /** From the top down by the most probable child, to a leaf. */
  path: Step[]
  stop: { taxonId: number; probability: number; rule: 'calibrated' | 'cautious' | 'none' } | null
  /** Where something new is most probable; `under` null: outside every known top taxon. */
  novelty: { under: number | null; probability: number } | null
  /** Taxa with examples by probability, always including that of the nearest exemplar. */
  suggestions: Suggestion[]
}

export const NOTHING_TAUGHT: Suggestions = { nearness: null, path: [], stop: null, novelty: null, suggestions: [] }

export function suggest(tree: Tree, query: Query): Suggestions {
  const leaveOut = query.leaveOut ?? []
  for (const example of leaveOut) tree.remove(example)
  try {
    return answer(tree, query)
  } finally {
    for (const example of leaveOut) tree.add(example)
  }
}

/** What is said of one photo, and by what: `fused` is pooled and capped. */
export type Judgement = {
  scores: Scores
  fused: Posterior
  nearness: Nearness | null
  /** Neighbours that vote. */
  neighbours: readonly Neighbour[]
}

/** Null where nothing is taught. */
export function judge(tree: Tree, query: Query): Judgement | null {
  const within = query.within ?? null
  if (tree.exampleCount(within) === 0) return null
  const scores = restrict(tree.score(query.vector, { within }), within)
  const neighbours = query.neighbours.filter((n) => isTaught(tree, n.taxonId, within))
  const said = alignedTo(scores, query.regression ?? null)
  const fused = posterior(scores, tree.statistics, tree.exampleCount(null), neighbours, said)
  return { scores, fused, neighbours, nearness: capBySimilarity(tree, scores, fused, query) }
}

function answer(tree: Tree, query: Query): Suggestions {
  const judgement = judge(tree, query)
  if (!judgement) return NOTHING_TAUGHT
  const { scores, fused, neighbours, nearness } = judgement
  const alone = posterior(scores, tree.statistics, tree.exampleCount(null), [])
  const path = pathOf(scores, fused, query.within ?? null)
  const said = query.regression ?? null
  return {
    nearness: nearness && {
      similarity: nearness.similarity,
      strange: nearness.strange,
      nothing: nearness.nothing,
    },
    path,
    stop: stopOf(path, query.accuracy, tree.statistics.thresholds, nearness?.strange ?? 0, query.shift),
    novelty: noveltyOf(scores, fused),
    suggestions: suggestionsOf(tree, scores, fused, alone, neighbours, said, query.limit),
  }
}

/** Where not every example is measured, those of the path and of so many rivals are. */
const MEASURED_RIVALS = 5

/** Caps `said`, in place. Null without a look or without weights for it. */
export function capBySimilarity(tree: Tree, scores: Scores, said: Posterior, query: Query): Nearness | null {
  const within = query.within ?? null
  const { nearness: weights } = tree.statistics
  if (!query.look || !weights) return null
  const path = pathOf(scores, said, within).map(({ taxonId }) => taxonId)
  const rivals = rivalsOf(scores, said).slice(0, MEASURED_RIVALS)
  const look = query.look([...path, ...rivals.map(({ i }) => scores.nodes[i]!.id)])
  const nodeOf = (taxonId: number) => tree.node(taxonId)
  const nearness = nearnessOf(scores, look, weights, nodeOf)
  if (within === null) cap(said, scores, nearness.limit)
  else {
    // The cap applies among all taxa. What it leaves of `within` is divided here.
    const all = tree.score(query.vector)
    const free = posterior(all, tree.statistics, tree.exampleCount(null), [], alignedTo(all, query.regression ?? null))
    cap(free, all, nearnessOf(all, look, weights, nodeOf).limit)
    const left = free.total[all.nodes.findIndex((node, i) => i > 0 && node.id === within)] ?? 0
    const inside = insideOf(scores, within)
    cap(
      said,
      scores,
      nearness.limit.map((limit, i) => (inside[i] && scores.nodes[i]!.id !== within ? limit / left : 1)),
    )
  }
  return nearness
}

function isTaught(tree: Tree, taxonId: number, within: number | null): boolean {
  if (!tree.node(taxonId)?.direct) return false
  return within === null || tree.taxonomy.isWithin(taxonId, within)
}

/** Removes every outcome outside `within`, so that those inside share all the probability. */
function restrict(scores: Scores, within: number | null): Scores {
  if (within === null) return scores
  const inside = insideOf(scores, within)
  const kept = (values: Float64Array) => values.map((value, i) => (inside[i] ? value : Number.NEGATIVE_INFINITY))
  return { ...scores, known: kept(scores.known), novel: kept(scores.novel) }
}

/** 1 at the taxon and at all taxa below it. */
function insideOf({ nodes, parents }: Scores, within: number): Uint8Array {
  const inside = new Uint8Array(nodes.length)
  for (let i = 1; i < inside.length; i++) inside[i] = nodes[i]!.id === within ? 1 : inside[parents[i]!]!
  return inside
}

/** What the path shows as novelty: examples of the taxon itself are of none of its taught children. */
function noveltyAt(scores: Pick<Scores, 'nodes'>, { known, novel }: Posterior, i: number): number {
  return scores.nodes[i]!.children.size > 0 ? known[i]! + novel[i]! : novel[i]!
}

/** From the top down by the most probable child, to a leaf. */
export function pathOf(
  scores: Pick<Scores, 'nodes' | 'parents'>,
  probabilities: Posterior,
  within: number | null,
): Step[] {
  const path: Step[] = []
  const best = mostProbableChildren(scores, probabilities.total)
  const start = within === null ? best[0]! : scores.nodes.findIndex((node, i) => i > 0 && node.id === within)
  for (let i = start; i > 0; i = best[i]!) {
    const probability = probabilities.total[i]!
    path.push({ taxonId: scores.nodes[i]!.id, probability, novelty: noveltyAt(scores, probabilities, i) })
  }
  return path
}

/** Per node the index of its most probable child, of equals the first; -1 at leaves. */
function mostProbableChildren({ parents }: Pick<Scores, 'parents'>, total: Float64Array): Int32Array {
  const best = new Int32Array(parents.length).fill(-1)
  for (let i = 1; i < parents.length; i++) {
    const above = parents[i]!
    if (best[above] === -1 || total[i]! > total[best[above]!]!) best[above] = i
  }
  return best
}

/** `strange`: as `Nearness` says; `shift`: as `Watch` says. */
export function stopOf(
  path: readonly Step[],
  accuracy: number | null,
  thresholds: Thresholds,
  strange: number,
  shift = 0,
): Suggestions['stop'] {
  const last = path.at(-1)
  if (!last) return null
  if (accuracy === null) return { taxonId: last.taxonId, probability: last.probability, rule: 'none' }
  const { theta, rule } = thresholdFor(thresholds, accuracy)
  const raised = shifted(raisedThreshold(theta, accuracy, strange), shift)
  const step = path.findLast(({ probability }) => probability >= raised)
  return step ? { taxonId: step.taxonId, probability: step.probability, rule } : null
}

export function noveltyOf(scores: Pick<Scores, 'nodes'>, probabilities: Posterior): Suggestions['novelty'] {
  let at = -1
  for (let i = 0; i < scores.nodes.length; i++) {
    if (probabilities.novel[i]! > (at < 0 ? 0 : probabilities.novel[at]!)) at = i
  }
  if (at < 0) return null
  return { under: at === 0 ? null : scores.nodes[at]!.id, probability: noveltyAt(scores, probabilities, at) }
}

/** Indices of the taxa with examples of their own, most probable first. */
function rivalsOf(scores: Scores, probabilities: Posterior): { i: number; probability: number }[] {
  const rivals: { i: number; probability: number }[] = []
  for (let i = 1; i < scores.nodes.length; i++) {
    if (scores.known[i]! > Number.NEGATIVE_INFINITY) rivals.push({ i, probability: ownShare(scores, probabilities, i) })
  }
  return rivals.sort((a, b) => b.probability - a.probability || scores.nodes[a.i]!.id - scores.nodes[b.i]!.id)
}

function suggestionsOf(
  tree: Tree,
  scores: Scores,
  fused: Posterior,
  alone: Posterior,
  neighbours: readonly Neighbour[],
  said: ReadonlyMap<number, number> | null,
  limit: number,
): Suggestion[] {
  const votes = vote(neighbours, tree.statistics.fusion.sharpness)
  const nearest = nearestOf(neighbours)?.taxonId
  const rivals = rivalsOf(scores, fused)
  const chosen = rivals.slice(0, limit)
  if (nearest !== undefined && limit > 0 && !chosen.some(({ i }) => scores.nodes[i]!.id === nearest)) {
    const rival = rivals.find(({ i }) => scores.nodes[i]!.id === nearest)
    if (rival) chosen[Math.min(limit - 1, chosen.length)] = rival
  }
  return chosen.map(({ i, probability }) => {
    const taxonId = scores.nodes[i]!.id
    return {
      taxonId,
      probability,
      evidence: {
        tree: ownShare(scores, alone, i),
        neighbours: neighbours.length > 0 ? (votes.get(taxonId) ?? 0) : null,
        regression: said?.has(taxonId) ? Math.exp(said.get(taxonId)!) : null,
        nearest: taxonId === nearest,
        examples: tree.exampleCount(taxonId),
      },
    }
  })
}

/** A leaf's whole probability; of an inner taxon, the part in none of its taught children. */
function ownShare(scores: Scores, probabilities: Posterior, i: number): number {
  return scores.nodes[i]!.children.size > 0 ? noveltyAt(scores, probabilities, i) : probabilities.total[i]!
}
