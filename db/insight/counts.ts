// What the installation holds, counted under one filter: animals by taxon, confidence, probability, hour and month,
// photos by camera and place. Hidden boxes, and those that people marked as no animal or set aside, do not count. An
// animal counts for the taxon that it teaches, or, where it teaches none, for the one that is suggested.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { isOtherThanAnimal } from '../schema.ts'
import { atStation, idArray } from '../sql.ts'

export type InsightFilter = {
  /** Only animals that count for one of these; null: all. */
  taxonIds: number[] | null
  /** The camera's name. */
  deployment: string | null
  /** The station's name: all cameras that stood there. */
  site: string | null
  /** Days by the camera's clock, "2024-05-01", both included. Photos without a time are in no range. */
  from: string | null
  to: string | null
  importId: number | null
  /** Only animals with an identification by this person that counts. */
  person: string | null
}

/** Everything. */
export const NO_FILTER: InsightFilter = {
  taxonIds: null,
  deployment: null,
  site: null,
  from: null,
  to: null,
  importId: null,
  person: null,
}

/**
 * FROM and WHERE for the animals `d` of the filter, with their photo `m` and suggestion `s` where the filter or `needs`
 * asks for them, so that an unfiltered histogram reads one table.
 */
export function matching(
  filter: InsightFilter,
  needs: { media?: boolean; suggestion?: boolean; join?: SQL } = {},
): SQL {
  const media = needs.media || mediaConditions(filter).length > 0
  const suggestion = needs.suggestion || filter.taxonIds !== null
  return sql`from detection d
    ${media ? sql`join media m on m.id = d.media_id` : sql``}
    ${suggestion ? sql`left join suggestion s on s.detection_id = d.id` : sql``}
    ${needs.join ?? sql``}
    where d.kind = 'animal' and d.hidden_at is null and not d.set_aside and not coalesce(${isOtherThanAnimal({ mark: sql`d.mark` })}, false)
      ${and([...mediaConditions(filter), ...animalConditions(filter)])}`
}

/** Enough for joins of whole tables to stay in memory: by default Postgres uses 4 MB and then writes to disk. */
const WORK_MEMORY = '64MB'

export async function counted<Row extends Record<string, unknown>>(db: Db, query: SQL): Promise<Row[]> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`set local work_mem = ${sql.raw(`'${WORK_MEMORY}'`)}`)
    return (await tx.execute<Row>(query)).rows as Row[] // the driver names its rows so, given Row
  })
}

const and = (conditions: SQL[]) => sql.join(conditions.map((one) => sql` and ${one}`))

function mediaConditions({ deployment, site, from, to, importId }: InsightFilter): SQL[] {
  const conditions: SQL[] = []
  if (deployment !== null)
    conditions.push(sql`m.deployment_id = (select id from deployment where name = ${deployment})`)
  if (site !== null) conditions.push(atStation(site))
  if (importId !== null) conditions.push(sql`m.import_id = ${importId}`)
  if (from !== null) conditions.push(sql`m.captured_at >= ${from}::date`)
  if (to !== null) conditions.push(sql`m.captured_at < ${to}::date + 1`)
  return conditions
}

function animalConditions({ taxonIds, person }: InsightFilter): SQL[] {
  const conditions: SQL[] = []
  if (taxonIds !== null) {
    const set = sql`any(${idArray(taxonIds)})`
    conditions.push(sql`(d.taught_taxon_id = ${set} or (d.taught_taxon_id is null and s.taxon_id = ${set}))`)
  }
  if (person !== null) {
    conditions.push(sql`d.id in (
      select detection_id from identification where person = ${person} and withdrawn_at is null and not proposal)`)
  }
  return conditions
}

export type TaxonCount = {
  /** Null: neither identified nor suggested. */
  taxonId: number | null
  identified: number
  suggested: number
}

/** Animals by the taxon itself, without those of taxa below it. */
export async function countTaxa(db: Db, filter: InsightFilter): Promise<TaxonCount[]> {
  return await counted<TaxonCount>(
    db,
    sql`
    select coalesce(d.taught_taxon_id, s.taxon_id) as "taxonId",
      count(d.taught_taxon_id)::int as identified, (count(*) - count(d.taught_taxon_id))::int as suggested
    ${matching(filter, { suggestion: true })} group by 1`,
  )
}

export type Bin = { bin: number; identified: number; unidentified: number }

/**
 * Animals by `value`, a fraction, in so many equal bins; 1 falls into the last. `without`: animals that have no value.
 */
async function countBins(db: Db, value: SQL, bins: number, from: SQL): Promise<{ bins: Bin[]; without: number }> {
  const rows = await counted<{ bin: number | null; identified: number; unidentified: number }>(
    db,
    sql`
    select case when ${value} is not null then least(floor(${value}::float8 * ${bins} + 1e-6), ${bins - 1}) end::int as bin,
      count(d.taught_taxon_id)::int as identified, (count(*) - count(d.taught_taxon_id))::int as unidentified
    ${from} group by 1`,
  )
  const found = new Map(rows.map((row) => [row.bin, row]))
  const none = found.get(null)
  return {
    bins: Array.from({ length: bins }, (_, bin) => {
      const { identified = 0, unidentified = 0 } = found.get(bin) ?? {}
      return { bin, identified, unidentified }
    }),
    without: none ? none.identified + none.unidentified : 0,
  }
}

/** Animals by the detector's confidence. `without`: those whose box the detector did not make. */
export const countConfidence = (db: Db, filter: InsightFilter, bins: number) =>
  countBins(db, sql`d.confidence`, bins, matching(filter))

