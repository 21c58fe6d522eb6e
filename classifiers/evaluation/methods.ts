// One method's answers on one split, in a form in which all methods can be compared. In: a labelled library split in two.
// Out: per test photo a probability for every known taxon, novelty, and how long it took.

import { goldenSection } from '../fitting/calibration.ts'
import { estimate, nearestAmong } from '../fitting/estimate.ts'
import { FOLDS, foldsOf } from '../fitting/folds.ts'
import { type Neighbour, VOTING_NEIGHBOURS } from '../neighbours.ts'
import { alignedTo, posterior } from '../posterior.ts'
import { regress } from '../regression.ts'
import { project, type Statistics } from '../statistics.ts'
import { type Suggestions, suggest } from '../suggest.ts'
import { type TaxonNode, Taxonomy } from '../taxonomy.ts'
import { type Example, Tree } from '../tree.ts'
import { BASELINES, type Scorer, softmax } from './baselines.ts'

/** A labelled photo of a library: `path` is for telling photos apart, `split` what the library's own column says. */
export type Photo = { path: string; taxonId: number; group: string; test: boolean; embedding: Float32Array }
/** `names`: scientific names by taxon id. */
export type Library = { taxa: readonly TaxonNode[]; photos: readonly Photo[]; names: ReadonlyMap<number, string> }

/** Probability per taxon id, and of something new in each. */
export type Answer = { photo: Photo; total: Map<number, number>; novelty: number }

export type Taught = Example & { vector: Float32Array }

export class ClavisMethod {
  readonly statistics: Statistics
  readonly tree: Tree
  readonly taught: Taught[]

  constructor(statistics: Statistics, taxa: readonly TaxonNode[], train: readonly Photo[]) {
    this.statistics = statistics
    this.tree = new Tree(statistics, taxa)
    this.taught = train.map((photo) => this.exampleOf(photo))
    for (const example of this.taught) this.tree.add(example)
  }

  static fit(taxa: readonly TaxonNode[], train: readonly Photo[]): ClavisMethod {
    return new ClavisMethod(estimate({ taxonomy: taxa, examples: train, reference: null }), taxa, train)
  }

  exampleOf({ taxonId, group, embedding }: Photo): Taught {
    return { taxonId, group, vector: project(this.statistics, embedding) }
  }

  neighbours(vector: Float32Array, extra: readonly Taught[] = []): Neighbour[] {
    return nearestAmong([...this.taught, ...extra], vector, VOTING_NEIGHBOURS)
  }

  regression({ embedding }: Photo): Map<number, number> | null {
    return this.statistics.regression && regress(this.statistics.regression, embedding)
  }

  /** `alone`: as the tree would say it, hearing neither the regression nor neighbours. */
  answer(photo: Photo, { alone = false } = {}): Answer {
    const { vector } = this.exampleOf(photo)
    const scores = this.tree.score(vector)
    const said = alone ? null : alignedTo(scores, this.regression(photo))
    const neighbours = alone ? [] : this.neighbours(vector)
    const result = posterior(scores, this.statistics, this.tree.exampleCount(null), neighbours, said)
    return {
      photo,
      total: new Map(scores.nodes.slice(1).map((node, i) => [node.id, result.total[i + 1]!])),
      novelty: result.novel.reduce((sum, value) => sum + value, 0),
    }
  }

  suggest(photo: Photo, accuracy: number | null, limit: number, extra: readonly Taught[] = []): Suggestions {
    const { vector } = this.exampleOf(photo)
    const regression = this.regression(photo)
    return suggest(this.tree, { vector, neighbours: this.neighbours(vector, extra), regression, accuracy, limit })
  }
}

/** A temperature needs no regression fitted to the last digit. */
const FOLD_STEPS = 25

/** A baseline taught with `train`, its temperature from five group folds of `train`. */
export function fitBaseline(
  name: string,
  taxa: readonly TaxonNode[],
  train: readonly Photo[],
): (photo: Photo) => Answer {
  const taxonomy = new Taxonomy(taxa)
  const species = [...new Set(train.map(({ taxonId }) => taxonId))].sort((a, b) => a - b)
  const score = BASELINES[name]!(train, species, taxonomy)
  const temperature = heldOutTemperature(name, train, species, taxonomy)
  return (photo) => {
    const total = new Map<number, number>()
    softmax(score(photo.embedding), temperature).forEach((probability, i) => {
      for (const { id } of taxonomy.path(species[i]!)) total.set(id, (total.get(id) ?? 0) + probability)
    })
    return { photo, total, novelty: 0 }
  }
}

function heldOutTemperature(name: string, train: readonly Photo[], species: number[], taxonomy: Taxonomy): number {
  const folds = foldsOf(train)
  const scored: { scores: Float64Array; truth: number }[] = []
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = train.filter((_, i) => folds[i] !== fold)
    const known = [...new Set(inside.map(({ taxonId }) => taxonId))].sort((a, b) => a - b)
    const score: Scorer = BASELINES[name]!(inside, known, taxonomy, FOLD_STEPS)
    train.forEach((photo, i) => {
      const truth = known.indexOf(photo.taxonId)
      if (folds[i] === fold && truth >= 0) scored.push({ scores: score(photo.embedding), truth })
    })
  }
  const loss = (logTemperature: number): number =>
    scored.reduce(
      (sum, { scores, truth }) => sum - Math.log(softmax(scores, Math.exp(logTemperature))[truth]! + 1e-12),
      0,
    )
  return species.length < 2 ? 1 : Math.exp(goldenSection(loss, Math.log(0.02), Math.log(50)))
}
