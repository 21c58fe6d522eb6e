// Marks on many animals at once, or on their photos. The result is one change, which an action can store. Those that
// had the mark before stay as they are.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import type { DetectionMark, MediaMark } from '../schema.ts'
import { idArray } from '../sql.ts'
import type { Subjects } from './actions.ts'
import { type Change, markDetections, markMedia, starMedia, type WasMarked } from './changes.ts'

/** Of an animal: notAnimal, unknown, person, vehicle. Of its whole photo: empty, unusable, favourite. */
export type AnyMark = DetectionMark | MediaMark | 'favourite'

export type MarkedMany = {
  /** Null where there was nothing to change. */
  change: Change | null
  subjects: Subjects
  /** Ids of animals that do not exist. */
  missing: number[]
}

const OF_PHOTO: readonly AnyMark[] = ['empty', 'unusable', 'favourite']
const isOfAnimal = (mark: AnyMark): mark is DetectionMark => !OF_PHOTO.includes(mark)

/** `on` false: removes this mark, and no other one. */
export async function markMany(
  tx: Db,
  { detectionIds, mark, on }: { detectionIds: number[]; mark: AnyMark; on: boolean },
): Promise<MarkedMany> {
  const { rows } = await tx.execute<{ id: number; mediaId: number; mark: DetectionMark | null }>(sql`
    select id, media_id as "mediaId", mark from detection
    where id = any(${idArray(detectionIds)}) and hidden_at is null order by id for update`)
  const found = new Set(rows.map(({ id }) => id))
  const missing = [...new Set(detectionIds)].filter((id) => !found.has(id))
  if (isOfAnimal(mark)) {
    const before = toChange(rows, mark, on)
    const after = on ? mark : null
    for (const { ids: marked, mark: from } of before) await markDetections(tx, marked, { from, to: after })
    return { ...changed('detection', before, { type: 'markedManyDetections', before, after }), missing }
  }
  const photos = await tx.execute<{ id: number; mark: MediaMark | null; favourite: boolean }>(sql`
    select id, mark, favourite from media where id = any(${idArray(rows.map(({ mediaId }) => mediaId))})
    order by id for update`)
  if (mark === 'favourite') {
    const starred = photos.rows.filter(({ favourite }) => favourite !== on).map(({ id }) => id)
    await starMedia(tx, starred, on)
    return { ...changed('media', [{ ids: starred }], { type: 'starred', favourite: on }), missing }
  }
  const before = toChange(photos.rows, mark, on)
  const after = on ? mark : null
  for (const { ids: marked, mark: from } of before) await markMedia(tx, marked, { from, to: after })
  return { ...changed('media', before, { type: 'markedManyMedia', before, after }), missing }
}

/** The rows to change, by the mark that they have. */
function toChange<Mark extends string>(
  rows: readonly { id: number; mark: Mark | null }[],
  wanted: Mark,
  on: boolean,
): WasMarked<Mark>[] {
  const by = new Map<Mark | null, number[]>()
  for (const { id, mark } of rows) if ((mark === wanted) !== on) by.set(mark, [...(by.get(mark) ?? []), id])
  return [...by].map(([mark, marked]) => ({ mark, ids: marked }))
}

function changed(kind: Subjects['kind'], of: readonly { ids: number[] }[], change: Change) {
  const subjects = { kind, ids: of.flatMap((one) => one.ids) }
  return { subjects, change: subjects.ids.length === 0 ? null : change }
}
