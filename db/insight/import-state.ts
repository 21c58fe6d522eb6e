// What an import brought and what is left of it: photos without a box, people, animals that are named, and those that
// wait, of which some have a sure suggestion.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { idArray } from '../sql.ts'

export type ImportState = {
  /** Photos that wait although the detector found nothing in them. */
  withoutBox: number
  people: number
  vehicles: number
  /** Animals in a box that people or labels named. */
  identified: number
  /** Animals in a box that wait, sure or not. */
  waiting: number
  sure: number
  /** How many of the sure suggestions are wrong, by their own probabilities. */
  expectedWrong: number
}

/** Somebody must have drawn or found a box: a name for a whole photo is not accepted unseen. */
const WAITING = sql`d.open and d.source <> 'wholePhoto'`
/** The answer goes down to the suggested taxon, whose probability is at least the limit. */
const isSure = (limit: number): SQL => sql`s.stop_taxon_id = s.taxon_id and s.probability >= ${limit}::real`
const animalsOf = (importId: number): SQL => sql`
  from media m join detection d on d.media_id = m.id left join suggestion s on s.detection_id = d.id
  where m.import_id = ${importId} and d.hidden_at is null`

export async function importState(db: Db, importId: number, limit: number): Promise<ImportState> {
  const sure = sql`${WAITING} and ${isSure(limit)}`
  const { rows } = await db.execute<ImportState>(sql`
    select
      count(*) filter (where d.open and d.source = 'wholePhoto')::int as "withoutBox",
      count(*) filter (where d.kind = 'person')::int as people,
      count(*) filter (where d.kind = 'vehicle')::int as vehicles,
      count(*) filter (where d.kind = 'animal' and d.taught_taxon_id is not null)::int as identified,
      count(*) filter (where ${WAITING})::int as waiting,
      count(*) filter (where ${sure})::int as sure,
      coalesce(sum(1 - s.probability) filter (where ${sure}), 0)::float8 as "expectedWrong"
    ${animalsOf(importId)}`)
  const [row] = rows
  if (!row) throw new Error('Expected a row of counts')
  return row
}

/** So many of the sure ones, drawn at random; the same seed draws the same. */
export async function drawSure(
  db: Db,
  importId: number,
  limit: number,
  draw: { many: number; seed: string },
): Promise<number[]> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select d.id ${animalsOf(importId)} and ${WAITING} and ${isSure(limit)}
    order by md5(d.id || ':' || ${draw.seed}) limit ${draw.many}`)
  return rows.map(({ id }) => id)
}

/** The sure ones with their own suggestion, locked until the transaction ends. */
export async function lockSure(
  tx: Db,
  importId: number,
  limit: number,
  choice: { but: number[]; most: number },
): Promise<{ detectionId: number; taxonId: number }[]> {
  const { rows } = await tx.execute<{ detectionId: number; taxonId: number }>(sql`
    select d.id as "detectionId", s.taxon_id as "taxonId" ${animalsOf(importId)} and ${WAITING} and ${isSure(limit)}
      and d.id <> all(${idArray(choice.but)})
    order by d.id limit ${choice.most} for update of d`)
  return rows
}
