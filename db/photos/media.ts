// Photos as rows, known by the sha256 of their bytes. Whether a photo is queued, indexed or failed is kept here and
// nowhere else.

import { and, asc, desc, eq, gt, inArray, isNotNull, lt, notInArray, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import {
  type Bbox,
  detection,
  type Failure,
  type MediaStatus,
  media,
  type PendingFindings,
  type PendingLabel,
} from '../schema.ts'
import { arrayParameter } from '../sql.ts'
import { writeLessons } from '../trees/lessons.ts'

export type Media = typeof media.$inferSelect

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

/** Photos whose file name is the last part of one of these paths, whatever its ending and its capitals. */
export async function findMediaNamedLike(db: Db, paths: string[]): Promise<Pick<Media, 'filename' | 'sha256'>[]> {
  const stem = (column: SQL) => sql`lower(regexp_replace(regexp_replace(${column}, '^.*/', ''), '\\.[^.]+$', ''))`
  const stems = paths.flatMap((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
    return [name, name.replace(/\.[^.]+$/, '')]
  })
  return await db
    .select({ filename: media.filename, sha256: media.sha256 })
    .from(media)
    .where(sql`${stem(sql`${media.filename}`)} = any(${arrayParameter([...new Set(stems)], 'text')})`)
}

/** Indexed photos in order of id: those of the ids, or those after an id. */
export async function mediaAfter(db: Db, page: { ids: number[] } | { after: number; limit: number }): Promise<Media[]> {
  const which = 'ids' in page ? inArray(media.id, page.ids) : gt(media.id, page.after)
  const rows = db
    .select()
    .from(media)
    .where(and(eq(media.status, 'indexed'), which))
    .orderBy(asc(media.id))
  return 'ids' in page ? await rows : await rows.limit(page.limit)
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
): Promise<Pick<Media, 'sha256' | 'pendingBoxes' | 'pendingLabel' | 'pendingFindings'> | null> {
  const { rows } = await db.execute<{
    status: MediaStatus
    sha256: string
    pendingBoxes: Bbox[] | null
    pendingLabel: PendingLabel | null
    pendingFindings: PendingFindings | null
  }>(sql`
    update media set
      attempts = least(attempts + 1, ${MAX_ATTEMPTS + 1}::int),
      status = case when attempts >= ${MAX_ATTEMPTS}::int then 'failed' else status end,
      failure = case when attempts >= ${MAX_ATTEMPTS}::int then
        coalesce(failure, jsonb_build_object('stage', 'decode', 'message',
          'Processing this photo was interrupted ' || attempts || ' times without an answer (the process ended each time), so it is not tried again automatically'))
        else failure end
    where id = ${id} and status = 'queued'
    returning status, sha256, pending_boxes as "pendingBoxes", pending_label as "pendingLabel",
      pending_findings as "pendingFindings"`)
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
