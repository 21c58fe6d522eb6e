// What speaks against the label of each example, the label's whole burst left out, or a burst would vouch for itself:
// log p(best other) - log p(own). The regression is not asked, because it was fitted with the label that is doubted.
//
// Of the scores compared by `npm run eval -- --wrong-labels`, this one finds most look-alike errors, and 1 - p(own)
// most random slips. `suspicion` lies between them.

import { type Neighbour, VOTING_NEIGHBOURS } from '../neighbours/neighbours.ts'
import type { Posterior } from '../outcomes.ts'
import { posterior } from '../posterior.ts'
import type { Taxonomy } from '../taxonomy.ts'
import type { Example, Scores, Tree } from '../tree.ts'
import { type NearRows, nearRows } from './near-rows.ts'

export type Labelled = Example & { vector: Float32Array }
/** At one taxon on the label's path: how much speaks for another of its parent's children. */
export type NodeDoubt = { taxonId: number; rankLevel: number; rivalId: number; doubt: number }
export type LabelDoubt = {
  /** The best other taxon; null: nothing else is taught. */
  rivalId: number | null
  /** log p(best other) - log p(own); above 0, another taxon is more probable. */
  doubt: number
  /** The same at each taxon of the path, weighted with the probability that reaches its parent; top first. */
  nodes: NodeDoubt[]
  ownProbability: number
  /** Entropy of the answer, in nats: how hard the animal is to tell. */
  hardness: number
}

/** Smaller probabilities are rounding. */
const SMALLEST = 1e-9

/**
 * Of log p(best other), in the order of doubted labels. Chosen among 0, 0.25, 0.5, 0.75 and 1 on seeds of their own.
 */
const RIVAL_WEIGHT = 0.7

/** The order of doubted labels. Above 0 where the doubt is. */
export function suspicion({ doubt, ownProbability }: LabelDoubt): number {
  const logRival = doubt + Math.log(Math.max(SMALLEST, ownProbability))
  return doubt > 0 ? doubt - (1 - RIVAL_WEIGHT) * Math.min(0, logRival) : doubt
}

/** Suspects of the first look neither teach nor vote in the second: wrong labels would defend each other. */
export const SUSPECT = 1

/**
 * In the order of the examples, all of which the tree holds; it is left as it was. `onLook` is told the share that is
 * done.
 */
export function doubtLabels(
  tree: Tree,
  examples: readonly Labelled[],
  onLook: (share: number) => void = () => {},
): LabelDoubt[] {
  const { size } = tree.statistics
  const values = new Float32Array(examples.length * size)
  examples.forEach(({ vector }, row) => {
    values.set(vector, row * size)
  })
  const groups = examples.map(({ group }) => group)
  const look = (isHeld: (row: number) => boolean) =>
    lookAtLabels(tree, examples, nearRows({ values, size }, groups, VOTING_NEIGHBOURS, isHeld), isHeld)
  const first = look(() => true)
  onLook(0.5)
  const isTrusted = (row: number) => !(first[row]!.doubt > SUSPECT)
  const suspects = examples.filter((_, row) => !isTrusted(row))
  for (const example of suspects) tree.remove(example)
  const second = look(isTrusted)
  for (const example of suspects) tree.add(example)
  return second
}

/** `isHeld`: whether the tree holds the example. */
function lookAtLabels(
  tree: Tree,
  examples: readonly Labelled[],
  near: NearRows,
  isHeld: (row: number) => boolean,
): LabelDoubt[] {
  const doubts = new Array<LabelDoubt>(examples.length)
  for (const rows of byGroup(examples)) {
    const held = rows.filter(isHeld)
    for (const row of held) tree.remove(examples[row]!)
    const left = tree.exampleCount(null)
    for (const row of rows) {
      const { taxonId, vector } = examples[row]!
      doubts[row] =
        left === 0 ? NO_DOUBT : doubtOf(answer(tree, vector, votersOf(near, row, examples)), taxonId, tree.taxonomy)
    }
    for (const row of held) tree.add(examples[row]!)
  }
  return doubts
}

const NO_DOUBT: LabelDoubt = {
  rivalId: null,
  doubt: Number.NEGATIVE_INFINITY,
  nodes: [],
  ownProbability: 0,
  hardness: 0,
}

type Answered = { scores: Scores; said: Posterior }

