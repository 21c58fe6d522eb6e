// Everything that helps a person to keep the labels clean, for all animals at once: what speaks against each label, and
// how each animal stands among the others.

import { VOTING_NEIGHBOURS } from '../neighbours/neighbours.ts'
import type { Statistics } from '../statistics.ts'
import type { TaxonNode } from '../taxonomy.ts'
import { Tree } from '../tree.ts'
import { doubtAcrossFolds } from './across-folds.ts'
import { answer, doubtLabels, entropy, type LabelDoubt, type Labelled, suspicion, votersOf } from './doubts.ts'
import { nearRows } from './near-rows.ts'
import { nearDuplicates, representativeness, uniqueness } from './standing.ts'

export type Animal = {
  taxonId: number | null
  group: string
  vector: Float32Array
  /** Where all labelled animals have one, labels are doubted by trees that have not seen them. */
  embedding?: Float32Array
}
export type Appraisal = {
  uniqueness: number
  representativeness: number
  /** Entropy of the answer without its burst, in nats. */
  hardness: number
  /** The row of a near duplicate in another burst; -1: none. */
  duplicate: number
  /** Its label is another one, and neither is above the other. */
  duplicateDiffers: boolean
  /** Null without a label. */
  label: {
    rivalId: number | null
    doubt: number
    /** The highest rank at which another taxon is more probable; null: at none. */
    wrongLevel: number | null
    /** How much more, there. */
    nodeDoubt: number
  } | null
}

/** `reference`: what is known about the embedder without these labels. `onProgress`: 0..1. */
export function appraise(
  statistics: Statistics,
  taxa: readonly TaxonNode[],
  animals: readonly Animal[],
  reference: Statistics | null,
  onProgress: (share: number) => void = () => {},
): Appraisal[] {
  const tree = new Tree(statistics, taxa)
  const labelled = animals.flatMap((animal, row) =>
    animal.taxonId === null ? [] : [{ ...animal, taxonId: animal.taxonId, row }],
  )
  for (const example of labelled) tree.add(example)
  const near = nearRows(rowsOf(animals, statistics.size), groupsOf(animals), VOTING_NEIGHBOURS)
  onProgress(0.3)
  const onLook = (share: number) => onProgress(0.3 + 0.4 * share)
  const crops = labelled.flatMap(({ embedding, ...one }) => (embedding ? [{ ...one, embedding }] : []))
  const found =
    crops.length === labelled.length
      ? doubtAcrossFolds({ statistics, reference, taxa, crops }, onLook)
      : doubtLabels(tree, labelled, onLook)
  const doubts = new Map(found.map((doubt, i) => [labelled[i]!.row, doubt]))
  onProgress(0.7)
  const unique = uniqueness(near, animals.length)
  const typical = representativeness(near, animals.length)
  const duplicates = nearDuplicates(near, animals.length)
  const isTaught = tree.exampleCount(null) > 0
  // Neighbours without a label have no vote.
  const asExamples = animals.map(({ taxonId, ...animal }): Labelled => ({ ...animal, taxonId: taxonId ?? NO_TAXON }))
  return animals.map(({ taxonId, vector }, row) => {
    if (row % 1000 === 0) onProgress(0.7 + (0.3 * row) / animals.length)
    const doubt = doubts.get(row)
    const duplicate = duplicates[row]!
    return {
      uniqueness: unique[row]!,
      representativeness: typical[row]!,
      hardness: doubt?.hardness ?? (isTaught ? entropy(answer(tree, vector, votersOf(near, row, asExamples))) : 0),
      duplicate,
      duplicateDiffers: duplicate >= 0 && differ(taxonId, animals[duplicate]!.taxonId, tree),
      label: doubt ? labelOf(doubt) : null,
    }
  })
}

const NO_TAXON = -1

function labelOf(found: LabelDoubt): NonNullable<Appraisal['label']> {
  const { rivalId, nodes } = found
  const contested = nodes.find((node) => node.doubt > 0)
  return {
    rivalId,
    doubt: suspicion(found),
    wrongLevel: contested?.rankLevel ?? null,
    nodeDoubt: contested?.doubt ?? 0,
  }
}

function differ(a: number | null, b: number | null, { taxonomy }: Tree): boolean {
  return a !== null && b !== null && !taxonomy.isWithin(a, b) && !taxonomy.isWithin(b, a)
}

function rowsOf(animals: readonly { vector: Float32Array }[], size: number) {
  const values = new Float32Array(animals.length * size)
  animals.forEach(({ vector }, row) => {
    values.set(vector, row * size)
  })
  return { values, size }
}

const groupsOf = (animals: readonly { group: string }[]) => animals.map(({ group }) => group)
