// The embedder turns crops, as RGB of its input size, into embeddings of unit length.

import type { Inference } from './inference/inference.ts'
import type { EmbedderManifest } from './models/manifest.ts'

export type Embedder = {
  name: string
  sha256: string
  manifest: EmbedderManifest
  /** Numbers per embedding. */
  dimensions: number
  /** Width and height of a crop in pixels. */
  inputSize: number
  /** Unit length each, in the order of the crops. Throws ModelError with stage `embed`. */
  embed(crops: readonly Uint8Array[], options?: { signal?: AbortSignal }): Promise<Float32Array[]>
}

/**
 * Applies the manifest's transform and scales to unit length. A crop without any feature (all zero) becomes the vector
 * of equal components, which has a direction and favours no crop.
 */
export function toUnitLength(features: Float32Array, transform: EmbedderManifest['transform']): Float32Array {
  const out = new Float32Array(features.length)
  let sum = 0
  for (let i = 0; i < features.length; i++) {
    const value = transform === 'sqrt' ? Math.sqrt(Math.max(0, features[i]!)) : features[i]!
    out[i] = value
    sum += value * value
  }
  if (!(sum > 0)) return out.fill(1 / Math.sqrt(out.length))
  const length = Math.sqrt(sum)
  for (let i = 0; i < out.length; i++) out[i] = out[i]! / length
  return out
}

export function openEmbedder(inference: Inference, manifest: EmbedderManifest): Embedder {
  return {
    name: manifest.name,
    sha256: manifest.sha256,
    manifest,
    dimensions: manifest.dimensions,
    inputSize: manifest.input.width,
    embed: (crops, { signal } = {}) =>
      Promise.all(
        crops.map(async (pixels) =>
          toUnitLength(await inference.embed(manifest.sha256, pixels, signal), manifest.transform),
        ),
      ),
  }
}
