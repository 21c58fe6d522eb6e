// Turns detections into boxes on a photo, each with a label.

import type { Detection } from '../../../api/contract/detection.ts'
import type { PhotoBox } from './photo-sheet.tsx'

type Facts = Pick<Detection, 'id' | 'bbox' | 'taxon' | 'kind' | 'confidence' | 'source'>

/** The taxon if it is known, otherwise what the detector found. */
export function boxLabel(detection: Omit<Facts, 'id' | 'bbox'>): string {
  if (detection.taxon !== null) return detection.taxon.name
  if (detection.source === 'wholePhoto') return 'The whole photo'
  const sure = detection.confidence === null ? '' : ` (detector ${Math.round(detection.confidence * 100)} %)`
  return `${detection.kind.charAt(0).toUpperCase()}${detection.kind.slice(1)}${sure}`
}

/** A detection of the whole photo gets no outline. */
export const boxesOf = (detections: readonly Facts[]): PhotoBox[] =>
  detections
    .filter((d) => d.source !== 'wholePhoto')
    .map((d) => ({ id: d.id, bbox: d.bbox, label: boxLabel(d), quiet: d.kind !== 'animal' }))
