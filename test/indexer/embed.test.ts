// Numbers on their way into and out of models: half precision, tensors, unit length.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toUnitLength } from '../../indexer/embed.ts'
import { fromHalf, fromHalves, toHalf } from '../../indexer/inference/float16.ts'
import { tensorMaker } from '../../indexer/inference/tensor.ts'
import type { ModelInput } from '../../indexer/models/manifest.ts'

test('half precision: values known from IEEE 754', () => {
  const known: [number, number][] = [
    [0, 0x0000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [1 / 3, 0x3555],
    [Number.POSITIVE_INFINITY, 0x7c00],
  ]
  for (const [value, bits] of known) assert.equal(toHalf(value), bits, `${value}`)
  assert.equal(toHalf(-0), 0x8000)
  assert.equal(toHalf(70_000), 0x7c00)
  assert.equal(toHalf(65_520), 0x7c00, 'rounds up to infinity')
  assert.equal(toHalf(1e-9), 0)
  assert.ok(Number.isNaN(fromHalf(toHalf(Number.NaN))))
  // Ties go to even: 1 + 2^-11 lies between 1 and 1 + 2^-10.
  assert.equal(toHalf(1 + 2 ** -11), 0x3c00)
  assert.equal(toHalf(1 + 3 * 2 ** -11), 0x3c02)
})

test('every half survives the way to a number and back', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i)
  const numbers = fromHalves(all)
  for (const half of all) {
    const value = fromHalf(half)
    assert.ok(Object.is(numbers[half], value))
    if (!Number.isNaN(value) && toHalf(value) !== half) assert.fail(`${half} became ${toHalf(value)}`)
  }
})

const input: ModelInput = {
  name: 'images',
  width: 2,
  height: 1,
  type: 'float32',
  layout: 'NCHW',
  range: [0, 1],
  mean: [0, 0, 0],
  std: [1, 1, 1],
}
const twoPixels = Uint8Array.from([255, 51, 0, 0, 102, 255])
const rounded = (data: ArrayLike<number>) => Array.from(data, (value) => Math.round(value * 1000) / 1000)

test('pixels become planes of red, green and blue, or stay together', () => {
  const planes = tensorMaker(input)([twoPixels], 1)
  assert.deepEqual(planes.dims, [1, 3, 1, 2])
  assert.deepEqual(rounded(planes.data), [1, 0, 0.2, 0.4, 0, 1])
  const together = tensorMaker({ ...input, layout: 'NHWC' })([twoPixels], 1)
  assert.deepEqual(together.dims, [1, 1, 2, 3])
  assert.deepEqual(rounded(together.data), [1, 0.2, 0, 0, 0.4, 1])
})

test('range, mean and std are applied in this order, per channel', () => {
  const scaled = tensorMaker({ ...input, range: [-1, 1], mean: [0.5, 0, 0], std: [1, 2, 0.5] })([twoPixels], 1)
  assert.deepEqual(rounded(scaled.data), [0.5, -1.5, -0.3, -0.1, -2, 2])
})

test('half precision and bytes; pictures that are missing from a fixed batch are zero', () => {
  const halves = tensorMaker({ ...input, type: 'float16' })([twoPixels], 2)
  assert.ok(halves.data instanceof Uint16Array)
  assert.deepEqual(rounded(fromHalves(halves.data)), [1, 0, 0.2, 0.4, 0, 1, 0, 0, 0, 0, 0, 0])
  const bytes = tensorMaker({ ...input, type: 'uint8', range: [0, 255], layout: 'NHWC' })([twoPixels], 1)
  assert.deepEqual([...bytes.data], [...twoPixels])
})

test('embeddings have unit length, with and without the square root', () => {
  assert.deepEqual(rounded(toUnitLength(Float32Array.from([3, 0, 4]), 'none')), [0.6, 0, 0.8])
  assert.deepEqual(rounded(toUnitLength(Float32Array.from([9, 0, 16]), 'sqrt')), [0.6, 0, 0.8])
  // A number that should not be negative, and is by a rounding error, counts as zero.
  assert.deepEqual(rounded(toUnitLength(Float32Array.from([9, -1e-9, 16]), 'sqrt')), [0.6, 0, 0.8])
})

test('whatever comes out of a model, the embedding has unit length', () => {
  const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 50), max: 2 ** 50 }), {
    minLength: 2,
    maxLength: 40,
  })
  fc.assert(
    fc.property(numbers, fc.constantFrom('none' as const, 'sqrt' as const), (values, transform) => {
      const unit = toUnitLength(Float32Array.from(values), transform)
      assert.ok(Math.abs(Math.hypot(...unit) - 1) < 1e-4, `${unit}`)
    }),
    { seed: 4 },
  )
})
