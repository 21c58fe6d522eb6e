// Boxes and photos that people have judged, and those that wait to be judged, for the judges of both
// (classifiers/boxes/). A photo that was marked empty as one of many below a limit, without being looked at,
// teaches nothing: otherwise the judge would learn its own guesses.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../connection/connect.ts'
import { type Bbox, isOtherThanAnimal, sampleOrder } from '../../schema.ts'
import { candidates, type FalseTriggerFilter } from '../false-triggers.ts'

const PAGE_PHOTOS = 2000

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
/** What a photo has to be judged by: boxes that count, or the whole photo, where the detector boxed nothing. */
export type StoredPhoto = { id: number; boxes: StoredBox[]; whole: StoredBox | null }
/** A photo in which the detector boxed nothing, and of which people said whether it shows an animal. */
export type MarkedPhoto = StoredBox & { hasAnimal: boolean }
/** A photo of which people said whether it shows an animal, with all that the detector made of it. */
export type KnownPhoto = StoredPhoto & { hasAnimal: boolean; groupKey: string }

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

const hasDrawnAnimal = sql`exists (select 1 from detection drawn where drawn.media_id = m.id and drawn.hidden_at is null
  and drawn.source = 'person' and drawn.kind = 'animal' and (drawn.mark is null or drawn.mark = 'unknown'))`

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

/**
 * Photos in which the detector boxed nothing and of which people said what they show: the `count` of smallest hash. A
 * whole photo is hidden where somebody drew the animal that the detector missed.
 */
export async function markedPhotos(db: Db, count: number): Promise<MarkedPhoto[]> {
  const { rows } = await db.execute<BoxRow & Pick<MarkedPhoto, 'hasAnimal'>>(sql`
    select ${FACTS}, not (d.set_aside or coalesce(d.mark = 'notAnimal', false)) as "hasAnimal"
    from detection d join media m on m.id = d.media_id
    where d.source = 'wholePhoto' and (
      d.hidden_at is null and (${isAnimal} and m.mark is null or d.mark = 'notAnimal' and m.mark is null
        or d.set_aside and ${seenEmpty})
      or d.hidden_at is not null and m.mark is null and ${hasDrawnAnimal})
    order by ${sampleOrder(sql`d.id`)}, d.id limit ${count}`)
  return rows.map((row) => boxFromRow(row))
}

/** Photos that wait, a page at a time, in order of id. */
export async function* openPhotos(db: Db, filter: FalseTriggerFilter): AsyncGenerator<StoredPhoto[]> {
  for (let after = 0; ; ) {
    const { rows } = await db.execute<Omit<BoxRow, 'id'> & { id: number | null; open: number; isWhole: boolean }>(sql`
      with ${candidates(filter, { after, limit: PAGE_PHOTOS })}
      select candidate.id as open, ${FACTS}, d.source = 'wholePhoto' as "isWhole"
      from candidate join media m on m.id = candidate.id
      left join detection d on d.media_id = candidate.id and d.hidden_at is null and d.mark is null
        and (d.confidence is not null or d.source = 'wholePhoto')
      order by candidate.id, d.id`)
    if (rows.length === 0) return
    const photos = new Map<number, StoredPhoto>()
    for (const { open, id, isWhole, ...row } of rows) {
      const photo = photos.get(open) ?? { id: open, boxes: [], whole: null }
      photos.set(open, photo)
      if (id !== null) put(photo, boxFromRow({ ...row, id }), isWhole)
    }
    yield [...photos.values()]
    after = rows.at(-1)!.open
  }
}

function put(photo: StoredPhoto, box: StoredBox, isWhole: boolean): void {
  if (isWhole) photo.whole = box
  else photo.boxes.push(box)
}

/** At most `count` photos with an animal and as many without one, those of smallest hash. */
export async function knownPhotos(db: Db, count: number): Promise<KnownPhoto[]> {
  const ofDetector = sql`(d.source = 'detector' and ${isBox} or d.source = 'wholePhoto')`
  const known = async (hasAnimal: boolean, condition: SQL): Promise<KnownPhoto[]> => {
    const { rows } = await db.execute<BoxRow & { isWhole: boolean }>(sql`
      with known as (
        select m.id from media m where m.status = 'indexed' and ${condition}
          and exists (select 1 from detection d where d.media_id = m.id and ${ofDetector})
        order by ${sampleOrder(sql`m.id`)}, m.id limit ${count})
      select ${FACTS}, d.source = 'wholePhoto' as "isWhole"
      from known join media m on m.id = known.id join detection d on d.media_id = m.id
      where ${ofDetector} order by d.media_id, d.id`)
    const photos = new Map<number, KnownPhoto>()
    for (const { isWhole, ...row } of rows) {
      const photo = photos.get(row.photo) ?? {
        ...{ id: row.photo, hasAnimal, groupKey: row.groupKey },
        ...{ boxes: [], whole: null },
      }
      photos.set(row.photo, photo)
      put(photo, boxFromRow(row), isWhole)
    }
    return [...photos.values()]
  }
  const animal = sql`(exists (select 1 from detection d where d.media_id = m.id and d.hidden_at is null
    and (d.taught_taxon_id is not null or d.mark = 'unknown')) or ${hasDrawnAnimal})`
  return [...(await known(true, sql`m.mark is null and ${animal}`)), ...(await known(false, seenEmpty))]
}
