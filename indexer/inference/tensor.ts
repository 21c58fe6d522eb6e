// From pixels (RGB bytes, row by row) to the numbers that a model's input wants, by a table of 256 entries for each
// channel, so that range, mean, std and half precision cost nothing for each pixel.

import type { ModelInput } from '../models/manifest.ts'
import { toHalf } from './float16.ts'

export type TensorData = Float32Array | Uint16Array | Uint8Array
export type ToTensor = (pictures: readonly Uint8Array[], batch: number) => { data: TensorData; dims: number[] }

/** Makes the function that fills a batch of `batch` pictures. Missing pictures are left zero. */
export function tensorMaker(input: ModelInput): ToTensor {
  const { width, height, layout, type } = input
  const area = width * height
  const make = (length: number): TensorData =>
    type === 'float32'
      ? new Float32Array(length)
      : type === 'float16'
        ? new Uint16Array(length)
        : new Uint8Array(length)
  const tables = [0, 1, 2].map((channel) => {
    const table = make(256)
    const [low, high] = input.range
    for (let v = 0; v < 256; v++) {
      const value = (low + (v / 255) * (high - low) - input.mean[channel]!) / input.std[channel]!
      table[v] = type === 'float16' ? toHalf(value) : value
    }
    return table
  })
  const [red, green, blue] = [tables[0]!, tables[1]!, tables[2]!]
  // Such an input takes a picture's bytes as they are.
  const asItIs =
    layout === 'NHWC' && type === 'uint8' && tables.every((table) => table.every((value, v) => value === v))
  return (pictures, batch) => {
    const data = make(batch * 3 * area)
    for (const [index, pixels] of pictures.entries()) {
      if (pixels.length !== 3 * area) {
        throw new RangeError(`Expected ${3 * area} bytes of RGB for ${width} x ${height} but received ${pixels.length}`)
      }
      const start = index * 3 * area
      if (asItIs) data.set(pixels, start)
      else if (layout === 'NCHW') {
        for (let i = 0, p = 0; i < area; i++, p += 3) {
          data[start + i] = red[pixels[p]!]!
          data[start + area + i] = green[pixels[p + 1]!]!
          data[start + 2 * area + i] = blue[pixels[p + 2]!]!
        }
      } else {
        for (let p = 0; p < 3 * area; p += 3) {
          data[start + p] = red[pixels[p]!]!
          data[start + p + 1] = green[pixels[p + 1]!]!
          data[start + p + 2] = blue[pixels[p + 2]!]!
        }
      }
    }
    return { data, dims: layout === 'NCHW' ? [batch, 3, height, width] : [batch, height, width, 3] }
  }
}
