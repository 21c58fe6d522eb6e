// THE vector query: exemplars most similar to a query in the metric of one published version. In: a metric vector, filters.
// Out: neighbours, the most similar first; similarity = 1 - cosine distance, clamped to 0..1.
//
// It goes one of three ways, each of which answers the same rows; `nearestExemplars` chooses.
//
// - `join`: every exemplar that the filter leaves is measured. Exact whatever the filter: small subtrees, one camera, and where
//   the other two found too few.
// - `scan`: all vectors of the version are measured by themselves, and only the nearest DEPTH of them are joined with what they
//   teach and filtered. Exact when k are left: nothing farther can be nearer. (50,000 vectors of 53 numbers: 17 ms on Postgres
//   against 27 ms by join; 20,000 in PGlite: 32 ms against 58 ms.)
// - `index`: the same with the nearest DEPTH taken from an HNSW index (db/trees/search-index.ts; Postgres, from INDEX_FROM exemplars),
//   joined by the exemplars of the latest lessons, which an approximate index need not find at once. (50,000 vectors of 53 numbers:
//   1 ms, recall@20 0.998.)
//
// A filter inside an HNSW scan loses rows silently (recall 0.00 to 0.04 for a query that is not from the asked subtree), so the
// filter comes after it, and fewer than k left means `join`. A scan over the signs of the vectors (bits) with exact distances
// for the nearest 1,000 does not pay here: metric vectors are short (16.5 ms against 17 at 53 numbers, 34 against 37 at 384, with
// recall 0.985). All figures: 2 busy cores, 2026-11-22.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { USUALLY_FOLLOWED } from '../connection/session-settings.ts'
import { idArray } from '../sql.ts'
import { queryVector } from '../vectors.ts'
import { INDEX_FROM, MOST_INDEXED_NUMBERS, searchIndexState } from './search-index.ts'

export type Near = {
  detectionId: number
  mediaId: number
  /** What it teaches. */
  taxonId: number
  groupKey: string
  similarity: number
}

export type Exclusion = {
  /** The query's own detection, where it is stored. */
  excludeDetectionIds?: number[]
  /** The query's own burst. */
  excludeGroupKey?: string | null
}

export type NearFilter = {
  /** Only exemplars that teach one of these. */
  taxonIds?: number[]
  deploymentId?: number
  /** Captured at this time or later, and before that, by the camera's clock: "2024-05-01" or "2024-05-01 06:13:22". */
  capturedFrom?: string
  capturedBefore?: string
  /** Only what a person has said something of, not what came with photos. */
  confirmedOnly?: boolean
}

/** What the caller knows of sizes, for choosing the way: a wrong number costs time, never rows. */
export type Sizes = {
  /** Exemplars of the version; unknown: few. */
  examples?: number
  /** At most so many of them teach one of `taxonIds`. */
  matching?: number
}

export type NearestQuery = Exclusion &
  NearFilter &
  Sizes & {
    version: number
    query: Float32Array
    /** How many, at most. */
    k: number
  }

/** A filter that leaves at most so many is answered by `join`: 1.5 ms for 150 of 50,000, 14 ms for 10,000. */
const FEW = 5_000
/** How many of the nearest are looked at: without a filter so many more than asked, with one so many times as many. */
const SPARE = 20
const SPARE_TIMES = 6
/** And when that leaves too few: as many as HNSW finds reliably. */
const MOST_DEPTH = 500
/** HNSW follows so many times the rows that are taken, since the last of those it follows have gaps. */
const FOLLOWED = 2
/** Exemplars of the latest lessons, which are measured one by one beside the index: 0.6 ms for 300; later they are found like all others. */
const LATEST = 200
const LATEST_MINUTES = 10

type Row = Omit<Near, 'similarity'> & { distance: number }

function fromRow({ detectionId, mediaId, taxonId, groupKey, distance }: Row): Near {
  // A vector without length has no direction: its distance to everything is NaN.
  const similarity = Number.isNaN(distance) ? 0 : Math.min(1, Math.max(0, 1 - distance))
  return { detectionId, mediaId, taxonId, groupKey, similarity }
}

const columns = sql`d.id as "detectionId", d.media_id as "mediaId", d.taught_taxon_id as "taxonId", d.group_key as "groupKey"`
const distanceTo = (query: Float32Array) => sql`v.vector <=> ${queryVector(query)}`

function exclusion({ excludeDetectionIds, excludeGroupKey }: Exclusion): SQL {
  const own = excludeDetectionIds?.length ? sql`and d.id <> all(${idArray(excludeDetectionIds)})` : sql``
  const burst = excludeGroupKey ? sql`and d.group_key <> ${excludeGroupKey}` : sql``
  return sql`${own} ${burst}`
}

