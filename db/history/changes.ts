// What an action changed, and undoing or redoing that. Identifications are withdrawn and restored. Everything else is
// changed only where it still is as the action left it.

import { isDeepStrictEqual } from 'node:util'
import { inArray, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import { getOwnFields, type OwnFields, setOwnFields } from '../own-fields.ts'
import { type BoxState, setBox } from '../photos/boxes.ts'
import { changeDeployments, type DeploymentsChange } from '../photos/deployment-changes.ts'
import { changeNotes } from '../photos/media.ts'
import { type ToldTimesChange, turnToldTimes } from '../photos/missing/told-times.ts'
import { type Observed, writeObservations } from '../photos/observations.ts'
import { setPlaces } from '../photos/repeats.ts'
import { type DetectionMark, type MediaMark, media } from '../schema.ts'
import { setTimeZone } from '../settings.ts'
import { idArray } from '../sql.ts'
import { restoreMany, setMarks, withdrawMany } from '../statements/bulk-identifications.ts'

import { keepLabels, setKept, type WasKept } from '../statements/kept-labels.ts'
import { redoNaming, setCards, type UnknownCardsChange, undoNaming } from '../statements/unknown-cards.ts'

import { changeList, type ListTurn } from '../taxonomy/species-lists.ts'

import { setHeedsPlaces } from '../trees/met.ts'
import { refreshTaughtOf } from '../trees/taught.ts'

export type Notes = { notes: string; favourite: boolean }

export type Change =
  /** Identifications were made. `unmarked`: marks that they removed. */
  | { type: 'said'; made: number[]; unmarked: { detectionId: number; mark: DetectionMark }[] }
  /** Identifications were withdrawn. */
  | { type: 'withdrawn'; identificationIds: number[] }
  /** Boxes were made, and others removed: ids of detections. */
  | { type: 'boxes'; shown: number[]; hidden: number[] }
  | { type: 'moved'; detectionId: number; before: BoxState; after: BoxState }
  | { type: 'noted'; before: Notes; after: Notes }
  /** `unseen`: nobody looked at the photos. */
  | { type: 'markedMedia'; before: MediaMark | null; after: MediaMark | null; unseen?: boolean }
  | { type: 'markedDetections'; before: DetectionMark | null; after: DetectionMark | null }
  /** Many detections were marked that had different marks before. */
  | { type: 'markedManyDetections'; before: WasMarked<DetectionMark>[]; after: DetectionMark | null }
  /** What was said of places where the detector finds something again and again; the marks of the boxes there. */
  | { type: 'repeatPlaces'; placeIds: number[]; before: WasMarked<DetectionMark>[]; after: DetectionMark | null }
  | { type: 'markedManyMedia'; before: WasMarked<MediaMark>[]; after: MediaMark | null }
  /** Photos were starred or unstarred; those that were so before are not included. */
  | { type: 'starred'; favourite: boolean }
  | ({ type: 'deployments' } & DeploymentsChange)
  /** People told the times of photos that had none. */
  | ({ type: 'toldTimes' } & ToldTimesChange)
  | ({ type: 'speciesList' } & ListTurn)
  | { type: 'observed'; changes: Observed[] }
  /** Labels were called right. `before`: what was kept of these animals. */
  | { type: 'keptLabels'; before: WasKept[] }
  /** Cards of unknown animals were joined, split, dismissed or named. */
  | ({ type: 'unknownCards' } & UnknownCardsChange)
  | { type: 'ownFields'; before: OwnFields; after: OwnFields }
  | { type: 'heedPlaces'; before: boolean; after: boolean }
  | { type: 'timeZone'; before: string | null; after: string | null }

export type WasMarked<Mark> = { mark: Mark | null; ids: number[] }

type Way = { way: 'undo' | 'redo'; subjects: number[]; person: string }

/** Throws Conflict where something is no longer as the action left it. */
export async function applyChange(tx: Db, change: Change, { way, subjects, person }: Way): Promise<void> {
  const undo = way === 'undo'
  const turned = <T>({ before, after }: { before: T; after: T }) =>
    undo ? { from: after, to: before } : { from: before, to: after }
  switch (change.type) {
    case 'said':
      return undo ? await unsay(tx, change, person) : await sayAgain(tx, change)
    case 'withdrawn':
      if (undo) await restoreMany(tx, change.identificationIds)
      else await withdrawMany(tx, change.identificationIds, person)
      return
    case 'boxes':
      await showDetections(tx, undo ? change.hidden : change.shown, true)
      await showDetections(tx, undo ? change.shown : change.hidden, false)
      return
    case 'moved':
      return await setBox(tx, change.detectionId, turned(change))
    case 'noted':
      return await setNotes(tx, subjects, turned(change))
    case 'markedMedia':
      return await markAllMedia(tx, subjects, { ...turned(change), unseen: !undo && change.unseen })
    case 'markedDetections':
      return await markDetections(tx, subjects, turned(change))
    case 'repeatPlaces':
      await setPlaces(tx, change.placeIds, !undo)
      return await applyChange(tx, { ...change, type: 'markedManyDetections' }, { way, subjects, person })
    case 'markedManyDetections':
      for (const { ids: marked, mark } of change.before)
        await markDetections(tx, marked, turned({ before: mark, after: change.after }))
      return
    case 'markedManyMedia':
      for (const { ids: marked, mark } of change.before)
        await markAllMedia(tx, marked, turned({ before: mark, after: change.after }))
      return
    case 'starred':
      return await starMedia(tx, subjects, change.favourite !== undo)
    case 'deployments':
      return await changeDeployments(tx, change, way)
    case 'toldTimes':
      return await turnToldTimes(tx, change, way)
    case 'speciesList':
      return await changeList(tx, change, way)
    case 'observed':
      return await writeObservations(tx, change.changes, way)
    case 'keptLabels':
      if (undo) await setKept(tx, change.before)
      else await keepLabels(tx, subjects, person)
      return
    case 'unknownCards':
      if (undo) await undoNaming(tx, change.naming, person)
      await setCards(tx, turned(change).to)
      if (!undo) await redoNaming(tx, change.naming, person)
      return
    case 'ownFields':
      return await turnOwnFields(tx, turned(change))
    case 'heedPlaces':
      return await setHeedsPlaces(tx, turned(change).to)
    case 'timeZone':
      return await setTimeZone(tx, turned(change).to)
  }
}

type Said = Extract<Change, { type: 'said' }>

async function unsay(tx: Db, { made, unmarked }: Said, person: string): Promise<void> {
  await withdrawMany(tx, made, person)
  await setMarks(tx, unmarked)
  await refreshTaughtOf(
    tx,
    unmarked.map((one) => one.detectionId),
  )
}

async function sayAgain(tx: Db, { made, unmarked }: Said): Promise<void> {
  await setMarks(
    tx,
    unmarked.map(({ detectionId }) => ({ detectionId, mark: null })),
  )
  await restoreMany(tx, made)
}

const changed = (what: string) =>
  new Conflict(`Expected the ${what} as the action left them, but they were changed or removed since`)

/**
 * Shows detections again, or hides them. Throws Conflict where one is shown or hidden already, or was removed with its
 * photo.
 */
export async function showDetections(tx: Db, detectionIds: number[], shown: boolean): Promise<void> {
  const hidden = shown ? sql`hidden_at is not null` : sql`hidden_at is null`
  const { rows } = await tx.execute(sql`
    update detection set hidden_at = ${shown ? null : sql`now()`}
    where id = any(${idArray(detectionIds)}) and ${hidden} returning id`)
  if (rows.length < detectionIds.length) throw changed('boxes')
  await refreshTaughtOf(tx, detectionIds)
}

type Turn<T> = { from: T; to: T }

/** Throws Conflict where the photo's notes are not `from`. */
async function setNotes(tx: Db, mediaIds: number[], { from, to }: Turn<Notes>): Promise<void> {
  const [row] = await tx.select().from(media).where(inArray(media.id, mediaIds)).for('update')
  if (row?.notes !== from.notes || row.favourite !== from.favourite) throw changed('notes')
  await changeNotes(tx, row.id, to)
}

/** Throws Conflict where the fields were changed since. An id is never used again. */
async function turnOwnFields(tx: Db, { from, to }: Turn<OwnFields>): Promise<void> {
  const now = await getOwnFields(tx, true)
  if (!isDeepStrictEqual(now.items, from.items)) throw changed('fields')
  await setOwnFields(tx, { items: to.items, lastId: now.lastId, revision: now.revision + 1 })
}

type MediaTurn = Turn<MediaMark | null> & {
  /** Nobody looked at the photos. */
  unseen?: boolean
}

/**
 * Gives photos that have the mark `from` the mark `to`, and returns which these are. While a photo is marked, its
 * detections neither wait nor teach.
 */
export async function markMedia(
  tx: Db,
  mediaIds: number[],
  { from, to, unseen = false }: MediaTurn,
): Promise<number[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    update media set mark = ${to}, mark_unseen = ${unseen} where id = any(${idArray(mediaIds)}) and mark is not distinct from ${from} returning id`)
  const marked = rows.map(({ id }) => id)
  const { rows: aside } = await tx.execute<{ id: number; said: boolean }>(sql`
    update detection set set_aside = ${to !== null}
    where media_id = any(${idArray(marked)}) and set_aside <> ${to !== null}
    returning id, exists (select 1 from identification i where i.detection_id = detection.id) as said`)
  await refreshTaughtOf(
    tx,
    aside.filter(({ said }) => said).map(({ id }) => id),
  )
  return marked
}

/** Throws Conflict where one has another mark than `from`, or no longer exists. */
async function markAllMedia(tx: Db, mediaIds: number[], turn: MediaTurn): Promise<void> {
  if ((await markMedia(tx, mediaIds, turn)).length < mediaIds.length) throw changed('mark')
}

/** Throws Conflict where a photo is starred (or not) already, or no longer exists. */
export async function starMedia(tx: Db, mediaIds: number[], favourite: boolean): Promise<void> {
  const { rows } = await tx.execute(sql`
    update media set favourite = ${favourite} where id = any(${idArray(mediaIds)}) and favourite <> ${favourite} returning id`)
  if (rows.length < mediaIds.length) throw changed('flags')
}

/** Throws Conflict where one has another mark than `from`, or no longer exists. */
export async function markDetections(
  tx: Db,
  detectionIds: number[],
  { from, to }: Turn<DetectionMark | null>,
): Promise<void> {
  const { rows } = await tx.execute(sql`
    update detection set mark = ${to}
    where id = any(${idArray(detectionIds)}) and mark is not distinct from ${from} and hidden_at is null returning id`)
  if (rows.length < detectionIds.length) throw changed('mark')
  await refreshTaughtOf(tx, detectionIds)
}
