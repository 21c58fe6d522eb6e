// How animals stand among all others, and what speaks against their labels: written for all at once, and read as
// cohorts of labels that are probably wrong.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { pagesById } from '../pages.ts'
import { arrayParameter, idArray } from '../sql.ts'

export type NewAppraisal = {
  detectionId: number
  uniqueness: number
  representativeness: number
  hardness: number
  duplicateId: number | null
  duplicateDiffers: boolean
  labelId: number | null
  rivalId: number | null
  doubt: number | null
  wrongLevel: number | null
  nodeDoubt: number | null
}

export type AppraisableAnimal = { detectionId: number; boxVersion: number; groupKey: string; taxonId: number | null }

/** Animals that are shown and have an embedding by this model. Reads rows named `d`. */
const appraisable = (modelSha256: string): SQL => sql`
  d.kind = 'animal' and d.hidden_at is null and d.mark is null and not d.set_aside and not d.conflict
  and exists (select 1 from embedding e where e.model_sha256 = ${modelSha256} and e.detection_id = d.id)`

/** How many animals there are, and how many of them this version has not appraised. */
export async function countUnappraised(
  db: Db,
  modelSha256: string,
  version: number,
): Promise<{ animals: number; missing: number }> {
  const { rows } = await db.execute<{ animals: number; missing: number }>(sql`
    select count(*)::int as animals, count(*) filter (where a.version is distinct from ${version})::int as missing
    from detection d left join appraisal a on a.detection_id = d.id where ${appraisable(modelSha256)}`)
  return rows[0] ?? { animals: 0, missing: 0 }
}

const PAGE_ROWS = 5000

/** In order of id, a page at a time. */
export async function* appraisableAnimals(db: Db, modelSha256: string): AsyncGenerator<AppraisableAnimal[]> {
  yield* pagesById(PAGE_ROWS, async (after) => {
    const { rows } = await db.execute<AppraisableAnimal>(sql`
      select d.id as "detectionId", d.box_version as "boxVersion", d.group_key as "groupKey",
        d.taught_taxon_id as "taxonId"
      from detection d where d.id > ${after} and ${appraisable(modelSha256)} order by d.id limit ${PAGE_ROWS}`)
    return rows
  })
}

/** Puts these in place of what was known of the same animals. Animals that were removed meanwhile get none. */
export async function putAppraisals(db: Db, version: number, rows: readonly NewAppraisal[]): Promise<void> {
  const list = (key: keyof NewAppraisal, type: 'bigint' | 'real' | 'integer' | 'boolean') =>
    arrayParameter(
      rows.map((row) => row[key]),
      type,
    )
  await db.execute(sql`
    insert into appraisal (detection_id, version, uniqueness, representativeness, hardness, duplicate_id,
      duplicate_differs, label_id, rival_id, doubt, wrong_level, node_doubt)
    select detection.id, ${version}::int, i.uniqueness, i.representativeness, i.hardness, i.duplicate_id,
      i.duplicate_differs, i.label_id, i.rival_id, i.doubt, i.wrong_level, i.node_doubt
    from unnest(${list('detectionId', 'bigint')}, ${list('uniqueness', 'real')}, ${list('representativeness', 'real')},
      ${list('hardness', 'real')}, ${list('duplicateId', 'bigint')}, ${list('duplicateDiffers', 'boolean')},
      ${list('labelId', 'bigint')}, ${list('rivalId', 'bigint')}, ${list('doubt', 'real')},
      ${list('wrongLevel', 'integer')}, ${list('nodeDoubt', 'real')})
      as i (id, uniqueness, representativeness, hardness, duplicate_id, duplicate_differs, label_id, rival_id, doubt,
        wrong_level, node_doubt)
    join detection on detection.id = i.id
    order by detection.id
    for key share of detection
    on conflict (detection_id) do update set
      version = excluded.version, uniqueness = excluded.uniqueness, representativeness = excluded.representativeness,
      hardness = excluded.hardness, duplicate_id = excluded.duplicate_id,
      duplicate_differs = excluded.duplicate_differs, label_id = excluded.label_id, rival_id = excluded.rival_id,
      doubt = excluded.doubt, wrong_level = excluded.wrong_level, node_doubt = excluded.node_doubt`)
}

/** Removes what older versions said of animals that this one did not look at. */
export async function dropOlderAppraisals(db: Db, version: number): Promise<void> {
  await db.execute(sql`delete from appraisal where version <> ${version}`)
}

export type Cohort = { labelId: number; rivalId: number; animals: number; doubt: number; detectionIds: number[] }
export type DoubtFilter = {
  /** Labels at or below these. */
  taxonIds?: number[]
  /** Only labels that are wrong at this rank or above. */
  fromLevel?: number
}

/** Labels that are doubted, still stand, and that nobody kept. Reads rows named `a` and `d`. */
const doubted = ({ taxonIds, fromLevel }: DoubtFilter): SQL => sql`
  a.doubt > 0 and d.taught_taxon_id = a.label_id and not d.conflict and d.mark is null and not d.set_aside
  and d.hidden_at is null
  and not exists (select 1 from kept_label k where k.detection_id = d.id and k.taxon_id = d.taught_taxon_id)
  and exists (select 1 from taxon t where t.id = a.rival_id)
  ${taxonIds ? sql`and a.label_id = any(${idArray(taxonIds)})` : sql``}
  ${fromLevel === undefined ? sql`` : sql`and a.wrong_level >= ${fromLevel}`}`

export async function countDoubted(db: Db, filter: DoubtFilter): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from appraisal a join detection d on d.id = a.detection_id where ${doubted(filter)}`)
  return rows[0]?.count ?? 0
}

/** A rank of the label's path counts with the doubt at the rank where it is wrong. */
const weight = ({ fromLevel }: DoubtFilter): SQL => (fromLevel === undefined ? sql`a.doubt` : sql`a.node_doubt`)

/**
 * Pairs of a label and the taxon that is more probable: those first whose animals together speak most against it. An
 * animal alone needs as much as a few that agree.
 */
export async function doubtedCohorts(
  db: Db,
  filter: DoubtFilter,
  { limit, tiles }: { limit: number; tiles: number },
): Promise<Cohort[]> {
  const { rows } = await db.execute<Cohort>(sql`
    select a.label_id as "labelId", a.rival_id as "rivalId", count(*)::int as animals,
      avg(${weight(filter)})::float8 as doubt,
      (array_agg(d.id order by ${weight(filter)} desc, d.id))[1:${tiles}] as "detectionIds"
    from appraisal a join detection d on d.id = a.detection_id
    where ${doubted(filter)}
    group by a.label_id, a.rival_id
    order by sum(${weight(filter)}) desc, a.label_id, a.rival_id
    limit ${limit}`)
  return rows
}