function filter(search: Exclusion & NearFilter): SQL {
  const { taxonIds, deploymentId, capturedFrom, capturedBefore, confirmedOnly } = search
  const parts: SQL[] = [sql`d.taught_taxon_id is not null`]
  if (taxonIds) parts.push(sql`d.taught_taxon_id = any(${idArray(taxonIds)})`)
  if (confirmedOnly)
    parts.push(sql`exists (
      select from identification i
      where i.detection_id = d.id and i.withdrawn_at is null and not i.proposal and i.person not like 'import:%')`)
  if (deploymentId !== undefined) parts.push(sql`m.deployment_id = ${deploymentId}`)
  if (capturedFrom !== undefined) parts.push(sql`m.captured_at >= ${capturedFrom}::timestamp`)
  if (capturedBefore !== undefined) parts.push(sql`m.captured_at < ${capturedBefore}::timestamp`)
  return sql`${sql.join(parts, sql` and `)} ${exclusion(search)}`
}

const needsMedia = ({ deploymentId, capturedFrom, capturedBefore }: NearFilter) =>
  deploymentId !== undefined || capturedFrom !== undefined || capturedBefore !== undefined
const joined = (search: NearFilter) =>
  needsMedia(search)
    ? sql`join detection d on d.id = v.detection_id join media m on m.id = d.media_id`
    : sql`join detection d on d.id = v.detection_id`

/** The k nearest exemplars; fewer when there are fewer. */
export async function nearestExemplars(db: Db, search: NearestQuery): Promise<Near[]> {
  if (search.taxonIds?.length === 0) return []
  if ((search.matching ?? Number.POSITIVE_INFINITY) <= FEW) return await byJoin(db, search)
  if ((search.examples ?? 0) < INDEX_FROM) return await amongNearest(db, search, false)
  if (await fewOfDeployment(db, search)) return await byJoin(db, search)
  return await amongNearest(db, search, await isIndexed(db, search))
}

/** Every row that the filter leaves is measured. */
async function byJoin(db: Db, search: NearestQuery): Promise<Near[]> {
  const { rows } = await db.execute<Row>(sql`
    select ${columns}, ${distanceTo(search.query)} as distance
    from metric_vector v ${joined(search)}
    where v.version = ${search.version} and ${filter(search)}
    order by distance, d.id limit ${search.k}`)
  return rows.map(fromRow)
}

/** The filter among the nearest of all, deeper where it leaves too few, and at last every row that it leaves. */
async function amongNearest(db: Db, search: NearestQuery, indexed: boolean): Promise<Near[]> {
  const narrow = search.taxonIds || search.confirmedOnly || needsMedia(search)
  const shallow = narrow ? SPARE_TIMES * search.k : search.k + SPARE
  for (const depth of indexed ? [shallow, MOST_DEPTH] : [MOST_DEPTH]) {
    if (search.k > depth || depth > MOST_DEPTH) continue
    const found = indexed
      ? await byIndex(db, search, depth)
      : await filteredNearest(db, search, { depth: MOST_DEPTH, indexed })
    if (found.length === search.k) return found
  }
  return await byJoin(db, search)
}