/** By the tree and the neighbours. */
export function answer(tree: Tree, vector: Float32Array, neighbours: readonly Neighbour[]): Answered {
  const scores = tree.score(vector)
  const voting = neighbours.filter(({ taxonId }) => tree.node(taxonId)?.direct)
  return { scores, said: posterior(scores, tree.statistics, tree.exampleCount(null), voting) }
}

/** The nearest examples of other bursts. */
export function votersOf({ k, rows, similarities }: NearRows, row: number, examples: readonly Labelled[]): Neighbour[] {
  const voters: Neighbour[] = []
  for (let i = row * k; i < (row + 1) * k && voters.length < VOTING_NEIGHBOURS; i++) {
    const other = examples[rows[i]!]
    if (other) voters.push({ taxonId: other.taxonId, group: other.group, similarity: similarities[i]! })
  }
  return voters
}

export function doubtOf({ scores, said }: Answered, label: number, taxonomy: Taxonomy): LabelDoubt {
  const index = new Map(scores.nodes.map((node, i) => [node.id, i]))
  // The root stands for no taxon.
  index.delete(scores.nodes[0]!.id)
  let rivalId: number | null = null
  let rival = 0
  for (let i = 1; i < scores.nodes.length; i++) {
    if (scores.known[i] === Number.NEGATIVE_INFINITY) continue
    const { id, children } = scores.nodes[i]!
    if (taxonomy.isWithin(id, label) || taxonomy.isWithin(label, id)) continue
    const p = children.size > 0 ? said.known[i]! : said.total[i]!
    if (p > rival || rivalId === null) {
      rival = p
      rivalId = id
    }
  }
  const own = probabilityOf(label, said, taxonomy, index)
  return {
    rivalId,
    doubt: rivalId === null ? Number.NEGATIVE_INFINITY : logRatio(rival, own),
    nodes: nodeDoubts(scores, said, taxonomy.path(label), index),
    ownProbability: Math.min(1, own),
    hardness: entropy({ said }),
  }
}

/** Of a taxon without an example elsewhere: that of something new in the deepest taught taxon above it. */
function probabilityOf(label: number, said: Posterior, taxonomy: Taxonomy, index: ReadonlyMap<number, number>): number {
  const own = index.get(label)
  if (own !== undefined) return said.total[own]!
  const above = taxonomy.path(label).findLast(({ id }) => index.has(id))
  return said.novel[above === undefined ? 0 : index.get(above.id)!]!
}

/** Of all outcomes, in nats. */
export function entropy({ said }: Pick<Answered, 'said'>): number {
  let sum = 0
  for (const shares of [said.known, said.novel]) for (const p of shares) if (p > 0) sum -= p * Math.log(p)
  return sum
}

function nodeDoubts(
  scores: Scores,
  said: Posterior,
  path: readonly { id: number; rankLevel: number }[],
  index: ReadonlyMap<number, number>,
): NodeDoubt[] {
  const best = new Map<number, { first: number; second: number }>()
  for (let i = 1; i < scores.nodes.length; i++) {
    const above = scores.parents[i]!
    const rivals = best.get(above) ?? { first: -1, second: -1 }
    best.set(above, rivals)
    if (rivals.first < 0 || said.total[i]! > said.total[rivals.first]!) {
      rivals.second = rivals.first
      rivals.first = i
    } else if (rivals.second < 0 || said.total[i]! > said.total[rivals.second]!) rivals.second = i
  }
  const nodes: NodeDoubt[] = []
  let parent = 0
  for (const { id, rankLevel } of path) {
    const rivals = best.get(parent)
    if (!rivals) break
    const own = index.get(id)
    const rival = rivals.first === own ? rivals.second : rivals.first
    if (rival > 0) {
      const doubt = said.total[parent]! * logRatio(said.total[rival]!, own === undefined ? 0 : said.total[own]!)
      nodes.push({ taxonId: id, rankLevel, rivalId: scores.nodes[rival]!.id, doubt })
    }
    if (own === undefined) break
    parent = own
  }
  return nodes
}

const logRatio = (other: number, own: number) => Math.log(Math.max(SMALLEST, other)) - Math.log(Math.max(SMALLEST, own))

function byGroup(examples: readonly Labelled[]): number[][] {
  const groups = new Map<string, number[]>()
  examples.forEach(({ group }, row) => {
    const rows = groups.get(group)
    if (rows) rows.push(row)
    else groups.set(group, [row])
  })
  return [...groups.values()]
}
