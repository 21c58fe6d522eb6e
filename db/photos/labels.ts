// Labels that came with photos, made identifications by `import:NAME`. Where the import gave boxes, the label names
// each of them. Else it names the animal that the detector is surest of, and is a proposal for the others.

import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import {
  type Bbox,
  type DetectionKind,
  type DetectionSource,
  detection,
  identification,
  type MediaStatus,
  media,
  type PendingLabel,
} from '../schema.ts'
import { identify } from '../statements/identifications.ts'
import { writeLessons } from '../trees/lessons.ts'

export type Labelled = { id: number; kind: DetectionKind; source: DetectionSource; confidence: number | null }

/** Ids of the detections of one photo that a label names, and of those for which it is only a proposal. */
export function nameDetections(detections: Labelled[]): { taught: number[]; proposed: number[] } {
  const animals = detections.filter((one) => one.kind === 'animal')
  const boxes = animals.filter((one) => one.source === 'imported')
  if (boxes.length > 0) return { taught: boxes.map((one) => one.id), proposed: [] }
  const [surest, ...others] = [...animals].sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0) || a.id - b.id)
  return { taught: surest ? [surest.id] : [], proposed: others.map((one) => one.id) }
}

/**
 * For detections that this transaction made: nobody can have identified them, so two statements without locks are
 * enough.
 */
export async function labelNewDetections(tx: Db, detections: Labelled[], label: PendingLabel): Promise<void> {
  const { taught, proposed } = nameDetections(detections)
  const rows = [...taught.map((id) => ({ id, proposal: false })), ...proposed.map((id) => ({ id, proposal: true }))]
  if (rows.length === 0) return
  await tx.insert(identification).values(
    rows.map(({ id, proposal }) => ({
      detectionId: id,
      taxonId: label.taxonId,
      person: label.person,
      basis: { kind: 'import' as const },
      proposal,
    })),
  )
  await writeLessons(tx, 'detection', taught)
}

/** Gives a photo a label, boxes or both that came after it was indexed. The caller must have locked its row. */
export async function labelIndexedMedia(
  tx: Db,
  mediaId: number,
  label: PendingLabel | null,
  boxes: Bbox[] | null,
): Promise<MediaStatus> {
  const detections = await tx
    .select({
      id: detection.id,
      kind: detection.kind,
      source: detection.source,
      confidence: detection.confidence,
    })
    .from(detection)
    .where(and(eq(detection.mediaId, mediaId), isNull(detection.hiddenAt)))
    .for('update')
  const [identified] = await tx
    .select({ id: identification.id })
    .from(identification)
    .innerJoin(detection, eq(detection.id, identification.detectionId))
    .where(and(eq(detection.mediaId, mediaId), isNull(identification.withdrawnAt)))
    .limit(1)
  if (identified) return 'indexed'
  if (boxes && !detections.some((one) => one.source === 'imported')) {
    await tx.delete(detection).where(eq(detection.mediaId, mediaId))
    await tx
      .update(media)
      .set({ status: 'queued', attempts: 0, indexedAt: null, pendingBoxes: boxes, pendingLabel: label })
      .where(eq(media.id, mediaId))
    return 'queued'
  }
  if (!label) return 'indexed'
  const { taught, proposed } = nameDetections(detections)
  const statement = { taxonId: label.taxonId, person: label.person, basis: { kind: 'import' as const } }
  for (const detectionId of taught) await identify(tx, { ...statement, detectionId })
  for (const detectionId of proposed) await identify(tx, { ...statement, detectionId, proposal: true })
  return 'indexed'
}
