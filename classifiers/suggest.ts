// THE ANSWER to a query: the path down the tree with a probability per rank, where to stop for the asked accuracy, what
// may be new, and the rival taxa.

import { type Neighbour, nearestOf, vote } from './neighbours/neighbours.ts'
import type { Posterior } from './outcomes.ts'
import { noveltyOf, ownShare, pathOf, rivalsOf, type Step } from './path.ts'
import { agreedStop, type Place, weighByPlace } from './place.ts'
import { alignedTo, cap, isFalseCopy, posterior } from './posterior.ts'
import { keepToList, type SpeciesList } from './species-list.ts'
import type { Thresholds } from './statistics.ts'
import { type Look, type LookAround, type Nearness, nearnessOf } from './strangers.ts'
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
  /** What lives there; null: anything may. Without effect inside a taxon that was asked for. */
  list?: SpeciesList | null
  /** What was met where the photo was taken; null: not known. Without effect inside a taxon that was asked for. */
  place?: Place | null
  /** Examples of the query's own burst: the answer is as if the tree had never learned them. */
  leaveOut?: readonly Example[]
}

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
  /** The first suggestion if there were no list; null without a list. */
  withoutList: { taxonId: number; probability: number; listed: boolean } | null
  /** The first suggestion if nothing were known of the place; null where nothing is. */
  withoutPlace: { taxonId: number; probability: number } | null
  /** From the top down by the most probable child, to a leaf. */
  path: Step[]
  stop: { taxonId: number; probability: number; rule: 'calibrated' | 'cautious' | 'none' } | null
  /** Where something new is most probable; `under` null: outside every known top taxon. */
  novelty: { under: number | null; probability: number } | null
  /** Taxa with examples by probability, always including that of the nearest exemplar. */
  suggestions: Suggestion[]
}

export const NOTHING_TAUGHT: Suggestions = {
  nearness: null,
  withoutList: null,
  withoutPlace: null,
  path: [],
  stop: null,
  novelty: null,
  suggestions: [],
}

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
  /** The list that `fused` was kept to, and what was said before. */
  kept: { list: SpeciesList; before: Posterior } | null
  /** What `fused` would be if nothing were known of the place; null where nothing is. */
  anywhere: Posterior | null
}

/** Null where nothing is taught. */
export function judge(tree: Tree, query: Query): Judgement | null {
  const within = query.within ?? null
  if (tree.exampleCount(within) === 0) return null
  const scores = restrict(tree.score(query.vector, { within }), within)
  const neighbours = query.neighbours.filter((n) => isTaught(tree, n.taxonId, within))
  const said = alignedTo(scores, query.regression ?? null)
  const list = within === null ? (query.list ?? null) : null
  const place = within === null ? (query.place ?? null) : null
  const pool = (copies: boolean) => {
    const fused = posterior(scores, tree.statistics, tree.exampleCount(null), neighbours, said, copies)
    const anywhere = place && copyOf(fused)
    if (place) weighByPlace(fused, scores, place)
    const before = list && copyOf(fused)
    if (list) for (const one of [fused, anywhere]) if (one) keepToList(one, scores, list)
    return { fused, before, anywhere, look: lookAt(tree, scores, fused, query) }
  }
  let pooled = pool(true)
  if (pooled.look && isFalseCopy(neighbours, pooled.look.similarity)) pooled = pool(false)
  const { fused, before, anywhere, look } = pooled
  const nearness = look && capByLook(tree, scores, fused, query, look)
  if (nearness) for (const other of [before, anywhere]) if (other) cap(other, scores, nearness.limit)
  return { scores, fused, neighbours, nearness, kept: list && before && { list, before }, anywhere }
}

const copyOf = ({ total, known, novel }: Posterior): Posterior => ({
  total: total.slice(),
  known: known.slice(),
  novel: novel.slice(),
})

function answer(tree: Tree, query: Query): Suggestions {
  const judgement = judge(tree, query)
  if (!judgement) return NOTHING_TAUGHT
  const { scores, fused, neighbours, nearness, kept, anywhere } = judgement
  const alone = posterior(scores, tree.statistics, tree.exampleCount(null), [])
  const path = pathOf(scores, fused, query.within ?? null)
  const said = query.regression ?? null
  const stopAlong = (steps: Step[]) =>
    stopOf(steps, query.accuracy, tree.statistics.thresholds, nearness?.strange ?? 0, query.shift)
  return {
    nearness: nearness && {
      similarity: nearness.similarity,
      strange: nearness.strange,
      nothing: nearness.nothing,
    },
    withoutList: kept && firstWithout(scores, kept),
    withoutPlace: anywhere && firstOf(scores, anywhere),
    path,
    stop: agreedStop(tree.taxonomy, path, stopAlong(path), anywhere && stopAlong(pathOf(scores, anywhere, null))),
    novelty: noveltyOf(scores, fused),
    suggestions: suggestionsOf(tree, scores, fused, alone, {
      neighbours,
      said,
      limit: query.limit,
      list: kept?.list ?? null,
    }),
  }
}

function firstOf(scores: Scores, said: Posterior): { taxonId: number; probability: number } | null {
  const [first] = rivalsOf(scores, said)
  return first ? { taxonId: scores.nodes[first.i]!.id, probability: first.probability } : null
}

function firstWithout(scores: Scores, { list, before }: NonNullable<Judgement['kept']>): Suggestions['withoutList'] {
  const first = firstOf(scores, before)
  return first && { ...first, listed: list.mayName(first.taxonId) }
}

/** Where not every example is measured, those of the path and of so many rivals are. */
const MEASURED_RIVALS = 5

/** Null without a look or without weights for it. */
function lookAt(tree: Tree, scores: Scores, said: Posterior, query: Query): Look | null {
  if (!query.look || !tree.statistics.nearness) return null
  const path = pathOf(scores, said, query.within ?? null).map(({ taxonId }) => taxonId)
  const rivals = rivalsOf(scores, said).slice(0, MEASURED_RIVALS)
  return query.look([...path, ...rivals.map(({ i }) => scores.nodes[i]!.id)])
}

/** Caps `said`, in place. Null without weights. */
function capByLook(tree: Tree, scores: Scores, said: Posterior, query: Query, look: Look): Nearness | null {
  const within = query.within ?? null
  const { nearness: weights } = tree.statistics
  if (!weights) return null
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

function suggestionsOf(
  tree: Tree,
  scores: Scores,
  fused: Posterior,
  alone: Posterior,
  {
    neighbours,
    said,
    limit,
    list,
  }: {
    neighbours: readonly Neighbour[]
    said: ReadonlyMap<number, number> | null
    limit: number
    list: SpeciesList | null
  },
): Suggestion[] {
  const votes = vote(neighbours, tree.statistics.fusion.sharpness)
  const nearest = nearestOf(neighbours)?.taxonId
  const rivals = rivalsOf(scores, fused).filter(({ i }) => !list || list.mayName(scores.nodes[i]!.id))
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
