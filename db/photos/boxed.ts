// Photos of which people have settled every box: what a detector is trained on and measured with.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { type Bbox, type DetectionKind, detection, kindOf } from '../schema.ts'

export type SettledPhoto = {
  id: number
  sha256: string
  filename: string
  /** The deployment's name. */
  camera: string | null
  /** Photos with the same key count as one. */
  group: string
  /** Everything in it; empty: a person says that there is no animal, and nothing else was found. */
  boxes: { bbox: Bbox; kind: DetectionKind }[]
}

const PAGE_PHOTOS = 500

/**
 * In order of id, a page at a time: photos that are marked empty, and photos with animals of which each box is named,
 * drawn, or marked as no animal. A photo whose animal has no box of its own is left out. People and vehicles stand as
 * the detector or a person boxed them.
 */
export async function* settledPhotos(db: Db): AsyncGenerator<SettledPhoto[]> {
  for (let after = 0; ; ) {
    const { rows } = await db.execute<{ photo: SettledPhoto }>(sql`
      select to_jsonb(one) as photo from (
        select m.id, m.sha256, m.filename, p.name as camera, b.group_key as group,
          case when m.mark = 'empty' then '[]'::jsonb else b.boxes end as boxes
        from media m left join deployment p on p.id = m.deployment_id
        join lateral (
          select min(d.group_key) as group_key,
            count(*) filter (where ${isAnimal} and not ${isSettled}) as open,
            count(*) filter (where ${isAnimal} and ${isSettled}) as animals,
            coalesce(jsonb_agg(jsonb_build_object('bbox', jsonb_build_array(d.x, d.y, d.width, d.height), 'kind', ${kind})
              order by d.id) filter (where not ${isAnimal} or ${isSettled}), '[]'::jsonb) as boxes
          from ${detection} d
          where d.media_id = m.id and d.hidden_at is null and d.mark is distinct from 'notAnimal'
        ) b on true
        where m.id > ${after} and m.status = 'indexed'
          and (m.mark = 'empty' or (m.mark is null and b.open = 0 and b.animals > 0))
        order by m.id limit ${PAGE_PHOTOS}) one`)
    // An empty photo may have no box at all.
    const photos = rows.map(({ photo }) => ({ ...photo, group: photo.group ?? `m:${photo.id}` }))
    if (photos.length > 0) yield photos
    const last = photos.at(-1)
    if (!last || photos.length < PAGE_PHOTOS) return
    after = last.id
  }
}

const kind = kindOf({ kind: sql`d.kind`, mark: sql`d.mark` })
const isAnimal = sql`(${kind} = 'animal')`
/** That of a whole photo never is: it says that there is an animal and not where. */
const isSettled = sql`(d.source <> 'wholePhoto'
  and (d.taught_taxon_id is not null or d.conflict or d.source = 'person' or d.mark = 'unknown'))`

/** Ids of indexed photos that lie evenly between the first and the last, at most so many. */
export async function spreadMedia(db: Db, count: number): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select distinct one.id from (select min(id) as first, max(id) as last from media where status = 'indexed') ends,
      generate_series(0, ${count}::int - 1) step,
      lateral (select id from media where status = 'indexed'
        and id >= ends.first + (ends.last - ends.first) * step / greatest(1, ${count}::int - 1) order by id limit 1) one
    order by one.id`)
  return rows.map(({ id }) => id)
}
