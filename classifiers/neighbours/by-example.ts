// How much an animal looks like some examples and not like others. The log ratio of two kernel densities on the sphere
// (von Mises-Fisher), so that one near example counts more than many that are far. What is far from all examples is as
// likely as chance, else it would be found for being farther from the negative ones.

/** How fast likeness falls with the cosine: 0.1 less is a third. */
const SHARPNESS = 11
/** Animals that have nothing in common are about as similar as this. */
const CHANCE = 0.4

/** `like` is not empty; vectors in the metric of the tree. `score` is above 0 where it is more like the ones. */
export function likenessTo(
  vector: Float32Array,
  like: readonly Float32Array[],
  unlike: readonly Float32Array[],
): { score: number; similarity: number } {
  const near = like.map((one) => cosine(vector, one))
  const similarity = Math.min(1, Math.max(0, ...near))
  const rivals = unlike.length === 0 ? Number.NEGATIVE_INFINITY : density(unlike.map((one) => cosine(vector, one)))
  const against = Math.log(Math.exp(rivals) + Math.exp(SHARPNESS * CHANCE))
  return { score: density(near) - against, similarity }
}

/** The log of the mean kernel. */
function density(cosines: readonly number[]): number {
  const largest = Math.max(...cosines)
  const sum = cosines.reduce((all, one) => all + Math.exp(SHARPNESS * (one - largest)), 0)
  return SHARPNESS * largest + Math.log(sum / cosines.length)
}

/** 0 where one has no direction, as before anything is taught. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0
  let [squareA, squareB] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    squareA += a[i]! ** 2
    squareB += b[i]! ** 2
  }
  const lengths = Math.sqrt(squareA * squareB)
  return lengths > 0 ? dot / lengths : 0
}
