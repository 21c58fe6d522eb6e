// What other programs and their people found in photos. A person's statement becomes an identification by the import; a
// machine's is a proposal, which is shown and teaches nothing. The same finding twice is one.

import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import {
  type Bbox,
  type DetectionMark,
  detection,
  identification,
  type MediaMark,
  type MediaStatus,
  media,
  observation,
  type PendingFinding,
  type PendingFindings,
  type PendingStatement,
} from '../schema.ts'
import { presentTaxonId } from '../taxonomy/redirects.ts'
import { isImporter, refreshTaughtOf } from '../trees/taught.ts'
import { type Labelled, nameDetections } from './labels.ts'

type Naming = { detectionId: number; statement: PendingStatement }

/** For detections that this transaction made: boxes first, in the order of the findings. */
export async function nameNewFindings(tx: Db, inserted: Labelled[], { found }: PendingFindings): Promise<void> {
  const boxes = found.filter(({ bbox }) => bbox !== null)
  const namings: Naming[] = boxes.flatMap(({ statements }, i) => {
    const detectionId = inserted[i]?.id
    return detectionId === undefined ? [] : statements.map((statement) => ({ detectionId, statement }))
  })
  namings.push(...ofWholePhoto(found, inserted))
  await say(tx, namings)
  await observe(tx, [
    ...boxes.flatMap(({ observed }, i) => sightingOf(inserted[i]?.id, observed)),
    ...wholeSighting(found, inserted),
  ])
  await markFound(tx, [
    ...boxes.map(({ mark }, i) => ({ detectionId: inserted[i]?.id, mark })),
    ...wholeMark(found, inserted),
  ])
}

type Marked = { detectionId: number | undefined; mark: DetectionMark | undefined }

const wholeMark = (found: PendingFinding[], detections: Labelled[]): Marked[] => {
  const whole = found.find(({ bbox, mark }) => bbox === null && mark !== undefined)
  const { taught } = nameDetections(detections.filter(({ kind }) => kind === 'animal'))
  return whole === undefined ? [] : [{ detectionId: taught[0], mark: whole.mark }]
}

/** What people said here outweighs a file. */
async function markFound(tx: Db, marked: readonly Marked[]): Promise<void> {
  const turned: number[] = []
  for (const { detectionId, mark } of marked) {
    if (detectionId === undefined || mark === undefined) continue
    const { rows } = await tx.execute(sql`
      update detection set mark = ${mark} where id = ${detectionId} and mark is null
        and not exists (select from identification i where i.detection_id = ${detectionId} and i.withdrawn_at is null)
      returning id`)
    if (rows.length > 0) turned.push(detectionId)
  }
  if (turned.length > 0) await refreshTaughtOf(tx, turned)
}

type Sighting = typeof observation.$inferInsert

const sightingOf = (detectionId: number | undefined, observed: PendingFinding['observed']): Sighting[] =>
  detectionId === undefined || observed === undefined ? [] : [{ detectionId, ...observed }]

/** What was seen in the whole photo is told of the animal that gets its name. */
function wholeSighting(found: PendingFinding[], detections: Labelled[]): Sighting[] {
  const { taught } = nameDetections(detections.filter(({ kind }) => kind === 'animal'))
  const whole = found.find(({ bbox, observed }) => bbox === null && observed !== undefined)
  return sightingOf(taught[0], whole?.observed)
}

/** What people said here outweighs a file. */
async function observe(tx: Db, sightings: Sighting[]): Promise<void> {
  if (sightings.length > 0) await tx.insert(observation).values(sightings).onConflictDoNothing()
}

/**
 * What is said of a whole photo. One person's one taxon names the animal that the detector is surest of and is proposed
 * for the others, as labels are; several taxa are only proposed, because which animal is which is not said, also where
 * a box has one of them. A machine's is proposed for the surest.
 */
function ofWholePhoto(found: PendingFinding[], detections: Labelled[]): Naming[] {
  const statements = found.filter(({ bbox }) => bbox === null).flatMap((one) => one.statements)
  const animals = detections.filter(({ kind }) => kind === 'animal')
  const { taught, proposed } = nameDetections(animals)
  const said = statements.filter(({ proposal }) => !proposal)
  const isOne = new Set(said.map(({ taxonId }) => taxonId)).size === 1
  const certain = found.flatMap((one) => one.statements).filter(({ proposal }) => !proposal)
  const saysSeveral = (person: string) =>
    new Set(certain.flatMap((one) => (one.person === person ? [one.taxonId] : []))).size > 1
  const each = (ids: number[], statement: PendingStatement, proposal: boolean) =>
    ids.map((detectionId) => ({ detectionId, statement: { ...statement, proposal } }))
  const surest = taught.slice(0, 1)
  return statements.flatMap((statement) => {
    if (statement.proposal) return each(surest, statement, true)
    if (saysSeveral(statement.person)) return each([...taught, ...proposed], statement, true)
    if (animals.length === 1) return each(surest, statement, false)
    return isOne
      ? [...each(taught, statement, false), ...each(proposed, statement, true)]
      : each([...taught, ...proposed], statement, true)
  })
}

