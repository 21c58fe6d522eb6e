// How much an animal looks like some examples and not like others. The log ratio of two kernel densities on the sphere
// (von Mises-Fisher), so that one near example counts more than many that are far.

/** How fast likeness falls with the cosine: 0.1 less is a third. */
const SHARPNESS = 11

/** `like` is not empty; all vectors are of unit length, in the metric of the tree. */
export function likenessTo(
  vector: Float32Array,
  like: readonly Float32Array[],
  unlike: readonly Float32Array[],
): { score: number; similarity: number } {
  const near = like.map((one) => cosine(vector, one))
  const similarity = Math.min(1, Math.max(0, ...near))
  if (unlike.length === 0) return { score: density(near), similarity }
  return { score: density(near) - density(unlike.map((one) => cosine(vector, one))), similarity }
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
