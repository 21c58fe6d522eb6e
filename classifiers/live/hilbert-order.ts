// Orders animals so that look-alikes lie side by side: by the index of their metric vector on a Hilbert curve through
// its three leading dimensions, which vary most. Points near each other on the curve are near each other in space. J.
// Skilling, Programming the Hilbert curve, AIP Conference Proceedings 707 (2004).

const DIMENSIONS = 3
const BITS = 10

/** An integer from 0 to 2^30 - 1; the vector's length does not matter. */
export function hilbertIndex(vector: ArrayLike<number>): number {
  let length = 0
  for (let i = 0; i < vector.length; i++) length += vector[i]! * vector[i]!
  const scale = length > 0 ? 1 / Math.sqrt(length) : 0
  const cells = Array.from({ length: DIMENSIONS }, (_, i) => cellOf((vector[i] ?? 0) * scale))
  return curveIndex(cells)
}

/** Divides -1..1 into 1,024 cells. */
const cellOf = (value: number) => Math.min(2 ** BITS - 1, Math.max(0, Math.floor(((value + 1) / 2) * 2 ** BITS)))

/** The index of a cell along the curve. */
export function curveIndex(cells: readonly number[]): number {
  const x = [...cells]
  const n = x.length
  for (let q = 2 ** (BITS - 1); q > 1; q /= 2) {
    const below = q - 1
    for (let i = 0; i < n; i++) {
      if (x[i]! & q) x[0]! ^= below
      else {
        const swapped = (x[0]! ^ x[i]!) & below
        x[0]! ^= swapped
        x[i]! ^= swapped
      }
    }
  }
  for (let i = 1; i < n; i++) x[i]! ^= x[i - 1]!
  let turned = 0
  for (let q = 2 ** (BITS - 1); q > 1; q /= 2) if (x[n - 1]! & q) turned ^= q - 1
  let index = 0
  for (let bit = BITS - 1; bit >= 0; bit--)
    for (let i = 0; i < n; i++) index = index * 2 + (((x[i]! ^ turned) >> bit) & 1)
  return index
}
