// Photos as the API shows them, with their detections.

import type { Db } from '../../db/connection/connect.ts'
import { getDeployments } from '../../db/photos/deployments.ts'
import { detectionsOfMedia } from '../../db/photos/detections.ts'
import type { Media as MediaRow } from '../../db/photos/media.ts'
import type { Media, MediaItem } from '../contract/media.ts'
import { imageUrl } from './addresses.ts'
import { presentDetections } from './detections.ts'
import type { TaxonDeps } from './taxa.ts'

export async function presentMedia(deps: TaxonDeps & { db: Db }, rows: MediaRow[]): Promise<Media[]> {
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

type Item = Pick<MediaRow, 'id' | 'filename' | 'status' | 'failure'> & {
  keptDeployment?: string
  leftOut?: string[]
}

export function presentItem(row: Item): MediaItem {
  return {
    id: String(row.id),
    filename: row.filename,
    status: row.status,
    ...(row.failure !== null && row.status === 'failed' && { failure: row.failure }),
    ...(row.keptDeployment !== undefined && { keptDeployment: row.keptDeployment }),
    ...(row.leftOut !== undefined && row.leftOut.length > 0 && { leftOut: row.leftOut }),
  }
}
