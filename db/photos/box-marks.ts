// Boxes of the detector that people have judged, and facts of boxes for the judge (classifiers/boxes/judge.ts).

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { detection, sampleOrder } from '../schema.ts'
import { idArray } from '../sql.ts'

export type StoredBox = { id: number; confidence: number; area: number; camera: string }

/** The `count` boxes of smallest hash that the detector made and that are identified, so that each is an animal. */
export async function confirmedBoxes(db: Db, count: number): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select id from ${detection} where taught_taxon_id is not null and hidden_at is null and source = 'detector'
    order by ${sampleOrder(sql`id`)}, id limit ${count}`)
  return rows.map(({ id }) => id)
}

/** Those that the detector made, in the order of their ids. */
export async function storedBoxes(db: Db, detectionIds: number[]): Promise<StoredBox[]> {
  const { rows } = await db.execute<StoredBox>(sql`
    select d.id, d.confidence, d.width * d.height as area, coalesce(m.deployment_id::text, '') as camera
    from detection d join media m on m.id = d.media_id
    where d.id = any(${idArray(detectionIds)}) and d.source = 'detector' and d.confidence is not null order by d.id`)
  return rows
}
