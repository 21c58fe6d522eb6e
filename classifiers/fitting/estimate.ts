// Estimates the slow statistics from everything taught so far: covariances, calibration and the regression. It takes
// seconds to minutes, so it belongs in a process of its own. Deterministic: equal examples in equal order give equal
// numbers.

import { type Neighbour, VOTING_NEIGHBOURS } from '../neighbours/neighbours.ts'
import { type Regression, regress } from '../regression.ts'
import { DEFAULT_CUMULATIVE_SHARE, project, SPECIES_LEVEL, type Statistics, similarity } from '../statistics.ts'
import { type TaxonNode, Taxonomy } from '../taxonomy.ts'
import { NO_THRESHOLDS } from '../thresholds.ts'
import { Tree } from '../tree.ts'
import { FEWEST_ANSWERS, fitCalibration, PRIOR_CALIBRATION } from './calibration.ts'
import { FOLDS, foldsOf } from './folds.ts'
import { type HeldOut, heldOutAnswer, leaveOutTaxa } from './held-out.ts'
import { MomentSums, type Row, type Shape } from './moments.ts'
import { fitNearness } from './nearness.ts'
import { RegressionFit } from './regression-fit.ts'

export type LabelledEmbedding = { taxonId: number; group: string; embedding: Float32Array }

export type EstimateInput = {
  taxonomy: readonly TaxonNode[]
  examples: readonly LabelledEmbedding[]
  /** Statistics of a labelled library by the same embedder; null: nothing is known about its features. */
  reference: Statistics | null
  /** Numbers per embedding; needed where there is no example and no reference. */
  dimensions?: number
  onProgress?: (done: number, of: number) => void
  /** No regression: for a reference, whose taxa are not those of an installation. */
  alone?: boolean
  /** Without the cap's numbers, where there is no reference: they take longest. */
  uncapped?: boolean
}

/** More held-out answers add nothing to a dozen calibration numbers. */
const MOST_HELD_OUT = 3000
/** Held-out answers look for neighbours among at most so many exemplars. */
const MOST_EXEMPLARS = 20_000

export function estimate(input: EstimateInput): Statistics {
  return estimateJudged(input).statistics
}

/** `heldOut`: the answers about taught taxa on which the calibration was fitted. */
export function estimateJudged(input: EstimateInput): { statistics: Statistics; heldOut: HeldOut[] } {
  const { examples, reference, onProgress } = input
  const dimensions = examples[0]?.embedding.length ?? reference?.dimensions ?? input.dimensions
  if (dimensions === undefined) throw new RangeError('Expected examples, a reference or the number of dimensions')
  const taxonomy = new Taxonomy(input.taxonomy)
  const folds = foldsOf(examples)
  const sums = new MomentSums(momentRows(taxonomy, examples, folds), FOLDS, dimensions)
  const fitting = input.alone ? null : new RegressionFit(taxonomy, examples)
  // So few answers decide nothing: the reference's calibration stays. They only show how good answers are, for which
  // the reference's metric will do, and a covariance for each fold would take most of the time.
  const stand = reference?.moments && examples.length < FEWEST_ANSWERS ? reference : null
  const known: HeldOut[] = []
  const leftOut: HeldOut[] = []
  const stride = Math.max(1, Math.ceil(examples.length / MOST_HELD_OUT))
  for (let fold = 0; fold < FOLDS; fold++) {
    onProgress?.(fold, FOLDS + 1)
    const regression = stand ? null : (fitting?.fit(examples.filter((_, i) => folds[i] !== fold)) ?? null)
    const shape = stand ?? sums.shape(fold, reference)
    for (const answer of answerFold(input, folds, fold, stride, shape, regression)) {
      if (answer.known) known.push(answer)
      else leftOut.push(answer)
    }
  }
  onProgress?.(FOLDS, FOLDS + 1)
  const calibration = fitCalibration(known, leftOut, reference)
  const units = new Set(examples.map(({ taxonId }) => taxonId))
  const statistics = {
    ...sums.shape(-1, reference),
    regression: calibration.fusion.regression > 0 ? (fitting?.fit(examples) ?? null) : null,
    cumulativeShare: reference?.cumulativeShare ?? DEFAULT_CUMULATIVE_SHARE,
    ...calibration,
    // It belongs to the embedder: it is fitted once on a library, and what an installation teaches does not change it.
    nearness: reference ? reference.nearness : input.uncapped ? null : fitNearness(input),
    examples: examples.length,
    species: units.size,
  }
  return { statistics, heldOut: known }
}