/** Writes what was not said before; withdrawn statements stay withdrawn. */
async function say(tx: Db, namings: Naming[]): Promise<void> {
  if (namings.length === 0) return
  const ids = [...new Set(namings.map(({ detectionId }) => detectionId))]
  const before = await tx
    .select({
      detectionId: identification.detectionId,
      taxonId: identification.taxonId,
      person: identification.person,
      basis: identification.basis,
    })
    .from(identification)
    .where(inArray(identification.detectionId, ids))
  const source = (person: string) => person.split(': ')[1] ?? ''
  const keyOf = (detectionId: number, taxonId: number, person: string, model: string | undefined) =>
    JSON.stringify([detectionId, taxonId, source(person), model ?? ''])
  const known = new Set(
    before
      .filter(({ person }) => isImporter(person))
      .map((one) => keyOf(one.detectionId, one.taxonId, one.person, one.basis.model)),
  )
  const values = []
  for (const { detectionId, statement } of namings) {
    const { person, proposal, model, score } = statement
    const taxonId = await taxonIdNow(tx, statement.taxonId)
    if (taxonId === null) continue
    const key = keyOf(detectionId, taxonId, person, model)
    if (known.has(key)) continue
    known.add(key)
    const basis = {
      kind: 'import' as const,
      ...(model !== undefined && { model }),
      ...(score !== undefined && { score }),
    }
    values.push({ detectionId, taxonId, person, proposal, basis })
  }
  if (values.length === 0) return
  await tx.insert(identification).values(values)
  await refreshTaughtOf(tx, ids)
}

/** Null where the taxon was deleted since the photo was brought in. */
async function taxonIdNow(tx: Db, id: number): Promise<number | null> {
  try {
    return await presentTaxonId(tx, id)
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}

/** Boxes that overlap this much are boxes of one animal. */
const SAME_ANIMAL = 0.5

/**
 * Findings of a photo that was indexed before they came. Where nobody has said or drawn anything, the photo goes back
 * to the queue and gets their boxes; else they are given to the detections that they lie on. The caller must have
 * locked the photo's row.
 */
export async function attachFindings(
  tx: Db,
  mediaId: number,
  findings: PendingFindings,
): Promise<{ status: MediaStatus; unplacedBoxes: number }> {
  const detections = await tx
    .select()
    .from(detection)
    .where(and(eq(detection.mediaId, mediaId), isNull(detection.hiddenAt)))
    .for('update')
  const ids = detections.map(({ id }) => id)
  const said = await tx
    .select({ id: identification.id })
    .from(identification)
    .where(inArray(identification.detectionId, ids))
    .limit(1)
  const boxes = findings.found.filter(({ bbox }) => bbox !== null)
  const untouched =
    said.length === 0 &&
    detections.every(({ source, mark }) => (source === 'detector' || source === 'wholePhoto') && mark === null)
  // A photo that was indexed with findings is not indexed again for the same, or for those of a second program.
  const [before] = await tx.select({ findings: media.pendingFindings }).from(media).where(eq(media.id, mediaId))
  if (untouched && !before?.findings && (findings.searched || boxes.length > 0)) {
    await tx.delete(detection).where(eq(detection.mediaId, mediaId))
    await tx
      .update(media)
      .set({ status: 'queued', attempts: 0, indexedAt: null, pendingFindings: findings })
      .where(eq(media.id, mediaId))
    return { status: 'queued', unplacedBoxes: 0 }
  }
  const namings: Naming[] = ofWholePhoto(findings.found, detections)
  const sightings = wholeSighting(findings.found, detections)
  const marks = wholeMark(findings.found, detections)
  let unplacedBoxes = 0
  for (const { bbox, kind, statements, observed, mark } of boxes) {
    if (bbox === null) continue
    const best = detections
      .filter((one) => one.kind === kind)
      .map((one) => ({ id: one.id, shared: sharedArea(bbox, [one.x, one.y, one.width, one.height]) }))
      .sort((a, b) => b.shared - a.shared)[0]
    if (best && best.shared >= SAME_ANIMAL) {
      namings.push(...statements.map((statement) => ({ detectionId: best.id, statement })))
      sightings.push(...sightingOf(best.id, observed))
      marks.push({ detectionId: best.id, mark })
    } else unplacedBoxes++
  }
  await say(tx, namings)
  await observe(tx, sightings)
  await markFound(tx, marks)
  return { status: 'indexed', unplacedBoxes }
}

/** Only where nobody has said anything: a statement outweighs a file. */
export async function markUnidentified(tx: Db, mediaId: number, mark: MediaMark): Promise<void> {
  const said = sql`select 1 from identification i join detection d on d.id = i.detection_id
    where d.media_id = ${mediaId} and i.withdrawn_at is null`
  const { rows } = await tx.execute(sql`
    update media set mark = ${mark} where id = ${mediaId} and mark is null and not exists (${said}) returning id`)
  if (rows.length > 0) await tx.update(detection).set({ setAside: true }).where(eq(detection.mediaId, mediaId))
}

/** Share of the area of both boxes together that they have in common. */
function sharedArea(a: Bbox, b: Bbox): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1])
  const both = Math.max(0, width) * Math.max(0, height)
  return both / (a[2] * a[3] + b[2] * b[3] - both)
}