/** The filter among the nearest `depth`. What every connection follows is enough where few are taken: then nothing need be set. */
async function byIndex(db: Db, search: NearestQuery, depth: number): Promise<Near[]> {
  const followed = FOLLOWED * depth
  if (followed <= USUALLY_FOLLOWED) return await filteredNearest(db, search, { depth, indexed: true })
  return await db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('hnsw.ef_search', ${String(followed)}, true)`)
    return await filteredNearest(tx, search, { depth, indexed: true })
  })
}

type Candidates = { depth: number; indexed: boolean }

/** The nearest `depth` of all vectors of a version, as `candidate(detection_id, distance)`. */
function candidates({ version, query }: { version: number; query: Float32Array }, { depth, indexed }: Candidates): SQL {
  if (!indexed)
    return sql`candidate as materialized (
      select v.detection_id, ${distanceTo(query)} as distance
      from metric_vector v where v.version = ${version} order by distance limit ${depth})`
  // The planner sees that the partial index fits where its version and its numbers stand in the text.
  const numbers = sql.raw(String(query.length))
  const here = sql`v.version = ${sql.raw(String(version))}`
  return sql`near as materialized (
      select v.detection_id, ${distanceTo(query)} as distance
      from metric_vector v where ${here}
      order by v.vector::halfvec(${numbers}) <=> ${queryVector(query)}::halfvec(${numbers}) limit ${depth}),
    latest as materialized (
      select subject_id from (select * from lesson order by id desc limit ${LATEST}) as last
      where kind = 'detection' and created_at > now() - ${LATEST_MINUTES} * interval '1 minute'),
    candidate as (
      select * from near union
      select v.detection_id, ${distanceTo(query)} as distance
      from latest join metric_vector v on v.detection_id = latest.subject_id
      where ${here} and ${distanceTo(query)} <= (select max(distance) from near))`
}

async function filteredNearest(db: Db, search: NearestQuery, how: Candidates): Promise<Near[]> {
  const { rows } = await db.execute<Row>(sql`
    with ${candidates(search, how)}
    select ${columns}, v.distance from candidate v ${joined(search)}
    where ${filter(search)}
    order by v.distance, d.id limit ${search.k}`)
  return rows.map(fromRow)
}

/** Versions that have an index; one that goes, goes with its version. */
const indexedVersions = new WeakMap<Db, Set<number>>()

/** Whether this version has an index that can be used now. */
async function isIndexed(db: Db, { version, query }: { version: number; query: Float32Array }): Promise<boolean> {
  if (query.length > MOST_INDEXED_NUMBERS) return false
  const known = indexedVersions.get(db) ?? new Set()
  if (known.has(version)) return true
  const { ready } = await searchIndexState(db, version)
  if (ready) indexedVersions.set(db, known.add(version))
  return ready
}

/** A camera with few photos: known in a millisecond, and then `join` is quicker than looking among the nearest first. */
async function fewOfDeployment(db: Db, { deploymentId }: NearFilter): Promise<boolean> {
  if (deploymentId === undefined) return false
  const { rows } = await db.execute<{ photos: number }>(sql`
    select count(*)::int as photos from (
      select from media where deployment_id = ${deploymentId} limit ${FEW + 1}) as photo`)
  return (rows[0]?.photos ?? 0) <= FEW
}

export type NearestPerTaxonQuery = Exclusion &
  Pick<Sizes, 'examples'> & {
    version: number
    query: Float32Array
    /** Each asked taxon with the taxa that count as it: itself and everything below. */
    taxa: { taxonId: number; within: number[] }[]
    perTaxon: number
  }

/** For each asked taxon its nearest exemplars; a taxon without exemplars has an empty list. */
export async function nearestPerTaxon(db: Db, search: NearestPerTaxonQuery): Promise<Map<number, Near[]>> {
  const found = new Map<number, Near[]>(search.taxa.map(({ taxonId }) => [taxonId, []]))
  if (found.size === 0 || search.perTaxon === 0) return found
  const large = (search.examples ?? 0) >= INDEX_FROM
  if (!large || !(await isIndexed(db, search))) return await eachByJoin(db, search, found)
  // Suggested taxa mostly have exemplars among the nearest of all; only the others are asked for one by one.
  const nearest = await byIndex(db, { ...search, k: MOST_DEPTH }, MOST_DEPTH)
  for (const { taxonId, within } of search.taxa) {
    const members = new Set(within)
    found.set(taxonId, nearest.filter((near) => members.has(near.taxonId)).slice(0, search.perTaxon))
  }
  const taxa = search.taxa.filter(({ taxonId }) => found.get(taxonId)!.length < search.perTaxon)
  for (const { taxonId } of taxa) found.set(taxonId, [])
  return await eachByJoin(db, { ...search, taxa }, found)
}

async function eachByJoin(
  db: Db,
  search: NearestPerTaxonQuery,
  found: Map<number, Near[]>,
): Promise<Map<number, Near[]>> {
  const pairs = search.taxa.flatMap(({ taxonId, within }) => within.map((member) => [taxonId, member] as const))
  if (pairs.length === 0) return found
  const { rows } = await db.execute<Row & { asked: number }>(sql`
    with pair as (
      select * from unnest(${idArray(pairs.map(([asked]) => asked))}, ${idArray(pairs.map(([, member]) => member))}) as p (asked, member))
    select asked.id as asked, near.*
    from (select distinct asked as id from pair) as asked
    cross join lateral (
      select ${columns}, ${distanceTo(search.query)} as distance
      from pair
      join detection d on d.taught_taxon_id = pair.member
      join metric_vector v on v.version = ${search.version} and v.detection_id = d.id
      where pair.asked = asked.id ${exclusion(search)}
      order by distance, d.id limit ${search.perTaxon}) as near
    order by asked.id, near.distance, near."detectionId"`)
  for (const row of rows) found.get(row.asked)?.push(fromRow(row))
  return found
}
