// What speaks against each label, by trees that neither learned the label nor have a metric fitted with it. With more
// numbers per crop than examples, a metric learns its labels by heart: of 40 wrong labels among 288 photos, the metric
// that was fitted with them doubted one.

import { momentRows, nearestAmong } from '../fitting/estimate.ts'
import { FOLDS, foldsOf } from '../fitting/folds.ts'
import { MomentSums } from '../fitting/moments.ts'
import { VOTING_NEIGHBOURS } from '../neighbours/neighbours.ts'
import { project, type Statistics } from '../statistics.ts'
import { type TaxonNode, Taxonomy } from '../taxonomy.ts'
import { Tree } from '../tree.ts'
import { answer, doubtOf, type LabelDoubt, type Labelled, SUSPECT } from './doubts.ts'

export type LabelledCrop = { taxonId: number; group: string; embedding: Float32Array }
export type Labels = {
  /** Of the version that answers: its calibration is used, not its metric. */
  statistics: Statistics
  /** What is known about the embedder without these labels; null: nothing. */
  reference: Statistics | null
  taxa: readonly TaxonNode[]
  crops: readonly LabelledCrop[]
}

/** A fold's metric comes from the other folds; all crops are seen in it. */
type Fold = { metric: Statistics; examples: Labelled[] }

/**
 * In the order of the crops. Suspects of the first look do not teach in the second, or wrong labels would defend each
 * other. `onLook` is told the share that is done.
 */
export function doubtAcrossFolds(labels: Labels, onLook: (share: number) => void = () => {}): LabelDoubt[] {
  const { statistics, reference, taxa, crops } = labels
  const foldOf = foldsOf(crops)
  const sums = new MomentSums(momentRows(new Taxonomy(taxa), crops, foldOf), FOLDS, statistics.dimensions)
  const folds = Array.from({ length: FOLDS }, (_, fold): Fold => {
    const metric = { ...statistics, ...sums.shape(fold, reference), regression: null }
    onLook((0.6 * (fold + 1)) / FOLDS)
    return {
      metric,
      examples: crops.map(({ taxonId, group, embedding }) => ({ taxonId, group, vector: project(metric, embedding) })),
    }
  })
  const look = (isTrusted: (row: number) => boolean) => {
    const doubts = new Array<LabelDoubt>(crops.length)
    folds.forEach(({ metric, examples }, fold) => {
      const tree = new Tree(metric, taxa)
      const taught = examples.filter((_, row) => foldOf[row] !== fold && isTrusted(row))
      for (const example of taught) tree.add(example)
      examples.forEach(({ taxonId, vector }, row) => {
        if (foldOf[row] !== fold) return
        const voters = nearestAmong(taught, vector, VOTING_NEIGHBOURS)
        doubts[row] = doubtOf(answer(tree, vector, voters), taxonId, tree.taxonomy)
      })
    })
    return doubts
  }
  const first = look(() => true)
  onLook(0.8)
  return look((row) => !(first[row]!.doubt > SUSPECT))
}
