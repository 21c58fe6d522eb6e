// Fits the flat logistic regression over all species that have enough examples.

import type { Regression } from '../regression.ts'
import { SPECIES_LEVEL } from '../statistics.ts'
import type { Taxonomy } from '../taxonomy.ts'
import { fitSoftmax, type Preconditioner, preconditionerOf, STRENGTH } from './softmax-regression.ts'

type Labelled = { taxonId: number; embedding: Float32Array }

/** Species with fewer examples are left to the tree. */
const FEWEST_EXAMPLES = 8
/**
 * At most so many examples x species x numbers per embedding, with which a step takes about a second (2 cores,
 * 2026-11-22). With more species the tree alone is more accurate: by 3 points on 100 look-alike species.
 */
const MOST_WORK = 1e9
/** On the library's training folds 20 steps gave the same figures as 200 (2026-11-22). */
const STEPS = 20

/** Fits several regressions to parts of the same examples. */
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

  /** Null where fewer than two species have enough examples, or where the work exceeds MOST_WORK. */
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
