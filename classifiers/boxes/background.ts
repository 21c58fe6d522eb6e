// A whole photo's vector in few numbers whose cosine is close to that of the vectors themselves: a random projection
// (Achlioptas 2003). The tree's metric is of no use here, because it leaves out what does not tell species apart, and
// the scene behind the animals is just that.

import { random } from '../seeded-random.ts'

/** The error of a cosine of 0.9 is about 0.02. */
export const BACKGROUND_NUMBERS = 96
const SEED = 12

const signs = new Map<number, Int8Array>()

/** Unit length. The same numbers for the same vector at all times. */
export function backgroundOf(embedding: ArrayLike<number>): Float32Array {
  const { length } = embedding
  const rows = signs.get(length) ?? drawSigns(length)
  signs.set(length, rows)
  const projected = new Float32Array(BACKGROUND_NUMBERS)
  let squares = 0
  for (let k = 0; k < BACKGROUND_NUMBERS; k++) {
    let sum = 0
    for (let i = 0, at = k * length; i < length; i++, at++) sum += rows[at]! * embedding[i]!
    projected[k] = sum
    squares += sum ** 2
  }
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
  return projected.map((value) => value * scale)
}

function drawSigns(length: number): Int8Array {
  const next = random(SEED)
  return Int8Array.from({ length: length * BACKGROUND_NUMBERS }, () => (next() < 0.5 ? -1 : 1))
}
