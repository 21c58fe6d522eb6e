// Places where a camera's detector finds something again and again: the boxes to look at, what people said of places,
// and the mark of new boxes there.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { type Bbox, type RepeatVerdict, repeatPlace } from '../schema.ts'
import { idArray } from '../sql.ts'

/** A box of the detector that nobody has judged. */
export type OpenBox = { id: number; photo: number; burst: string; day: string | null; bbox: Bbox }
export type Camera = { id: number; name: string }

/** Boxes overlap by so much where they show the same place. */
const SAME_PLACE = 0.9

/** Cameras with at least so many boxes that nobody has judged. */
export async function camerasWithBoxes(db: Db, least: number, deploymentId?: number): Promise<Camera[]> {
  const { rows } = await db.execute<Camera>(sql`
    select p.id, p.name from deployment p
    join media m on m.deployment_id = p.id join detection d on d.media_id = m.id
    where d.open and d.source = 'detector' ${deploymentId === undefined ? sql`` : sql`and p.id = ${deploymentId}`}
    group by p.id, p.name having count(*) >= ${least} order by p.name, p.id`)
  return rows
}

/** Those of one camera, without those at places that people called animals. */
export async function openBoxes(db: Db, deploymentId: number): Promise<OpenBox[]> {
  const { rows } = await db.execute<
    Omit<OpenBox, 'bbox'> & { x: number; y: number; width: number; height: number }
  >(sql`
    select d.id, m.id as photo, d.group_key as burst, m.captured_at::date::text as day, d.x, d.y, d.width, d.height
    from detection d join media m on m.id = d.media_id
    where m.deployment_id = ${deploymentId} and d.open and d.source = 'detector'
      and not exists (${atPlace('animal')})
    order by d.id`)
  return rows.map(({ x, y, width, height, ...row }) => ({ ...row, bbox: [x, y, width, height] }))
}

/** Places of the photo's camera with this verdict at which the box lies. Reads rows named `d` and `m`. */
export function atPlace(verdict: RepeatVerdict): SQL {
  const side = (i: number) => sql`(b.value ->> ${sql.raw(String(i))})::float8`
  const shared = (at: SQL, size: SQL, i: number) =>
    sql`greatest(0, least(${at} + ${size}, ${side(i)} + ${side(i + 2)}) - greatest(${at}, ${side(i)}))`
  const both = sql`(${shared(sql`d.x`, sql`d.width`, 0)} * ${shared(sql`d.y`, sql`d.height`, 1)})`
  return sql`
    select p.id from repeat_place p, jsonb_array_elements(p.boxes) b
    where p.deployment_id = m.deployment_id and p.active and p.verdict = ${verdict}
      and ${both} >= ${SAME_PLACE} * (d.width * d.height + ${side(2)} * ${side(3)} - ${both})
    limit 1`
}

/** The cameras of these detections; each once. */
export async function camerasOf(db: Db, detectionIds: number[]): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select distinct m.deployment_id as id from detection d join media m on m.id = d.media_id
    where d.id = any(${idArray(detectionIds)}) and m.deployment_id is not null`)
  return rows.map(({ id }) => id)
}

export async function addPlace(
  tx: Db,
  place: { deploymentId: number; verdict: RepeatVerdict; boxes: Bbox[] },
): Promise<number> {
  const [row] = await tx.insert(repeatPlace).values(place).returning({ id: repeatPlace.id })
  return row!.id
}

/** New boxes at places that show nothing are marked like those before them. */
export async function markAtPlaces(tx: Db, mediaId: number): Promise<void> {
  await tx.execute(sql`
    update detection t set mark = 'notAnimal', repeat_place_id = found.place
    from (select d.id, (${atPlace('nothing')}) as place from detection d join media m on m.id = d.media_id
      where m.id = ${mediaId} and d.source = 'detector' and d.kind = 'animal' and d.mark is null
        and d.taught_taxon_id is null) found
    where t.id = found.id and found.place is not null`)
}

/** Takes places back, with the marks that new boxes got from them, or makes them count again. */
export async function setPlaces(tx: Db, placeIds: number[], active: boolean): Promise<void> {
  await tx.execute(sql`update repeat_place set active = ${active} where id = any(${idArray(placeIds)})`)
  await tx.execute(sql`
    update detection set mark = ${active ? 'notAnimal' : null}
    where repeat_place_id = any(${idArray(placeIds)}) and hidden_at is null and taught_taxon_id is null
      and mark is not distinct from ${active ? null : 'notAnimal'}`)
}
