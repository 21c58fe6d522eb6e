// The probabilities of given taxa, as fractions of 1.

import type { Neighbour } from '../../neighbours/neighbours.ts'
import { alignedTo, cap, isFalseCopy, posterior } from '../../posterior.ts'
import { type LookAround, nearnessOf } from '../../strangers.ts'
import type { Tree } from '../../tree.ts'

/** 0 for taxa without an example at or below them. */
export function probabilitiesOf(
  tree: Tree,
  query: {
    vector: ArrayLike<number>
    neighbours: readonly Neighbour[]
    regression: ReadonlyMap<number, number> | null
    /** As in suggest.ts. */
    look: LookAround | null
  },
  taxonIds: readonly number[],
): number[] {
  const examples = tree.exampleCount(null)
  if (examples === 0) return taxonIds.map(() => 0)
  const scores = tree.score(query.vector)
  const regression = alignedTo(scores, query.regression)
  const { nearness } = tree.statistics
  const look = nearness && query.look ? query.look(taxonIds) : null
  const copies = !look || !isFalseCopy(query.neighbours, look.similarity)
  const result = posterior(scores, tree.statistics, examples, query.neighbours, regression, copies)
  if (look && nearness) cap(result, scores, nearnessOf(scores, look, nearness, (id) => tree.node(id)).limit)
  const index = new Map(scores.nodes.map((node, i) => [node.id, i]))
  return taxonIds.map((id) => result.total[index.get(id) ?? -1] ?? 0)
}
