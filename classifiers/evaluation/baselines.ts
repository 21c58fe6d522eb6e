// Baselines that the tree has to beat on the same embeddings: each gives a score per species, softmaxed after division
// by a temperature. Each is as strong as it can be made, because a weak baseline would flatter the tree.

import { addOuterProducts, cholesky, packedLength, shrink, whiten } from '../fitting/covariance.ts'
import { fitSoftmax, preconditionerOf, STRENGTH, softmaxScores } from '../fitting/softmax-regression.ts'
import { similarity } from '../statistics.ts'
import type { Taxonomy } from '../taxonomy.ts'

export type Labelled = { taxonId: number; embedding: Float32Array }
/** Log scores in the order of `species`. */
export type Scorer = (embedding: Float32Array) => Float64Array
/** `steps`: at most so many steps of a regression. */
type Baseline = (
  examples: readonly Labelled[],
  species: readonly number[],
  taxonomy: Taxonomy,
  steps?: number,
) => Scorer

const NEIGHBOURS = 20

export const BASELINES: Record<string, Baseline> = {
  similaritySearch: (examples, species) => {
    const index = indexOf(species)
    return (embedding) => {
      const near = examples
        .map(({ taxonId, embedding: other }) => ({ taxonId, similarity: similarity(embedding, other) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, NEIGHBOURS)
      const votes = new Float64Array(species.length).fill(0.01)
      for (const one of near) votes[index.get(one.taxonId)!]! += one.similarity
      return votes.map(Math.log)
    }
  },

  nearestClassMean: (examples, species) => {
    const means = meansOf(examples, species)
    return (embedding) => Float64Array.from(means, (center) => 30 * similarity(embedding, center))
  },

  linearDiscriminant: (examples, species) => {
    const means = meansOf(examples, species)
    const index = indexOf(species)
    const n = means[0]!.length
    const within = new Float64Array(packedLength(n))
    const residuals = examples.map(({ taxonId, embedding }) => {
      const center = means[index.get(taxonId)!]!
      return Float64Array.from(embedding, (value, i) => value - center[i]!)
    })
    const weight = 1 / Math.max(1, examples.length - species.length)
    addOuterProducts(within, residuals, new Float64Array(residuals.length).fill(weight))
    const factor = cholesky(shrink(within, n, 0.1), n)
    const whitened = means.map((center) => whiten(factor, center))
    return (embedding) => {
      const x = whiten(factor, embedding)
      return Float64Array.from(whitened, (center) => -0.5 * squaredDistance(x, center))
    }
  },

  logisticRegression: (examples, species, _taxonomy, steps) => {
    const index = indexOf(species)
    const labels = examples.map(({ taxonId }) => index.get(taxonId)!)
    const rows = examples.map(({ embedding }) => embedding)
    const model = fitSoftmax(rows, labels, species.length, { strength: STRENGTH, steps })
    return (embedding) => softmaxScores(model, embedding)
  },

  topDownTree: (examples, species, taxonomy, steps) => {
    const paths = species.map((id) => taxonomy.path(id).map((taxon) => taxon.id))
    const index = indexOf(species)
    const nodes = new Map<number, { children: number[]; score: Scorer }>()
    const parents = new Set(paths.flatMap((path) => [0, ...path.slice(0, -1)]))
    const precondition = preconditionerOf(
      examples.map(({ embedding }) => embedding),
      2,
      STRENGTH,
    )
    for (const parent of parents) {
      const childOf = (taxonId: number): number | undefined => {
        const path = paths[index.get(taxonId)!]!
        return parent === 0 ? path[0] : path[path.indexOf(parent) + 1 || path.length]
      }
      const inside = examples.filter(({ taxonId }) => childOf(taxonId) !== undefined)
      const children = [...new Set(inside.map(({ taxonId }) => childOf(taxonId)!))].sort((a, b) => a - b)
      if (children.length < 2) continue
      const labels = inside.map(({ taxonId }) => children.indexOf(childOf(taxonId)!))
      const rows = inside.map(({ embedding }) => embedding)
      const model = fitSoftmax(rows, labels, children.length, { strength: STRENGTH, steps, precondition })
      nodes.set(parent, { children, score: (embedding) => logSoftmax(softmaxScores(model, embedding)) })
    }
    return (embedding) => {
      const scores = new Map([...nodes].map(([id, { score }]) => [id, score(embedding)]))
      return Float64Array.from(paths, (path) =>
        path.reduce((sum, id, depth) => {
          const parent = depth === 0 ? 0 : path[depth - 1]!
          const node = nodes.get(parent)
          return node ? sum + scores.get(parent)![node.children.indexOf(id)]! : sum
        }, 0),
      )
    }
  },
}

export function softmax(scores: Float64Array, temperature: number): Float64Array {
  return logSoftmax(scores.map((score) => score / temperature)).map(Math.exp)
}

function logSoftmax(scores: Float64Array): Float64Array {
  const largest = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY)
  const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0)) + largest
  return scores.map((score) => score - total)
}

function indexOf(species: readonly number[]): Map<number, number> {
  return new Map(species.map((id, i) => [id, i]))
}

function meansOf(examples: readonly Labelled[], species: readonly number[]): Float64Array[] {
  const index = indexOf(species)
  const width = examples[0]!.embedding.length
  const counts = new Float64Array(species.length)
  const means = species.map(() => new Float64Array(width))
  for (const { taxonId, embedding } of examples) {
    const at = index.get(taxonId)!
    counts[at]!++
    for (let i = 0; i < width; i++) means[at]![i]! += embedding[i]!
  }
  means.forEach((sum, k) => {
    for (let i = 0; i < width; i++) sum[i]! /= counts[k]!
  })
  return means
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return sum
}