/** Scores one fold by a tree that was taught the others, in their basis; then again with whole taxa left out. */
function answerFold(
  input: EstimateInput,
  folds: Uint8Array,
  fold: number,
  stride: number,
  shape: Shape,
  regression: Regression | null,
): HeldOut[] {
  const statistics: Statistics = {
    ...shape,
    cumulativeShare: input.reference?.cumulativeShare ?? DEFAULT_CUMULATIVE_SHARE,
    ...PRIOR_CALIBRATION,
    thresholds: NO_THRESHOLDS,
    regression: null,
    nearness: null,
    examples: 0,
    species: 0,
  }
  const tree = new Tree(statistics, input.taxonomy)
  const taught: { taxonId: number; group: string; vector: Float32Array }[] = []
  const asked: {
    taxonId: number
    group: string
    vector: Float32Array
    said: Map<number, number> | null
    row: number
  }[] = []
  input.examples.forEach(({ taxonId, group, embedding }, i) => {
    if (folds[i] === fold && i % stride !== 0) return
    const example = { taxonId, group, vector: project(statistics, embedding) }
    if (folds[i] === fold) asked.push({ ...example, said: regression && regress(regression, embedding), row: i })
    else {
      taught.push(example)
      tree.add(example)
    }
  })
  if (taught.length === 0) return []
  const step = Math.ceil(taught.length / MOST_EXEMPLARS)
  const exemplars = taught.filter((_, i) => i % step === 0)
  const answers = asked.map((example) => ({
    ...heldOutAnswer(tree, example, nearestAmong(exemplars, example.vector, VOTING_NEIGHBOURS), example.said),
    row: example.row,
  }))
  return [...answers, ...leaveOutTaxa(tree, taught, asked)]
}

/** The `k` most similar exemplars, nearest first. */
export function nearestAmong(
  exemplars: readonly { taxonId: number; group: string; vector: Float32Array }[],
  query: Float32Array,
  k: number,
): Neighbour[] {
  const found: Neighbour[] = []
  for (const { taxonId, group, vector } of exemplars) {
    const near = similarity(vector, query)
    if (found.length === k && near <= found[k - 1]!.similarity) continue
    let at = found.length
    while (at > 0 && found[at - 1]!.similarity < near) at--
    found.splice(at, 0, { taxonId, similarity: near, group })
    if (found.length > k) found.pop()
  }
  return found
}

/** Covariances come from species and lower taxa, or from all where there are none. Groups of k weigh 1 + ln k. */
export function momentRows(taxonomy: Taxonomy, examples: readonly LabelledEmbedding[], folds: Uint8Array): Row[] {
  const isSpecies = ({ taxonId }: LabelledEmbedding) => taxonomy.need(taxonId).rankLevel <= SPECIES_LEVEL
  const onlySpecies = examples.some(isSpecies)
  const sizes = new Map<string, number>()
  for (const { taxonId, group } of examples) {
    const key = `${taxonId} ${group}`
    sizes.set(key, (sizes.get(key) ?? 0) + 1)
  }
  return examples.flatMap((example, i) => {
    if (onlySpecies && !isSpecies(example)) return []
    const size = sizes.get(`${example.taxonId} ${example.group}`)!
    return [
      { unit: example.taxonId, fold: folds[i]!, weight: (1 + Math.log(size)) / size, embedding: example.embedding },
    ]
  })
}
