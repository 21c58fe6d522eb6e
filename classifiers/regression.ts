// The judge that compares all species at once: a flat logistic regression on the embeddings, fitted with each published
// version. In: labelled embeddings. Out: log probabilities of the species it knows. It tells known species apart a little better
// than the tree does, and knows nothing of what came since: so it only shares out, among its species, what the tree gives them.

import { fitSoftmax, type Preconditioner, preconditionerOf, STRENGTH } from './fitting/softmax-regression.ts'
import { SPECIES_LEVEL } from './statistics.ts'
import type { Taxonomy } from './taxonomy.ts'
import type { Scores } from './tree.ts'

/** `coefficients`: a row per taxon, one number per number of an embedding and the intercept last. */
export type Regression = { taxonIds: number[]; coefficients: Float32Array }

type Labelled = { taxonId: number; embedding: Float32Array }

/** Species with fewer examples are left to the tree. */
const FEWEST_EXAMPLES = 8
/**
 * Examples x species x numbers per embedding, at most: a step takes about a second then (2 cores, 2026-11-22). Where there are more
 * species the tree alone is the more accurate one: on 100 look-alike species by 3 points.
 */
const MOST_WORK = 1e9
/** On the library's training folds 20 steps gave the same figures as 200 (2026-11-22). */
const STEPS = 20

/** Fits one regression after another to parts of the same examples. */
export class RegressionFit {
  readonly #eligible: (example: Labelled) => boolean
  readonly #precondition: Preconditioner | null

  constructor(taxonomy: Taxonomy, examples: readonly Labelled[]) {
    this.#eligible = ({ taxonId }) => taxonomy.need(taxonId).rankLevel <= SPECIES_LEVEL
    const { rows, species } = chosen(examples.filter(this.#eligible))
    this.#precondition = affordable(rows, species)
      ? preconditionerOf(
          rows.map(({ embedding }) => embedding),
          species.length,
          STRENGTH,
        )
      : null
  }

  /** Null where there are fewer than two species with enough examples, or so much that it would take too long. */
  fit(examples: readonly Labelled[]): Regression | null {
    const { rows, species } = chosen(examples.filter(this.#eligible))
    if (!this.#precondition || !affordable(rows, species)) return null
    const index = new Map(species.map((id, i) => [id, i]))
    const { coefficients } = fitSoftmax(
      rows.map(({ embedding }) => embedding),
      rows.map(({ taxonId }) => index.get(taxonId)!),
      species.length,
      { strength: STRENGTH, steps: STEPS, precondition: this.#precondition },
    )
    return { taxonIds: species, coefficients: Float32Array.from(coefficients) }
  }
}

function chosen(examples: readonly Labelled[]): { rows: Labelled[]; species: number[] } {
  const counts = new Map<number, number>()
  for (const { taxonId } of examples) counts.set(taxonId, (counts.get(taxonId) ?? 0) + 1)
  const enough = (id: number): boolean => counts.get(id)! >= FEWEST_EXAMPLES
  return {
    rows: examples.filter(({ taxonId }) => enough(taxonId)),
    species: [...counts.keys()].filter(enough).sort((a, b) => a - b),
  }
}

function affordable(rows: readonly Labelled[], species: readonly number[]): boolean {
  return species.length >= 2 && rows.length * species.length * rows[0]!.embedding.length <= MOST_WORK
}

/** Log probability per taxon; over the regression's species they sum to 1. */
export function regress({ taxonIds, coefficients }: Regression, embedding: ArrayLike<number>): Map<number, number> {
  const stride = embedding.length + 1
  const scores = taxonIds.map((_, k) => {
    let sum = coefficients[(k + 1) * stride - 1]!
    for (let i = 0, at = k * stride; i < embedding.length; i++, at++) sum += coefficients[at]! * embedding[i]!
    return sum
  })
  const largest = Math.max(...scores)
  const total = largest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0))
  return new Map(taxonIds.map((id, k) => [id, scores[k]! - total]))
}

/** By index in `scores.nodes`; NaN where the regression says nothing. Null without a regression. */
export function alignedTo({ nodes, known }: Scores, said: ReadonlyMap<number, number> | null): Float64Array | null {
  if (!said) return null
  return Float64Array.from(nodes, ({ id }, i) =>
    i > 0 && known[i]! > Number.NEGATIVE_INFINITY ? (said.get(id) ?? Number.NaN) : Number.NaN,
  )
}
