// What the tree has to learn: an append-only log of detections and taxa that changed, which every process reads, and
// what a detection teaches now.

import { and, asc, eq, gt, inArray, lte, max, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { detection, embedding, lesson, metricVector } from '../schema.ts'
import { idArray } from '../sql.ts'
import { vectorBytes } from '../vectors.ts'

export type Lesson = { id: number; kind: 'detection' | 'taxon'; subjectId: number }
/** Stands for no detection: how all are answered has changed, though nothing was taught. */
export const EVERYTHING = 0
/** The channel that is notified when lessons are committed (Database.listen). */
export const LESSON_CHANNEL = 'clavis_lesson'
/** Transactions commit out of order: a lesson may appear after another with an id larger by less than this. */
export const LESSON_WINDOW = 1000

/** To be called in the transaction that makes the change. */
export async function writeLessons(db: Db, kind: Lesson['kind'], subjectIds: number[]): Promise<void> {
  if (subjectIds.length === 0) return
  await db.execute(sql`
    with added as (insert into lesson (kind, subject_id) select ${kind}, unnest(${idArray(subjectIds)}) returning id)
    select pg_notify(${LESSON_CHANNEL}, '') from (select count(*) from added) as one`)
}

/**
 * Lessons with ids above `lowWater` - `window`, in order of id. The caller drops those that it has seen. PGlite has one
 * session, which commits in order of id: there a window of 0 is enough.
 */
export async function lessonsAfter(db: Db, lowWater: number, window = LESSON_WINDOW): Promise<Lesson[]> {
  return await db
    .select({ id: lesson.id, kind: lesson.kind, subjectId: lesson.subjectId })
    .from(lesson)
    .where(gt(lesson.id, lowWater - window))
    .orderBy(asc(lesson.id))
}

/** The largest lesson id, 0 when there is none. */
export async function lastLesson(db: Db): Promise<number> {
  const [row] = await db.select({ last: max(lesson.id) }).from(lesson)
  return row?.last ?? 0
}

/** How many lessons are about detections: in all, or up to and including one id. */
export async function countDetectionLessons(db: Db, options: { upTo?: number } = {}): Promise<number> {
  const upTo = options.upTo === undefined ? undefined : lte(lesson.id, options.upTo)
  return await db.$count(lesson, and(eq(lesson.kind, 'detection'), upTo))
}

export type Teaching = {
  detectionId: number
  mediaId: number
  /**
   * What it teaches; null where that is nothing: it was never identified, or withdrawn, or its conflict has no common
   * ancestor.
   */
  taxonId: number | null
  groupKey: string
  /** Its vector in the metric of `version`. Null where it was not written yet: then project `embedding`. */
  vector: Float32Array | null
  /** By `modelSha256`, at unit length. Null for people and vehicles, and where only another model embedded it. */
  embedding: Float32Array | null
}

/** What these detections teach now. Those that no longer exist are left out. */
export async function teachingOf(
  db: Db,
  detectionIds: number[],
  from: { version: number; modelSha256: string },
): Promise<Teaching[]> {
  return await db
    .select({
      detectionId: detection.id,
      mediaId: detection.mediaId,
      taxonId: detection.taughtTaxonId,
      groupKey: detection.groupKey,
      vector: vectorBytes(metricVector.vector),
      embedding: vectorBytes(embedding.vector),
    })
    .from(detection)
    .leftJoin(metricVector, and(eq(metricVector.detectionId, detection.id), eq(metricVector.version, from.version)))
    .leftJoin(embedding, and(eq(embedding.detectionId, detection.id), eq(embedding.modelSha256, from.modelSha256)))
    .where(inArray(detection.id, detectionIds))
    .orderBy(asc(detection.id))
}
