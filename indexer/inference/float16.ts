// IEEE 754 half precision: numbers, and their 16 bits in a Uint16Array, as onnxruntime-node has them.

const bits = new Uint32Array(1)
const single = new Float32Array(bits.buffer)

/** The 16 bits of the half that is nearest to `value`, ties to even. What is too large becomes infinity. */
export function toHalf(value: number): number {
  single[0] = value
  const b = bits[0]!
  const sign = (b >>> 16) & 0x8000
  const exponent = (b >>> 23) & 0xff
  const fraction = b & 0x7fffff
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0)
  const e = exponent - 112
  if (e >= 31) return sign | 0x7c00
  const shift = e > 0 ? 13 : 14 - e
  if (shift > 24) return sign
  const mantissa = e > 0 ? (e << 23) | fraction : fraction | 0x800000
  const half = mantissa >>> shift
  const rest = mantissa & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  // A carry out of the fraction goes into the exponent, which is right, infinity included.
  return sign | (half + (rest > middle || (rest === middle && half & 1) ? 1 : 0))
}

export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

let table: Float32Array | null = null

/** All of `halves` as float32, by a table of the 65,536 possible values, because a YOLOv5 output holds two million. */
export function fromHalves(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, half) => fromHalf(half))
  const out = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i]!]!
  return out
}
