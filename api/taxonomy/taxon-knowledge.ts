// What the classifier of one taxon knows: how many of its examples it recognises, what it takes the others for, which
// are clearest, and who taught them. It asks a bounded sample, each example as if its own burst had never been taught.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { probabilitiesOf } from '../../classifiers/live/answers/probabilities.ts'
import type { LiveTree } from '../../classifiers/live/live-tree.ts'
import type { Exemplar } from '../../classifiers/live/memory-nearest.ts'
import { suggest } from '../../classifiers/suggest.ts'
import type { Db } from '../../db/connection/connect.ts'
import { teachersOf } from '../../db/taxonomy/teachers.ts'
import type { Knowledge } from '../contract/taxonomy.ts'
import { cropUrl } from '../present/addresses.ts'
import { presentTaxon } from '../present/taxa.ts'

/** Each is a whole answer by the tree alone: 120 take under a second with thousands of taxa. */
const MOST_LOOKED = 120
const SHOWN = 12
/** At least as likely this taxon as everything else together. */
const LIKELY = 0.5
const MOST_CONFUSED = 8
const MOST_TEACHERS = 8

export async function knowledgeOf(
  db: Db,
  live: LiveTree,
  taxonId: number,
  signal: AbortSignal,
): Promise<Omit<Knowledge, 'treeVersion'>> {
  const inside = new Set(live.taxa.subtree(taxonId))
  const rankLevel = live.taxa.need(taxonId).rankLevel
  const examples = [...live.exemplars()].filter((example) => inside.has(example.taxonId))
  const confused = new Map<number, number>()
  const judged: { detectionId: number; probability: number }[] = []
  let right = 0
  for (const { detectionId, vector, groupKey } of evenly(examples)) {
    if (signal.aborted) break
    const { path } = suggest(live.tree, {
      vector,
      neighbours: [],
      accuracy: null,
      limit: 0,
      leaveOut: live.groupExamples(groupKey),
    })
    const onPath = path.find((step) => step.taxonId === taxonId)
    judged.push({ detectionId, probability: onPath?.probability ?? offPath(live, vector, groupKey, taxonId) })
    if (onPath) right++
    else {
      // What it is taken for at this rank, or as far down as the answer goes.
      const taken = path.findLast((step) => live.taxa.need(step.taxonId).rankLevel >= rankLevel)
      if (taken) confused.set(taken.taxonId, (confused.get(taken.taxonId) ?? 0) + 1)
    }
    await nextTurn()
  }
  judged.sort((a, b) => b.probability - a.probability || a.detectionId - b.detectionId)
  const shown = (some: typeof judged) =>
    some.map(({ detectionId, probability }) => ({
      detectionId: String(detectionId),
      cropUrl: cropUrl(detectionId),
      probability,
    }))
  return {
    examples: examples.length,
    looked: judged.length,
    right,
    accuracy: judged.length === 0 ? null : right / judged.length,
    confusedWith: [...confused]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, MOST_CONFUSED)
      .flatMap(([id, count]) => {
        const taxon = live.taxon(id)
        return taxon ? [{ taxon: presentTaxon(taxon), count }] : []
      }),
    taughtBy: (await teachersOf(db, [...inside])).slice(0, MOST_TEACHERS),
    best: shown(judged.filter(({ probability }) => probability >= LIKELY).slice(0, SHOWN)),
    doubtful: shown(
      judged
        .filter(({ probability }) => probability < LIKELY)
        .slice(-SHOWN)
        .reverse(),
    ),
  }
}

/**
 * The taxon's own probability where the answer's path goes elsewhere. Awaits nothing, so nobody else sees the tree
 * without the burst.
 */
function offPath(live: LiveTree, vector: Float32Array, groupKey: string, taxonId: number): number {
  const leftOut = live.groupExamples(groupKey)
  for (const example of leftOut) live.tree.remove(example)
  try {
    return probabilitiesOf(live.tree, { vector, neighbours: [], regression: null, look: null }, [taxonId])[0] ?? 0
  } finally {
    for (const example of leftOut) live.tree.add(example)
  }
}

function evenly(examples: Exemplar[]): Exemplar[] {
  if (examples.length <= MOST_LOOKED) return examples
  return Array.from({ length: MOST_LOOKED }, (_, i) => examples[Math.floor((i * examples.length) / MOST_LOOKED)]!)
}
