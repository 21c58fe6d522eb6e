// Detections as the API shows them, with the summary of the tree's answer.

import type { Detection as DetectionRow } from '../../db/photos/detections.ts'
import type { Detection } from '../contract/detection.ts'
import { cropUrl } from './addresses.ts'
import { type TaxonDeps, taxonLookup } from './taxa.ts'

export async function presentDetections(deps: TaxonDeps, rows: DetectionRow[]): Promise<Detection[]> {
  const taxa = await taxonLookup(
    deps,
    rows.flatMap((row) => [
      row.taughtTaxonId,
      row.suggestion?.taxonId ?? null,
      row.suggestion?.stopTaxonId ?? null,
      row.appraisal?.rivalId ?? null,
    ]),
  )
  return rows.map(({ id, mediaId, boxVersion, taughtTaxonId, suggestion, capturedAt, appraisal, ...row }) => ({
    id: String(id),
    mediaId: String(mediaId),
    kind: row.kind,
    source: row.source,
    bbox: row.bbox,
    confidence: row.confidence,
    detector: row.detector,
    cropUrl: cropUrl(id, boxVersion),
    taxon: taxa.find(taughtTaxonId),
    conflict: row.conflict,
    mark: row.mark,
    setAside: row.setAside,
    capturedAt: capturedAt?.replace(' ', 'T') ?? null,
    groupKey: row.groupKey,
    observation: row.observation,
    suggestion:
      row.kind === 'animal' && suggestion
        ? {
            taxon: taxa.find(suggestion.taxonId),
            probability: suggestion.probability,
            stop: taxa.find(suggestion.stopTaxonId),
            novelty: suggestion.novelty,
            ownProbability: suggestion.ownProbability,
            disagreement: suggestion.disagreement,
            treeVersion: suggestion.treeVersion,
          }
        : null,
    unlikely: row.unlikely,
    question: row.kind === 'animal' ? row.question : null,
    resultsQuestion: row.kind === 'animal' ? row.resultsQuestion : null,
    appraisal: appraisal && {
      uniqueness: appraisal.uniqueness,
      representativeness: appraisal.representativeness,
      hardness: appraisal.hardness,
      duplicateOf: appraisal.duplicateId === null ? null : String(appraisal.duplicateId),
      duplicateDiffers: appraisal.duplicateDiffers,
      rival: taxa.find(appraisal.rivalId),
      doubt: appraisal.doubt,
    },
  }))
}
