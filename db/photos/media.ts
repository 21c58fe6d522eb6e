// Photos as rows, known by the sha256 of their bytes. Whether a photo is queued, indexed or failed is kept here and
// nowhere else.

import { and, asc, desc, eq, inArray, isNotNull, lt, notInArray, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { type Bbox, detection, type Failure, type MediaStatus, media, type PendingLabel } from '../schema.ts'
import { writeLessons } from '../trees/lessons.ts'
import { getDeployments, type Placed, placePhoto, takeBackDeployment } from './deployments.ts'
import { labelIndexedMedia } from './labels.ts'
import { joinSequence, refreshGroupKeysOf } from './sequences.ts'

export type Media = typeof media.$inferSelect

export type MediaFacts = {
  /** Of the photo's bytes, hexadecimal. */
  sha256: string
  filename: string
  mimeType: string
  bytes: number
  /** As EXIF has it: "2024:05:01 06:13:22". */
  capturedRaw?: string | null
  /** The same without a zone: "2024-05-01 06:13:22". */
  capturedAt?: string | null
  latitude?: number | null
  longitude?: number | null
  importId?: number | null
  /** The camera's name; a new deployment is made for a new one. */
  deployment?: string | null
  /** An individual or a burst: photos of one group count as one, whenever they were taken. */
  group?: string | null
  /** What the photo shows. It becomes identifications when the photo is indexed. */
  label?: PendingLabel | null
  /** Boxes of the animals. With them the detector does not run. */
  boxes?: Bbox[] | null
}

export type AddedMedia = {
  id: number
  status: MediaStatus
  failure: Failure | null
  existed: boolean
  /** The deployment that the photo keeps although another one was given; absent where nothing was in dispute. */
  keptDeployment?: string
}

/**
 * Adds a photo to be indexed. The same bytes are the same media: a label, boxes, a deployment or a group that were
 * missing are added, and nothing is overwritten. A label for a photo that is already indexed becomes identifications at
 * once. Boxes for one that nobody has identified send it back to the queue, to be indexed with them.
 */
export async function addMedia(db: Db, facts: MediaFacts): Promise<AddedMedia> {
  // Most photos of most imports are new and without a deployment: one statement is enough for them.
  if (!facts.deployment) {
    const added = await insertMedia(db, facts, null)
    if (added) return added
  }
  return await db.transaction(async (tx) => {
    // A known photo's time is in its row: an offer of known photos does not carry it.
    const capturedAt = facts.capturedAt ?? (facts.deployment ? await knownTime(tx, facts.sha256) : null)
    const placed = facts.deployment ? await placePhoto(tx, facts.deployment, capturedAt, { lock: true }) : null
    const added = await insertMedia(tx, facts, placed)
    if (added) {
      if (placed !== null && facts.capturedAt)
        await joinSequence(tx, {
          id: added.id,
          deploymentId: placed.id,
          capturedAt: shifted(facts.capturedAt, placed.clockOffsetSeconds),
        })
      return added
    }
    const [existing] = await tx.select().from(media).where(eq(media.sha256, facts.sha256)).for('update')
    if (!existing) throw new NotFound('media', facts.sha256)
    const keptDeployment = await placeLater(tx, existing, placed, facts.group ?? null)
    const status = await addLabel(tx, existing, facts)
    return {
      id: existing.id,
      status,
      failure: existing.failure,
      existed: true,
      ...(keptDeployment !== null && { keptDeployment }),
    }
  })
}

/** What the camera of a known photo said, as a time. */
async function knownTime(tx: Db, sha256: string): Promise<string | null> {
  const { rows } = await tx.execute<{ at: string | null }>(sql`
    select to_char(m.captured_at - make_interval(secs => coalesce(p.clock_offset_seconds, 0)),
      'YYYY-MM-DD HH24:MI:SS') as at
    from media m left join deployment p on p.id = m.deployment_id where m.sha256 = ${sha256}`)
  return rows[0]?.at ?? null
}

/** "2024-05-01 06:13:22" so many seconds later. */
function shifted(capturedAt: string, seconds: number): string {
  if (seconds === 0) return capturedAt
  const at = Date.parse(`${capturedAt.replace(' ', 'T')}Z`) + seconds * 1000
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/**
 * Gives a known photo the deployment and the group that it lacks. Returns the name of the deployment that it keeps
 * where another one is given now.
 */
async function placeLater(
  tx: Db,
  existing: Media,
  placed: Placed | null,
  group: string | null,
): Promise<string | null> {
  const { id } = existing
  const groupName = existing.groupName ?? group
  const grouped = groupName !== existing.groupName
  if (grouped) await tx.update(media).set({ groupName }).where(eq(media.id, id))
  if (placed !== null && existing.deploymentId === null) {
    const capturedAt = existing.capturedAt && shifted(existing.capturedAt, placed.clockOffsetSeconds)
    await tx.update(media).set({ deploymentId: placed.id, capturedAt }).where(eq(media.id, id))
    if (capturedAt) await joinSequence(tx, { id, deploymentId: placed.id, capturedAt })
  }
  if (grouped || (placed !== null && existing.deploymentId === null)) await refreshGroupKeysOf(tx, [id])
  if (placed === null || existing.deploymentId === null || existing.deploymentId === placed.id) return null
  if (placed.made) await takeBackDeployment(tx, placed.id)
  const kept = (await getDeployments(tx, [existing.deploymentId])).get(existing.deploymentId)
  return kept?.name ?? null
}

/** Null where these bytes are known. */
async function insertMedia(db: Db, facts: MediaFacts, placed: Placed | null): Promise<AddedMedia | null> {
  const [added] = await db
    .insert(media)
    .values({
      sha256: facts.sha256,
      filename: facts.filename,
      mimeType: facts.mimeType,
      bytes: facts.bytes,
      capturedRaw: facts.capturedRaw,
      capturedAt: facts.capturedAt && shifted(facts.capturedAt, placed?.clockOffsetSeconds ?? 0),
      latitude: facts.latitude,
      longitude: facts.longitude,
      importId: facts.importId,
      deploymentId: placed?.id,
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

/** Photos with these bytes, by sha256. */
export async function findMedia(db: Db, sha256s: string[]): Promise<Map<string, Media>> {
  const rows = await db.select().from(media).where(inArray(media.sha256, sha256s))
  return new Map(rows.map((row) => [row.sha256, row]))
}

/** Newest first. `cursor`: the last id of the page before. Photos that are added meanwhile shift no page. */
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

/** Ids of photos that wait, oldest first, without `excluding`. */
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

/** After so many attempts that ended without an answer (a crash, a kill), a photo is given up. */
export const MAX_ATTEMPTS = 3

/**
 * Counts an attempt at a queued photo before it is touched, so that a photo that kills the process cannot do so again
 * and again. Null where there is nothing to do: it is no longer queued, is gone, or is given up now (failed, with a
 * sentence) because too many attempts ended without an answer.
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
          'Processing this photo was interrupted ' || attempts || ' times without an answer (the process ended each time), so it is not tried again automatically'))
        else failure end
    where id = ${id} and status = 'queued'
    returning status, sha256, pending_boxes as "pendingBoxes", pending_label as "pendingLabel"`)
  const [begun] = rows
  return begun?.status === 'queued' ? begun : null
}

/** Cancels an attempt that never reached the photo. */
export async function takeBackAttempt(db: Db, id: number): Promise<void> {
  await db
    .update(media)
    .set({ attempts: sql`greatest(${media.attempts} - 1, 0)` })
    .where(and(eq(media.id, id), eq(media.status, 'queued')))
}

/** Records why a photo could not be indexed. One that is indexed already stays so. */
export async function markFailed(db: Db, id: number, failure: Failure): Promise<void> {
  await db
    .update(media)
    .set({ status: 'failed', failure })
    .where(and(eq(media.id, id), eq(media.status, 'queued')))
}

/**
 * Sends a failed photo back to the queue, with all its attempts. A photo that has not failed stays as it is. Throws
 * NotFound.
 */
export async function requeue(db: Db, id: number): Promise<Media> {
  const [row] = await db
    .update(media)
    .set({ status: 'queued', attempts: 0, failure: null })
    .where(and(eq(media.id, id), eq(media.status, 'failed')))
    .returning()
  return row ?? (await getMedia(db, id))
}

/**
 * Removes a photo with its detections, identifications and vectors, and writes lessons for what they taught. Returns
 * what its files are named after, so that they can be removed too. Throws NotFound.
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
