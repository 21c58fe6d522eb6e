// The installation in numbers: counts of photos, detections and taxa.

import { sql } from 'drizzle-orm'
import type { Db } from './connection/connect.ts'
import { kindOf } from './schema.ts'

export type Summary = {
  media: { queued: number; indexed: number; failed: number }
  /**
   * `unidentified`: animals that wait, which marked ones do not. `conflict`: those about which people disagree, whether
   * they teach something or not.
   */
  detections: {
    animal: number
    person: number
    vehicle: number
    identified: number
    unidentified: number
    conflict: number
  }
  taxa: number
  /** Taxa that a detection teaches. */
  taughtTaxa: number
}

export async function summarise(db: Db): Promise<Summary> {
  const kind = kindOf({ kind: sql`kind`, mark: sql`mark` })
  const { rows } = await db.execute<Summary>(sql`
    select
      (select json_build_object(
        'queued', count(*) filter (where status = 'queued'),
        'indexed', count(*) filter (where status = 'indexed'),
        'failed', count(*) filter (where status = 'failed')) from media) as media,
      (select json_build_object(
        'animal', count(*) filter (where ${kind} = 'animal'),
        'person', count(*) filter (where ${kind} = 'person'),
        'vehicle', count(*) filter (where ${kind} = 'vehicle'),
        'identified', count(*) filter (where taught_taxon_id is not null and not conflict),
        'unidentified', count(*) filter (where open),
        'conflict', count(*) filter (where conflict)) from detection where hidden_at is null) as detections,
      (select count(*)::int from taxon) as taxa,
      (select count(distinct taught_taxon_id)::int from detection where taught_taxon_id is not null) as "taughtTaxa"`)
  const [row] = rows
  if (!row) throw new Error('Expected a row of counts')
  return row
}

/** Fewer detections are counted at once. */
const LARGE = 50_000

/** By the database's own estimate, which costs nothing; false before it has one. */
export async function isLarge(db: Db): Promise<boolean> {
  const { rows } = await db.execute<{ large: boolean }>(
    sql`select reltuples >= ${LARGE} as large from pg_class where oid = 'detection'::regclass`,
  )
  return rows[0]?.large ?? false
}
