// Rows as the public nouns: ids as strings, taxa with their path, addresses of pictures.

import type { Learning } from '../../classifiers/live/learning.ts'
import type { Db } from '../../db/connection/connect.ts'
import { getDeployments } from '../../db/photos/deployments.ts'
import { type Detection as DetectionRow, detectionsOfMedia } from '../../db/photos/detections.ts'
import type { Media as MediaRow } from '../../db/photos/media.ts'
import type { Identification as IdentificationRow } from '../../db/statements/identifications.ts'
import type { Detection } from '../contract/detection.ts'
import type { Identification } from '../contract/identification.ts'
import type { Media, MediaItem } from '../contract/media.ts'
import { taxonLookup } from './taxa.ts'

type Deps = { db: Db; learning: Learning }

/** Each version of a box has a crop of its own, and the address names it. */
export const cropUrl = (detectionId: number, boxVersion = 0) =>
  `/api/detections/${detectionId}/crop${boxVersion === 0 ? '' : `?v=${boxVersion}`}`
export const imageUrl = (mediaId: number) => `/api/media/${mediaId}/image`

export async function presentDetections(deps: Deps, rows: DetectionRow[]): Promise<Detection[]> {
  const taxa = await taxonLookup(
    deps,
    rows.flatMap((row) => [row.taughtTaxonId, row.suggestion?.taxonId ?? null, row.suggestion?.stopTaxonId ?? null]),
  )
  return rows.map(({ id, mediaId, boxVersion, taughtTaxonId, suggestion, capturedAt, ...row }) => ({
    id: String(id),
    mediaId: String(mediaId),
    kind: row.kind,
    source: row.source,
    bbox: row.bbox,
    confidence: row.confidence,
    cropUrl: cropUrl(id, boxVersion),
    taxon: taxa.find(taughtTaxonId),
    conflict: row.conflict,
    mark: row.mark,
    setAside: row.setAside,
    capturedAt: capturedAt?.replace(' ', 'T') ?? null,
    groupKey: row.groupKey,
    suggestion: suggestion && {
      taxon: taxa.find(suggestion.taxonId),
      probability: suggestion.probability,
      stop: taxa.find(suggestion.stopTaxonId),
      novelty: suggestion.novelty,
      ownProbability: suggestion.ownProbability,
      disagreement: suggestion.disagreement,
      treeVersion: suggestion.treeVersion,
    },
  }))
}

export async function presentMedia(deps: Deps, rows: MediaRow[]): Promise<Media[]> {
  const [found, deployments] = await Promise.all([
    detectionsOfMedia(
      deps.db,
      rows.map((row) => row.id),
    ),
    getDeployments(
      deps.db,
      rows.flatMap((row) => row.deploymentId ?? []),
    ),
  ])
  const detections = await presentDetections(deps, found)
  return rows.map((row) => ({
    id: String(row.id),
    filename: row.filename,
    sha256: row.sha256,
    status: row.status,
    failure: row.failure,
    width: row.width,
    height: row.height,
    bytes: row.bytes,
    capturedAt: row.capturedAt?.replace(' ', 'T') ?? null,
    latitude: row.latitude,
    longitude: row.longitude,
    deployment: row.deploymentId === null ? null : (deployments.get(row.deploymentId)?.name ?? null),
    sequenceId: row.sequenceId === null ? null : String(row.sequenceId),
    group: row.groupName,
    importId: row.importId === null ? null : String(row.importId),
    imageUrl: imageUrl(row.id),
    notes: row.notes,
    favourite: row.favourite,
    mark: row.mark,
    detections: detections.filter((detection) => detection.mediaId === String(row.id)),
    createdAt: row.createdAt.toISOString(),
  }))
}

export async function presentIdentifications(deps: Deps, rows: IdentificationRow[]): Promise<Identification[]> {
  const taxa = await taxonLookup(
    deps,
    rows.map((row) => row.taxonId),
  )
  return rows.map((row) => ({
    id: String(row.id),
    detectionId: String(row.detectionId),
    taxon: taxa.get(row.taxonId),
    person: row.person,
    basis: row.basis,
    proposal: row.proposal,
    replacesId: row.replacesId === null ? null : String(row.replacesId),
    createdAt: row.createdAt.toISOString(),
    withdrawnAt: row.withdrawnAt?.toISOString() ?? null,
    withdrawnBy: row.withdrawnBy,
  }))
}

export function presentItem(row: Pick<MediaRow, 'id' | 'filename' | 'status' | 'failure'>): MediaItem {
  return {
    id: String(row.id),
    filename: row.filename,
    status: row.status,
    ...(row.failure !== null && row.status === 'failed' && { failure: row.failure }),
  }
}
