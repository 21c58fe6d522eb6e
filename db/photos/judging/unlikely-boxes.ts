// Boxes that wait and are probably no animals, and what is needed to find them. What a person touched is never among
// them: a box that was drawn, moved, named or described, one at a place that people called animals, and all boxes of a
// marked or flagged photo.

import { sql } from 'drizzle-orm'
import { ADVISORY_LOCKS } from '../../connection/advisory-locks.ts'
import type { Db } from '../../connection/connect.ts'
import { replaceRows } from '../../replace-rows.ts'
import { type UnlikelyKind, unlikelyBox } from '../../schema.ts'
import { getSetting, setSetting } from '../../settings.ts'
import { arrayParameter } from '../../sql.ts'
import { atPlace } from '../repeats.ts'
import { type BoxRow, boxFromRow, FACTS, type StoredBox } from './box-marks.ts'

export type UnlikelyBox = { detectionId: number; animal: number; likely: UnlikelyKind }

const JUDGED_KEY = 'boxesJudged'
const PAGE_ROWS = 2000

/** Every box that waits and that no person touched, in order of id, a page at a time. */
export async function* untouchedBoxes(db: Db): AsyncGenerator<StoredBox[]> {
  for (let after = 0; ; ) {
    // The page is cut first: otherwise the database reads every identification for each page.
    const { rows } = await db.execute<BoxRow & { isTouched: boolean }>(sql`
      with page as materialized (
        select d.id from detection d where d.open and d.id > ${after} order by d.id limit ${PAGE_ROWS})
      select ${FACTS}, d.source <> 'detector' or d.confidence is null or m.favourite
        or exists (select 1 from observation o where o.detection_id = d.id)
        or exists (select 1 from identification i where i.detection_id = d.id and not i.proposal
          and i.withdrawn_at is null)
        or exists (${atPlace('animal')}) as "isTouched"
      from page join detection d on d.id = page.id join media m on m.id = d.media_id
      order by d.id`)
    if (rows.length === 0) return
    yield rows.flatMap(({ isTouched, ...row }) => (isTouched ? [] : [boxFromRow(row)]))
    after = rows.at(-1)!.id
  }
}

/** What the boxes were last judged by; null where they never were. */
export async function lastJudgedBy(db: Db): Promise<string | null> {
  const by = await getSetting(db, JUDGED_KEY)
  return typeof by === 'string' ? by : null
}

/** Puts these in place of all before. Detections that were removed meanwhile are passed over. */
export async function replaceUnlikelyBoxes(db: Db, boxes: readonly UnlikelyBox[], by: string): Promise<void> {
  const list = (key: keyof UnlikelyBox, type: 'bigint' | 'real' | 'text') =>
    arrayParameter(
      boxes.map((one) => one[key]),
      type,
    )
  await db.transaction(async (tx) => {
    await replaceRows(tx, unlikelyBox, { lock: ADVISORY_LOCKS.unlikelyBoxes, ids: list('detectionId', 'bigint') })
    await tx.execute(sql`
      insert into unlikely_box (detection_id, animal, likely)
      select detection.id, input.animal, input.likely
      from unnest(${list('detectionId', 'bigint')}, ${list('animal', 'real')}, ${list('likely', 'text')})
        as input (detection_id, animal, likely)
      join detection on detection.id = input.detection_id`)
    await setSetting(tx, JUDGED_KEY, by)
  })
}