/** Animals by the probability of the last suggestion. `without`: those for which nothing was suggested. */
export const countProbability = (db: Db, filter: InsightFilter, bins: number) =>
  countBins(db, sql`s.probability`, bins, matching(filter, { suggestion: true }))

/** `month` 1..12 and `hour` 0..23 by the camera's clock; both null where the photo has no time. */
export type ActivityCell = { month: number | null; hour: number | null; animals: number }

export async function countActivity(db: Db, filter: InsightFilter): Promise<ActivityCell[]> {
  const rows = await counted<ActivityCell>(
    db,
    sql`
    select date_part('month', m.captured_at)::int as month, date_part('hour', m.captured_at)::int as hour, count(*)::int as animals
    ${matching(filter, { media: true })} group by 1, 2 order by 1, 2`,
  )
  return rows
}

export type PlaceCount = {
  deployment: string | null
  /** Rounded to hundredths of a degree (about 1 km); null: unknown. */
  latitude: number | null
  longitude: number | null
  photos: number
  animals: number
  identified: number
  firstAt: string | null
  lastAt: string | null
}

/** A coordinate in hundredths of a degree; numeric rounding is several times slower. */
export const hundredths = (degrees: SQL): SQL => sql`floor(${degrees} * 100 + 0.5)::int`
const PLACE = sql`m.deployment_id, ${hundredths(sql`m.latitude`)}, ${hundredths(sql`m.longitude`)}`

/**
 * Indexed photos by camera and place. Photos without animals count too, unless the filter asks for a taxon or a person.
 */
export async function countPlaces(db: Db, filter: InsightFilter): Promise<PlaceCount[]> {
  const asksAnimals = filter.taxonIds !== null || filter.person !== null
  const shown = asksAnimals ? sql`and m.id in (select d.media_id ${matching(filter)})` : sql``
  type Place = { deployment: string | null; latitude: number | null; longitude: number | null }
  const photos = await counted<Place & { photos: number; firstAt: string | null; lastAt: string | null }>(
    db,
    sql`select p.name as deployment, g.latitude, g.longitude, g.photos, g.first as "firstAt", g.last as "lastAt" from (
      select ${PLACE}, count(*)::int, to_char(min(m.captured_at), 'YYYY-MM-DD'), to_char(max(m.captured_at), 'YYYY-MM-DD')
      from media m where m.status = 'indexed' ${and(mediaConditions(filter))} ${shown} group by 1, 2, 3
    ) as g (deployment_id, latitude, longitude, photos, first, last) left join deployment p on p.id = g.deployment_id`,
  )
  const animals = await counted<Place & { animals: number; identified: number }>(
    db,
    sql`select p.name as deployment, g.latitude, g.longitude, g.animals, g.identified from (
      select ${PLACE}, count(*)::int, count(d.taught_taxon_id)::int ${matching(filter, { media: true })} group by 1, 2, 3
    ) as g (deployment_id, latitude, longitude, animals, identified) left join deployment p on p.id = g.deployment_id`,
  )
  const keyOf = ({ deployment, latitude, longitude }: Place) => JSON.stringify([deployment, latitude, longitude])
  const known = new Map(animals.map((one) => [keyOf(one), one]))
  const degrees = (value: number | null) => (value === null ? null : value / 100)
  return photos.map((one) => ({
    ...one,
    latitude: degrees(one.latitude),
    longitude: degrees(one.longitude),
    animals: known.get(keyOf(one))?.animals ?? 0,
    identified: known.get(keyOf(one))?.identified ?? 0,
  }))
}

export type ConfirmedCounts = {
  animals: number
  /** Identified by at least one person. Other identified animals only have a label that came with the photo. */
  byPeople: number
  byImport: number
  conflict: number
  /** Not identified, but something is suggested. */
  suggested: number
  /** Neither identified nor suggested. */
  open: number
}

export async function countConfirmed(db: Db, filter: InsightFilter): Promise<ConfirmedCounts> {
  const rows = await counted<ConfirmedCounts>(
    db,
    sql`
    select count(*)::int as animals,
      (count(*) filter (where not d.conflict and d.taught_taxon_id is not null and d.latest_statement_id is not null))::int as "byPeople",
      (count(*) filter (where not d.conflict and d.taught_taxon_id is not null and d.latest_statement_id is null))::int as "byImport",
      (count(*) filter (where d.conflict))::int as conflict,
      (count(*) filter (where not d.conflict and d.taught_taxon_id is null and s.taxon_id is not null))::int as suggested,
      (count(*) filter (where not d.conflict and d.taught_taxon_id is null and s.taxon_id is null))::int as open
    ${matching(filter, { suggestion: true })}`,
  )
  const [row] = rows
  if (!row) throw new Error('Expected a row of counts')
  return row
}

export type PersonCount = { person: string; animals: number }

/** How many animals each person has identified, most first. Only identifications that count are counted. */
export async function countPeople(db: Db, filter: InsightFilter): Promise<PersonCount[]> {
  const isFiltered = Object.values(filter).some((value) => value !== null)
  const within = isFiltered ? sql`and detection_id in (select d.id ${matching(filter)})` : sql``
  const rows = await counted<PersonCount>(
    db,
    sql`
    select person, count(distinct detection_id)::int as animals from identification
    where withdrawn_at is null and not proposal ${within}
    group by person order by 2 desc, 1 limit 200`,
  )
  return rows
}
