// What the probabilities of all taxa say: the path down the tree, where something new may be, and the rivals.

import type { Posterior } from './outcomes.ts'
import type { Scores } from './tree.ts'

export type Step = { taxonId: number; probability: number; novelty: number }
type Placed = Pick<Scores, 'nodes' | 'parents'>

/** What the path shows as novelty: examples of the taxon itself are of none of its taught children. */
function noveltyAt(scores: Pick<Scores, 'nodes'>, { known, novel }: Posterior, i: number): number {
  return scores.nodes[i]!.children.size > 0 ? known[i]! + novel[i]! : novel[i]!
}

/** From the top down by the most probable child, to a leaf. */
export function pathOf(scores: Placed, probabilities: Posterior, within: number | null): Step[] {
  const path: Step[] = []
  const best = mostProbableChildren(scores, probabilities.total)
  const start = within === null ? best[0]! : scores.nodes.findIndex((node, i) => i > 0 && node.id === within)
  for (let i = start; i > 0; i = best[i]!) {
    const probability = probabilities.total[i]!
    // Nothing outside a list is named.
    if (probability === 0) break
    path.push({ taxonId: scores.nodes[i]!.id, probability, novelty: noveltyAt(scores, probabilities, i) })
  }
  return path
}

/** Per node the index of its most probable child, of equals the first; -1 at leaves. */
function mostProbableChildren({ parents }: Placed, total: Float64Array): Int32Array {
  const best = new Int32Array(parents.length).fill(-1)
  for (let i = 1; i < parents.length; i++) {
    const above = parents[i]!
    if (best[above] === -1 || total[i]! > total[best[above]!]!) best[above] = i
  }
  return best
}

/** `under` null: outside every known top taxon. */
export function noveltyOf(
  scores: Pick<Scores, 'nodes'>,
  probabilities: Posterior,
): { under: number | null; probability: number } | null {
  let at = -1
  for (let i = 0; i < scores.nodes.length; i++) {
    if (probabilities.novel[i]! > (at < 0 ? 0 : probabilities.novel[at]!)) at = i
  }
  if (at < 0) return null
  return { under: at === 0 ? null : scores.nodes[at]!.id, probability: noveltyAt(scores, probabilities, at) }
}

/** Indices of the taxa with examples of their own, most probable first. */
export function rivalsOf(scores: Scores, probabilities: Posterior): { i: number; probability: number }[] {
  const rivals: { i: number; probability: number }[] = []
  for (let i = 1; i < scores.nodes.length; i++) {
    if (scores.known[i]! > Number.NEGATIVE_INFINITY) rivals.push({ i, probability: ownShare(scores, probabilities, i) })
  }
  return rivals.sort((a, b) => b.probability - a.probability || scores.nodes[a.i]!.id - scores.nodes[b.i]!.id)
}

/** A leaf's whole probability; of an inner taxon, the part in none of its taught children. */
export function ownShare(scores: Scores, probabilities: Posterior, i: number): number {
  return scores.nodes[i]!.children.size > 0 ? noveltyAt(scores, probabilities, i) : probabilities.total[i]!
}
