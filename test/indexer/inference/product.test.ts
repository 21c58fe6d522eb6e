// The product that scoring is measured against: its model is what the writer of test models makes, and it multiplies.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openProduct, PRODUCT } from '../../bench/onnx-product.ts'
import { writeOnnx } from '../../support/onnx-writer.ts'

test('a matrix times a vector', async () => {
  const written = writeOnnx({
    inputs: [
      { name: 'matrix', type: 'float32', shape: ['rows', 'width'] },
      { name: 'query', type: 'float32', shape: ['width', 1] },
    ],
    outputs: [{ name: 'product', type: 'float32', shape: ['rows', 1] }],
    nodes: [{ op: 'MatMul', inputs: ['matrix', 'query'], outputs: ['product'] }],
  })
  assert.equal(written.toString('base64'), PRODUCT)
  const product = await openProduct()
  try {
    const found = await product.multiply(Float32Array.from([1, 2, 3, 4, 5, 6]), Float32Array.from([1, 0, -1]))
    assert.deepEqual([...found], [-2, -2])
  } finally {
    await product.close()
  }
})
