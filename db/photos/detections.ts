// Animals, people and vehicles in photos, with the last summary of what the tree says about them. Boxes that a person
// removed are left out.

import { and, asc, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import {
  appraisal,
  type Bbox,
  type DetectionKind,
  type DetectionMark,
  type DetectionSource,
  detection,
  kindOf,
  media,
  observation,
  type QuestionReason,
  question,
  resultsQuestion,
  suggestion,
  type UnlikelyKind,
  unlikelyBox,
} from '../schema.ts'
import type { SuggestionSummary } from '../trees/suggestions.ts'
import { type Observation, withoutNoOwn } from './observations.ts'

export type Detection = {
  id: number
  mediaId: number
  /** As people marked it, else as the detector said. */
  kind: DetectionKind
  source: DetectionSource
  bbox: Bbox
  /** Grows when the box changes. */
  boxVersion: number
  confidence: number | null
  /** The name of another program's detector that made the box. */
  detector: string | null
  groupKey: string
  taughtTaxonId: number | null
  conflict: boolean
  mark: DetectionMark | null
  /** Its photo is marked. */
  setAside: boolean
  /** The camera's clock, "2024-05-01 06:13:22". */
  capturedAt: string | null
  /** Of its photo. */
  deploymentId: number | null
  /** What people saw besides the taxon; null where nobody said anything. */
  observation: Observation | null
  /** The last stored summary; null where none was computed. */
  suggestion: SuggestionSummary | null
  /** Why it should be named soon, and how many waiting animals look like it; null where others come first. */
  question: { why: QuestionReason; alike: number } | null
  /** How much less doubtful the results would be by its answer; null where others change more. */
  resultsQuestion: { gain: number; records: number } | null
  /** How it stands among all others, as last worked out; null where that was not done. */
  appraisal: AnimalAppraisal | null
  /** It waits and is probably no animal; null where it may be one. */
  unlikely: { animal: number; likely: UnlikelyKind } | null
}

export type AnimalAppraisal = {
  uniqueness: number
  representativeness: number
  hardness: number
  duplicateId: number | null
  duplicateDiffers: boolean
  /**
   * The taxon that is more probable than the label, and how much more; null where none is, or the label has changed.
   */
  rivalId: number | null
  doubt: number | null
}

const columns = {
  id: detection.id,
  mediaId: detection.mediaId,
  kind: kindOf(detection),
  source: detection.source,
  x: detection.x,
  y: detection.y,
  width: detection.width,
  height: detection.height,
  boxVersion: detection.boxVersion,
  confidence: detection.confidence,
  detector: detection.detector,
  groupKey: detection.groupKey,
  taughtTaxonId: detection.taughtTaxonId,
  conflict: detection.conflict,
  mark: detection.mark,
  setAside: detection.setAside,
  capturedAt: media.capturedAt,
  deploymentId: media.deploymentId,
  observation: {
    detectionId: observation.detectionId,
    count: observation.count,
    sex: observation.sex,
    lifeStage: observation.lifeStage,
    behaviour: observation.behaviour,
    individual: observation.individual,
    own: observation.own,
  },
  suggestion: {
    detectionId: suggestion.detectionId,
    taxonId: suggestion.taxonId,
    probability: suggestion.probability,
    stopTaxonId: suggestion.stopTaxonId,
    novelty: suggestion.novelty,
    ownProbability: suggestion.ownProbability,
    disagreement: suggestion.disagreement,
    treeVersion: suggestion.treeVersion,
  },
  question: { why: question.why, alike: question.alike },
  open: detection.open,
  unlikely: { animal: unlikelyBox.animal, likely: unlikelyBox.likely },
  resultsQuestion: { gain: resultsQuestion.gain, records: resultsQuestion.records },
  appraisal: {
    detectionId: appraisal.detectionId,
    uniqueness: appraisal.uniqueness,
    representativeness: appraisal.representativeness,
    hardness: appraisal.hardness,
    duplicateId: appraisal.duplicateId,
    duplicateDiffers: appraisal.duplicateDiffers,
    labelId: appraisal.labelId,
    rivalId: appraisal.rivalId,
    doubt: appraisal.doubt,
  },
}

const select = (db: Db, where: SQL | undefined) =>
  db
    .select(columns)
    .from(detection)
    .innerJoin(media, eq(media.id, detection.mediaId))
    .leftJoin(observation, eq(observation.detectionId, detection.id))
    .leftJoin(suggestion, eq(suggestion.detectionId, detection.id))
    .leftJoin(question, eq(question.detectionId, detection.id))
    .leftJoin(resultsQuestion, eq(resultsQuestion.detectionId, detection.id))
    .leftJoin(appraisal, eq(appraisal.detectionId, detection.id))
    .leftJoin(unlikelyBox, eq(unlikelyBox.detectionId, detection.id))
    .where(and(where, isNull(detection.hiddenAt)))
    .$dynamic()
type Row = Awaited<ReturnType<typeof select>>[number]

function fromRow({ x, y, width, height, suggestion: summary, observation: seen, open, ...rest }: Row): Detection {
  const bbox: Bbox = [x, y, width, height]
  return {
    ...rest,
    bbox,
    suggestion: summary && withoutId(summary),
    observation: seen && withoutNoOwn(withoutId(seen)),
    appraisal: rest.appraisal && appraisalOf(rest.appraisal, rest.taughtTaxonId),
    unlikely: open ? rest.unlikely : null,
  }
}

function appraisalOf(
  { detectionId: _, labelId, ...known }: NonNullable<Row['appraisal']>,
  taughtTaxonId: number | null,
): AnimalAppraisal {
  const isDoubted = labelId !== null && labelId === taughtTaxonId && (known.doubt ?? 0) > 0
  return isDoubted ? known : { ...known, rivalId: null, doubt: null }
}

const withoutId = <T extends { detectionId: number }>({ detectionId: _, ...rest }: T) => rest

/** Throws NotFound. */
export async function getDetection(db: Db, id: number): Promise<Detection> {
  const [row] = await select(db, eq(detection.id, id))
  if (!row) throw new NotFound('detection', id)
  return fromRow(row)
}

/** Those of the ids that exist, in order of id. */
export async function getDetections(db: Db, detectionIds: number[]): Promise<Detection[]> {
  return (await select(db, inArray(detection.id, detectionIds)).orderBy(asc(detection.id))).map(fromRow)
}

/** Every detection of these photos, in order of id. */
export async function detectionsOfMedia(db: Db, mediaIds: number[]): Promise<Detection[]> {
  return (await select(db, inArray(detection.mediaId, mediaIds)).orderBy(asc(detection.id))).map(fromRow)
}

/**
 * Detections that count as one with this one, in the order in which they were taken: at most `limit`, itself always
 * among them.
 */
export async function burstOf(db: Db, of: Pick<Detection, 'id' | 'groupKey'>, limit: number): Promise<Detection[]> {
  const rows = await select(db, eq(detection.groupKey, of.groupKey))
    .orderBy(sql`${detection.id} <> ${of.id}`, asc(media.capturedAt), asc(media.id), asc(detection.id))
    .limit(limit)
  const time = (row: Row) => row.capturedAt ?? ''
  rows.sort((a, b) => time(a).localeCompare(time(b)) || a.mediaId - b.mediaId || a.id - b.id)
  return rows.map(fromRow)
}

/** Where people are, or probably are, in a photo, boxes that were removed included: somebody may be there. */
export async function boxesOfPeople(db: Db, mediaId: number): Promise<Bbox[]> {
  const rows = await db
    .select({ x: detection.x, y: detection.y, width: detection.width, height: detection.height })
    .from(detection)
    .leftJoin(unlikelyBox, eq(unlikelyBox.detectionId, detection.id))
    .where(
      and(
        eq(detection.mediaId, mediaId),
        or(eq(kindOf(detection), 'person'), and(detection.open, eq(unlikelyBox.likely, 'person'))),
      ),
    )
    .orderBy(asc(detection.id))
  return rows.map(({ x, y, width, height }) => [x, y, width, height])
}
