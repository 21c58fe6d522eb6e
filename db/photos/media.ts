// Photos as rows. In: what is known of a photo beside its bytes. Out: media rows, known by the sha256 of the bytes; the
// queue's state (queued, indexed, failed) lives here and nowhere else.

import { and, asc, desc, eq, inArray, isNotNull, lt, notInArray, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { type Bbox, detection, type Failure, type MediaStatus, media, type PendingLabel } from '../schema.ts'
import { writeLessons } from '../trees/lessons.ts'
import { ensureDeployment } from './deployments.ts'
import { labelIndexedMedia } from './labels.ts'
import { joinSequence } from './sequences.ts'

export type Media = typeof media.$inferSelect

export type MediaFacts = {
  /** Of the photo's bytes, hexadecimal. */
  sha256: string
  filename: string
  mimeType: string
  bytes: number
  /** As EXIF has it, "2024:05:01 06:13:22". */
  capturedRaw?: string | null
  /** The same as "2024-05-01 06:13:22", no zone. */
  capturedAt?: string | null
  latitude?: number | null
  longitude?: number | null
  importId?: number | null
  /** Name of the camera's place; made when it is new. */
  deployment?: string | null
  /** An individual or a burst: photos of one group count as one, whatever their times. */
  group?: string | null
  /** What the photo shows; becomes identifications when it is indexed. */
  label?: PendingLabel | null
  /** Animals' boxes; with them the detector is not asked. */
  boxes?: Bbox[] | null
}

export type AddedMedia = { id: number; status: MediaStatus; failure: Failure | null; existed: boolean }

/**
 * Adds a photo to be indexed. The same bytes again are the same media: what the first time did not know (a label, boxes) is
 * added, nothing is overwritten. A label for a photo that is already indexed becomes identifications at once; boxes for one
 * that nobody has identified send it back to be indexed with them.
 */
export async function addMedia(db: Db, facts: MediaFacts): Promise<AddedMedia> {
  // Most photos of most imports are new and without a deployment: one statement, no transaction.
  if (!facts.deployment) {
    const added = await insertMedia(db, facts, null)
    if (added) return added
  }
  return await db.transaction(async (tx) => {
    const deploymentId = facts.deployment ? await ensureDeployment(tx, facts.deployment, { lock: true }) : null
    const added = await insertMedia(tx, facts, deploymentId)
    if (added) {
      if (deploymentId !== null && facts.capturedAt)
        await joinSequence(tx, { id: added.id, deploymentId, capturedAt: facts.capturedAt })
      return added
    }
    const [existing] = await tx.select().from(media).where(eq(media.sha256, facts.sha256)).for('update')
    if (!existing) throw new NotFound('media', facts.sha256)
    const status = await addLabel(tx, existing, facts)
    return { id: existing.id, status, failure: existing.failure, existed: true }
  })
}

/** Null when these bytes are known. */
async function insertMedia(db: Db, facts: MediaFacts, deploymentId: number | null): Promise<AddedMedia | null> {
  const [added] = await db
    .insert(media)
    .values({
      sha256: facts.sha256,
      filename: facts.filename,
      mimeType: facts.mimeType,
      bytes: facts.bytes,
      capturedRaw: facts.capturedRaw,
      capturedAt: facts.capturedAt,
      latitude: facts.latitude,
      longitude: facts.longitude,
      importId: facts.importId,
      deploymentId,
      groupName: facts.group,
      pendingLabel: facts.label,
      pendingBoxes: facts.boxes,
    })
    .onConflictDoNothing({ target: media.sha256 })
    .returning({ id: media.id, status: media.status })
  return added ? { ...added, failure: null, existed: false } : null
}

async function addLabel(tx: Db, existing: Media, facts: MediaFacts): Promise<MediaStatus> {
  const label = facts.label ?? null
  const boxes = facts.boxes && facts.boxes.length > 0 ? facts.boxes : null
  if (existing.status !== 'indexed') {
    const pendingLabel = existing.pendingLabel ?? label
    const pendingBoxes = existing.pendingBoxes ?? boxes
    await tx.update(media).set({ pendingLabel, pendingBoxes }).where(eq(media.id, existing.id))
    return existing.status
  }
  if (!label && !boxes) return existing.status
  return await labelIndexedMedia(tx, existing.id, label, boxes)
}

/** Throws NotFound. */
export async function getMedia(db: Db, id: number): Promise<Media> {
  const [row] = await db.select().from(media).where(eq(media.id, id))
  if (!row) throw new NotFound('media', id)
  return row
}

/** Sets what people wrote about a photo. */
export async function changeNotes(db: Db, id: number, to: { notes: string; favourite: boolean }): Promise<void> {
  await db.update(media).set({ notes: to.notes, favourite: to.favourite }).where(eq(media.id, id))
}

/** Those of the photos that are known, by sha256. */
export async function findMedia(db: Db, sha256s: string[]): Promise<Map<string, Media>> {
  const rows = await db.select().from(media).where(inArray(media.sha256, sha256s))
  return new Map(rows.map((row) => [row.sha256, row]))
}

/** Newest first; `cursor` is the last id of the page before. Rows added meanwhile never shift a page. */
export async function listMedia(
  db: Db,
  filter: { cursor?: number | null; limit: number; importId?: number; status?: MediaStatus },
): Promise<Media[]> {
  return await db
    .select()
    .from(media)
    .where(
      and(
        filter.cursor ? lt(media.id, filter.cursor) : undefined,
        filter.importId === undefined ? undefined : eq(media.importId, filter.importId),
        filter.status === undefined ? undefined : eq(media.status, filter.status),
      ),
    )
    .orderBy(desc(media.id))
    .limit(filter.limit)
}

/** Ids of photos that wait, oldest first, without `excluding` (those being worked on). */
export async function takeQueued(db: Db, limit: number, excluding: number[] = []): Promise<number[]> {
  const rows = await db
    .select({ id: media.id })
    .from(media)
    .where(and(eq(media.status, 'queued'), excluding.length > 0 ? notInArray(media.id, excluding) : undefined))
    .orderBy(asc(media.id))
    .limit(limit)
  return rows.map((row) => row.id)
}

/** How many photos wait. */
export async function countQueued(db: Db): Promise<number> {
  return await db.$count(media, eq(media.status, 'queued'))
}

/** Attempts that may end without an answer (a crash, a kill) before a photo is given up. */
export const MAX_ATTEMPTS = 3

/**
 * Counts an attempt at a queued photo, durably, before it is touched: what kills the process cannot do so for ever. Null when
 * there is nothing to do: no longer queued, gone, or given up now (failed, with a sentence) because too many attempts ended
 * without an answer.
 */
export async function beginAttempt(
  db: Db,
  id: number,
): Promise<Pick<Media, 'sha256' | 'pendingBoxes' | 'pendingLabel'> | null> {
  const { rows } = await db.execute<{
    status: MediaStatus
    sha256: string
    pendingBoxes: Bbox[] | null
    pendingLabel: PendingLabel | null
  }>(sql`
    update media set
      attempts = least(attempts + 1, ${MAX_ATTEMPTS + 1}::int),
      status = case when attempts >= ${MAX_ATTEMPTS}::int then 'failed' else status end,
      failure = case when attempts >= ${MAX_ATTEMPTS}::int then
        coalesce(failure, jsonb_build_object('stage', 'decode', 'message',
          'Processing this photo was broken off ' || attempts || ' times without an answer (the process ended each time), so it is not tried again by itself'))
        else failure end
    where id = ${id} and status = 'queued'
    returning status, sha256, pending_boxes as "pendingBoxes", pending_label as "pendingLabel"`)
  const [begun] = rows
  return begun?.status === 'queued' ? begun : null
}

/** An attempt that never reached the photo does not count. */
export async function takeBackAttempt(db: Db, id: number): Promise<void> {
  await db
    .update(media)
    .set({ attempts: sql`greatest(${media.attempts} - 1, 0)` })
    .where(and(eq(media.id, id), eq(media.status, 'queued')))
}

/** Records why a photo could not be indexed. Photos that are indexed already stay so. */
export async function markFailed(db: Db, id: number, failure: Failure): Promise<void> {
  await db
    .update(media)
    .set({ status: 'failed', failure })
    .where(and(eq(media.id, id), eq(media.status, 'queued')))
}

/** Sends a failed photo back to the queue with fresh attempts. Throws NotFound; a photo that is not failed stays as it is. */
export async function requeue(db: Db, id: number): Promise<Media> {
  const [row] = await db
    .update(media)
    .set({ status: 'queued', attempts: 0, failure: null })
    .where(and(eq(media.id, id), eq(media.status, 'failed')))
    .returning()
  return row ?? (await getMedia(db, id))
}

/**
 * Removes a photo with its detections, identifications and vectors, and writes lessons for what they taught. Answers what its
 * files were named after, for removing them. Throws NotFound.
 */
export async function deleteMedia(db: Db, id: number): Promise<{ sha256: string; detectionIds: number[] }> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.select({ sha256: media.sha256 }).from(media).where(eq(media.id, id)).for('update')
    if (!row) throw new NotFound('media', id)
    const detections = await tx
      .select({ id: detection.id, taught: isNotNull(detection.taughtTaxonId).mapWith(Boolean) })
      .from(detection)
      .where(eq(detection.mediaId, id))
      .for('update')
    await tx.delete(media).where(eq(media.id, id))
    await writeLessons(
      tx,
      'detection',
      detections.filter((one) => one.taught).map((one) => one.id),
    )
    return { sha256: row.sha256, detectionIds: detections.map((one) => one.id) }
  })
}
