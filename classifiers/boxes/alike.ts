// How much each of many crops looks like the others, by their vectors in the metric of the tree.

/** The cosine of each with the sum of the others' directions. */
export function similarityToOthers(vectors: ReadonlyMap<number, Float32Array>): Map<number, number> {
  const units = [...vectors].map(([id, vector]) => [id, unit(vector)] as const)
  const sum = new Float64Array(units[0]?.[1].length ?? 0)
  for (const [, vector] of units) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!
  return new Map(
    units.map(([id, vector]) => {
      const others = sum.map((value, i) => value - vector[i]!)
      const length = Math.hypot(...others)
      const dot = others.reduce((total, value, i) => total + value * vector[i]!, 0)
      return [id, length > 0 ? dot / length : 1]
    }),
  )
}

function unit(vector: Float32Array): Float64Array {
  const values = Float64Array.from(vector)
  const length = Math.hypot(...values)
  return length > 0 ? values.map((value) => value / length) : values
}
