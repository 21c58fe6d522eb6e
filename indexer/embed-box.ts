// The embedding and the crop of one box that a person drew.

import type { Bbox } from '../db/schema.ts'
import { cutCrops } from './crop.ts'
import type { Models } from './models/models.ts'
import { decode } from './photos/image.ts'

/** Throws DecodeError, UnsupportedType or ModelError. */
export async function embedBox(
  bytes: Uint8Array,
  bbox: Bbox,
  { embedder, workingSidePx }: Models,
): Promise<{ embedding: Float32Array; crop: Buffer }> {
  const image = await decode(bytes, { workingSidePx })
  const [crop] = await cutCrops(image, [bbox], embedder.manifest.cropRecipe, embedder.inputSize)
  const [embedding] = await embedder.embed([crop!.pixels])
  return { embedding: embedding!, crop: crop!.jpeg }
}
