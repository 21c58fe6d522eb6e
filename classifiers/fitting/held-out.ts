// Answers about held-out animals: the scores of every outcome, and which outcome was true. All calibrations are fitted
// on these.

import type { Neighbour } from '../neighbours/neighbours.ts'
import { alignedTo } from '../posterior.ts'
import type { Example, Scores, Tree } from '../tree.ts'

export type HeldOut = {
  scores: Scores
  neighbours: readonly Neighbour[]
  /** From a regression fitted without the example's fold, by index in `scores.nodes`; NaN where it says nothing. */
  regression: Float64Array | null
  /** How many examples the tree held. */
  examples: number
  /** The true path as far as the tree knows it, as indices in `scores.nodes`, top first. */
  path: number[]
  /** Whether the true taxon is taught and ends `path`. Otherwise the truth is something new under the end of `path`. */
  known: boolean
  taxonId: number
  /** The example's place among all; left out where a taxon was left out to ask about it. */
  row?: number
}

export function heldOutAnswer(
  tree: Tree,
  example: Example,
  neighbours: readonly Neighbour[],
  said: ReadonlyMap<number, number> | null,
): HeldOut {
  const scores = tree.score(example.vector)
  const index = new Map(scores.nodes.map((node, i) => [node.id, i]))
  const path: number[] = []
  let known = true
  for (const { id } of tree.taxonomy.path(example.taxonId)) {
    const i = index.get(id)
    if (i === undefined) {
      known = false
      break
    }
    path.push(i)
  }
  const regression = alignedTo(scores, said)
  return { scores, neighbours, regression, examples: tree.exampleCount(null), path, known, taxonId: example.taxonId }
}

/** At most so many questions about each taxon that is left out, and so many taxa left out per fold. */
const ASKED_PER_TAXON = 4
const MOST_LEFT_OUT = 150

/**
 * Leaves out whole taxa, one at a time, and asks about their held-out examples: every leaf, and every inner taxon with
 * several taught children (one with a single child would leave out the same animals again).
 */
export function leaveOutTaxa(tree: Tree, taught: readonly Example[], asked: readonly Example[]): HeldOut[] {
  const below = groupByTaxon(tree, taught)
  const askedBelow = groupByTaxon(tree, asked)
  const candidates = [...below.keys()]
    .filter((id) => askedBelow.has(id) && tree.node(id)!.children.size !== 1 && below.get(id)!.length < taught.length)
    .sort((a, b) => a - b)
  const step = Math.ceil(candidates.length / MOST_LEFT_OUT)
  const answers: HeldOut[] = []
  for (let c = 0; c < candidates.length; c += step) {
    const id = candidates[c]!
    for (const example of below.get(id)!) tree.remove(example)
    const questions = askedBelow.get(id)!
    const stride = Math.ceil(questions.length / ASKED_PER_TAXON)
    for (let q = 0; q < questions.length; q += stride) answers.push(heldOutAnswer(tree, questions[q]!, [], null))
    for (const example of below.get(id)!) tree.add(example)
  }
  return answers
}

function groupByTaxon(tree: Tree, examples: readonly Example[]): Map<number, Example[]> {
  const below = new Map<number, Example[]>()
  for (const example of examples) {
    for (const { id } of tree.taxonomy.path(example.taxonId)) {
      const list = below.get(id)
      if (list) list.push(example)
      else below.set(id, [example])
    }
  }
  return below
}
