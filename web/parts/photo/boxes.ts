// Detections as boxes on a photo. In: detections. Out: what to draw, and what a box says when pointed at.

import type { Detection } from '../../../api/contract/detection.ts'
import type { PhotoBox } from './photo-sheet.tsx'

type Facts = Pick<Detection, 'id' | 'bbox' | 'taxon' | 'kind' | 'confidence' | 'source'>

/** What is known of it, else what the detector took it for. */
export function boxLabel(detection: Omit<Facts, 'id' | 'bbox'>): string {
  if (detection.taxon !== null) return detection.taxon.name
  if (detection.source === 'wholePhoto') return 'The whole photo'
  const sure = detection.confidence === null ? '' : ` (detector ${Math.round(detection.confidence * 100)} %)`
  return `${detection.kind.charAt(0).toUpperCase()}${detection.kind.slice(1)}${sure}`
}

/** The whole photo needs no outline. */
export const boxesOf = (detections: readonly Facts[]): PhotoBox[] =>
  detections
    .filter((d) => d.source !== 'wholePhoto')
    .map((d) => ({ id: d.id, bbox: d.bbox, label: boxLabel(d), quiet: d.kind !== 'animal' }))
