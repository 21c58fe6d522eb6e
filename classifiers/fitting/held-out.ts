// What the tree says of animals it has not seen. In: a tree taught with some folds, and examples of another.
// Out: per example the scores of every outcome and which outcome was true: the material all calibrations are fitted on.

import type { Neighbour } from '../neighbours.ts'
import { alignedTo } from '../posterior.ts'
import type { Example, Scores, Tree } from '../tree.ts'

export type HeldOut = {
  scores: Scores
  neighbours: readonly Neighbour[]
  /** What a regression fitted without the example's fold says, by index in `scores.nodes`; NaN where nothing. */
  regression: Float64Array | null
  /** Examples the tree held. */
  examples: number
  /** Indices in `scores.nodes` of the true path as far as the tree knows it, top first. */
  path: number[]
  /** The true taxon is taught: the last of `path`. Otherwise something new under the last of `path` (none: the root) is true. */
  known: boolean
  taxonId: number
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

/** Examples asked about each taxon that is left out, and taxa left out per fold, at most. */
const ASKED_PER_TAXON = 4
const MOST_LEFT_OUT = 150

/**
 * Leaves out whole taxa, one at a time: every leaf, and every inner taxon with several taught children (one with a single
 * child would leave out the same animals again). Asks about held-out examples of the taxon that is gone.
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
    const every = Math.ceil(questions.length / ASKED_PER_TAXON)
    for (let q = 0; q < questions.length; q += every) answers.push(heldOutAnswer(tree, questions[q]!, [], null))
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
