// The detector finds animals, people and vehicles in a decoded photo, most confident first. The model runs in the
// inference process, which turns its output into boxes (inference/yolo.ts).

import type { Bbox, DetectionKind } from '../db/schema.ts'
import type { Inference } from './inference/inference.ts'
import { letterbox, toPhoto } from './inference/letterbox.ts'
import type { DetectorManifest } from './models/manifest.ts'
import { type Image, letterboxPixels } from './photos/image.ts'

export type Found = { kind: DetectionKind; label: string; bbox: Bbox; confidence: number }
export type Detector = {
  name: string
  sha256: string
  manifest: DetectorManifest
  /** `threshold`: instead of the manifest's typical one. Throws ModelError with stage `detect`. */
  detect(image: Image, options?: { threshold?: number; signal?: AbortSignal }): Promise<Found[]>
}

/** A box must have at least so many input pixels in both directions after it was cut to the photo. */
const MIN_SIDE_PX = 2

/** `key`: under which the inference process has it open. */
export function openDetector(inference: Inference, manifest: DetectorManifest, key = manifest.sha256): Detector {
  const { input } = manifest
  return {
    name: manifest.name,
    sha256: manifest.sha256,
    manifest,
    async detect(image, options = {}) {
      const place = letterbox(image.width, image.height, input.width, input.height)
      const pixels = await letterboxPixels(image, place, input, manifest.fill)
      const threshold = options.threshold ?? manifest.thresholds.typical
      const boxes = await inference.detect(key, pixels, threshold, options.signal)
      const found: Found[] = []
      for (const { corners, score, classIndex } of boxes) {
        const { name, kind } = manifest.classes[classIndex]!
        const bbox = toPhoto(corners, place)
        if (kind === 'other' || bbox[2] * place.width < MIN_SIDE_PX || bbox[3] * place.height < MIN_SIDE_PX) continue
        found.push({ kind, label: name, bbox, confidence: score })
      }
      return found
    },
  }
}
