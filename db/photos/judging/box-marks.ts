// Boxes that people have judged, and those of photos that wait to be judged, for the judge of boxes
// (classifiers/boxes/judge.ts). A photo that was marked empty as one of many below a limit, without being looked at,
// teaches nothing: otherwise the judge would learn its own guesses.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../connection/connect.ts'
import { type Bbox, isOtherThanAnimal, sampleOrder } from '../../schema.ts'
import { candidates, type FalseTriggerFilter } from '../false-triggers.ts'

export type StoredBox = {
  id: number
  photo: number
  /** Grows when the box changes. */
  boxVersion: number
  confidence: number | null
  bbox: Bbox
  /** Empty where nobody said which camera it was. */
  camera: string
  groupKey: string
}
export type MarkedBox = StoredBox & { kind: 'animal' | 'nothing' | 'person' | 'vehicle' }
/** A photo of which people said whether it shows an animal, with all boxes that the detector made. */
export type KnownPhoto = { hasAnimal: boolean; groupKey: string; boxes: StoredBox[] }

export const FACTS = sql`d.id, d.media_id as photo, d.box_version as "boxVersion", d.confidence, d.x, d.y, d.width, d.height,
  coalesce(m.deployment_id::text, '') as camera, d.group_key as "groupKey"`
export type BoxRow = Omit<StoredBox, 'bbox'> & { x: number; y: number; width: number; height: number }

export const boxFromRow = <Extra>({ x, y, width, height, ...row }: BoxRow & Extra) => ({
  ...row,
  bbox: [x, y, width, height] as Bbox, // four numbers
})

const isBox = sql`d.source in ('detector', 'person') and d.kind = 'animal' and d.hidden_at is null`
const seenEmpty = sql`(m.mark = 'empty' and not m.mark_unseen)`
/** Identified, an animal that nobody can name, or drawn by a person. */
const isAnimal = sql`(d.taught_taxon_id is not null or d.conflict or d.mark = 'unknown'
  or d.source = 'person' and d.mark is null and not d.set_aside)`

/** The `count` of smallest hash. */
export async function markedBoxes(db: Db, count: number): Promise<MarkedBox[]> {
  const isOther = isOtherThanAnimal({ mark: sql`d.mark` })
  const { rows } = await db.execute<BoxRow & Pick<MarkedBox, 'kind'>>(sql`
    select ${FACTS}, case when d.mark in ('person', 'vehicle') then d.mark when ${isAnimal} then 'animal'
      else 'nothing' end as kind
    from detection d join media m on m.id = d.media_id
    where ${isBox} and (${isAnimal} or ${isOther} or d.set_aside and ${seenEmpty})
    order by ${sampleOrder(sql`d.id`)}, d.id limit ${count}`)
  return rows.map((row) => boxFromRow(row))
}

/** Boxes of photos that wait, by photo. A photo without a box that counts has none. */
export async function openPhotos(db: Db, filter: FalseTriggerFilter): Promise<Map<number, StoredBox[]>> {
  const { rows } = await db.execute<Omit<BoxRow, 'id'> & { id: number | null; open: number }>(sql`
    with ${candidates(filter)}
    select candidate.id as open, ${FACTS}
    from candidate join media m on m.id = candidate.id
    left join detection d on d.media_id = candidate.id and d.hidden_at is null and d.mark is null
      and d.confidence is not null
    order by candidate.id, d.id`)
  const photos = new Map<number, StoredBox[]>()
  for (const { open, id, ...row } of rows) {
    const boxes = photos.get(open) ?? []
    photos.set(open, boxes)
    if (id !== null) boxes.push(boxFromRow({ ...row, id }))
  }
  return photos
}

/** At most `count` photos with an animal and as many without one, those of smallest hash, with their boxes. */
export async function knownPhotos(db: Db, count: number): Promise<KnownPhoto[]> {
  const known = async (hasAnimal: boolean, condition: SQL): Promise<KnownPhoto[]> => {
    const { rows } = await db.execute<BoxRow>(sql`
      with known as (
        select m.id from media m where m.status = 'indexed' and ${condition}
          and exists (select 1 from detection d where d.media_id = m.id and ${isBox} and d.source = 'detector')
        order by ${sampleOrder(sql`m.id`)}, m.id limit ${count})
      select ${FACTS} from known join media m on m.id = known.id join detection d on d.media_id = m.id
      where ${isBox} and d.source = 'detector' order by d.media_id, d.id`)
    const photos = new Map<number, KnownPhoto>()
    for (const row of rows) {
      const photo = photos.get(row.photo) ?? { hasAnimal, groupKey: row.groupKey, boxes: [] }
      photos.set(row.photo, photo)
      photo.boxes.push(boxFromRow(row))
    }
    return [...photos.values()]
  }
  const animal = sql`exists (select 1 from detection d where d.media_id = m.id and d.hidden_at is null
    and (d.taught_taxon_id is not null or d.mark = 'unknown'))`
  return [...(await known(true, sql`m.mark is null and ${animal}`)), ...(await known(false, seenEmpty))]
}
