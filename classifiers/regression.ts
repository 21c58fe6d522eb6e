// The judge that compares all species at once: a flat logistic regression on the embeddings, fitted with each published
// version. It tells known species apart slightly better than the tree does, but knows nothing learned since. So it only
// redistributes, among its own species, the probability that the tree gives them.

/** `coefficients`: a row per taxon, one number per number of an embedding and the intercept last. */
export type Regression = { taxonIds: number[]; coefficients: Float32Array }

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
