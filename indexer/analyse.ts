// The pipeline, shared by indexing and searching: from the bytes of a photo to what is in it, each animal with its
// embedding. Where boxes are given, they are the animals, and the detector does not run. A photo in which nothing at
// all is found counts as one animal, the whole photo, and the result says so. A photo with only people or vehicles has
// no animal.

import { createHash } from 'node:crypto'
import type { Bbox, DetectionKind, DetectionSource } from '../db/schema.ts'
import { cutCrops } from './crop.ts'
import type { Models } from './models/models.ts'
import { decode } from './photos/image.ts'

export type AnalysedDetection = {
  kind: DetectionKind
  source: DetectionSource
  bbox: Bbox
  /** The detector's confidence; null where it did not make the box. */
  confidence: number | null
  /** Unit length; null for people and vehicles. */
  embedding: Float32Array | null
  /** JPEG, longest side at most 480 px; empty where no crops were asked for. */
  crop: Buffer
}
export type Analysis = {
  /** Upright pixels. */
  width: number
  height: number
  /** Of the photo's bytes. */
  sha256: string
  detections: AnalysedDetection[]
}
export type AnalyseOptions = {
  /** The animals, where somebody has boxed them already. */
  boxes?: readonly Bbox[]
  /** Everything that another program or person found, perhaps nothing. With it the detector is not asked. */
  found?: readonly Pick<AnalysedDetection, 'kind' | 'bbox' | 'confidence'>[]
  /**
   * Somebody says that the photo shows an animal: take the whole photo as one even where only people or vehicles are
   * found.
   */
  animalExpected?: boolean
  /** False: no JPEGs are made. */
  crops?: boolean
  signal?: AbortSignal
}

type Region = Pick<AnalysedDetection, 'kind' | 'source' | 'bbox' | 'confidence'>

/** Throws UnsupportedType, DecodeError or ModelError, each with a `stage`. */
export async function analyse(bytes: Uint8Array, models: Models, options: AnalyseOptions = {}): Promise<Analysis> {
  options.signal?.throwIfAborted()
  const { detector, embedder } = models
  const image = await decode(bytes, { workingSidePx: models.workingSidePx })
  const given =
    options.found ??
    (options.boxes?.length ? options.boxes.map((bbox) => ({ kind: 'animal' as const, bbox, confidence: null })) : null)
  const found: Region[] = given
    ? given.map(({ kind, bbox, confidence }) => ({ kind, bbox, confidence, source: 'imported' }))
    : (await detector.detect(image, options)).map((one) => ({ ...one, source: 'detector' }))
  if (found.length === 0 || (options.animalExpected && found.every(({ kind }) => kind !== 'animal'))) {
    found.push({ kind: 'animal', source: 'wholePhoto', bbox: [0, 0, 1, 1], confidence: null })
  }
  const boxes = found.map((region) => region.bbox)
  const crops = await cutCrops(image, boxes, embedder.manifest.cropRecipe, embedder.inputSize, {
    jpeg: options.crops ?? true,
  })
  const animals = crops.filter((_, index) => found[index]!.kind === 'animal')
  const embeddings = await embedder.embed(
    animals.map((crop) => crop.pixels),
    options,
  )
  const detections = found.map(({ kind, source, bbox, confidence }, index) => {
    const embedding = kind === 'animal' ? embeddings.shift()! : null
    return { kind, source, bbox, confidence, embedding, crop: crops[index]!.jpeg }
  })
  return { width: image.width, height: image.height, sha256: sha256Of(bytes), detections }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
