// One thread's float32 product of a matrix with a vector in onnxruntime: what scoring is measured against.

import * as ort from 'onnxruntime-node'

/** MatMul of `matrix` (rows x width) and `query` (width x 1): 147 bytes, as test/support/onnx-writer.ts writes them. */
export const PRODUCT =
  'CAc6iAEKIAoGbWF0cml4CgVxdWVyeRIHcHJvZHVjdCIGTWF0TXVsEgR0ZXN0WiEKBm1hdHJpeBIXChUIARIRCgYSBHJvd3MKBxIFd2lkdGhaHAoFcXVlcnkSEwoRCAESDQoHEgV3aWR0aAoCCAFiHQoHcHJvZHVjdBISChAIARIMCgYSBHJvd3MKAggBQgQKABAM'

/** `matrix` is row-major. */
export async function openProduct() {
  const session = await ort.InferenceSession.create(Buffer.from(PRODUCT, 'base64'), { intraOpNumThreads: 1 })
  return {
    async multiply(matrix: Float32Array, query: Float32Array): Promise<Float32Array> {
      const width = query.length
      const results = await session.run({
        matrix: new ort.Tensor('float32', matrix, [matrix.length / width, width]),
        query: new ort.Tensor('float32', query, [width, 1]),
      })
      // Declared float32 above.
      return results.product!.data as Float32Array
    },
    close: () => session.release(),
  }
}
