// THE vector query: the exemplars most similar to a query in the metric of one published version, the most similar
// first. Similarity = 1 - cosine distance, clamped to 0..1.
//
// There are three ways, each of which answers the same rows. `nearestExemplars` chooses.
//
// - `join` measures every exemplar that the filter leaves. It is exact whatever the filter: for small subtrees, one
//   camera, and where the other two found too few.
// - `scan` measures all vectors of the version, and joins and filters only the nearest MOST_DEPTH of them. It is exact
//   when k are left, because everything else is farther. (50,000 vectors of 53 numbers: 17 ms on Postgres against 27 ms
//   by join; 20,000 in PGlite: 32 ms against 58 ms.)
// - `index` takes the nearest from an HNSW index instead (search-index.ts; on Postgres, from INDEX_FROM exemplars on),
//   and adds the exemplars of the latest lessons, which an approximate index may not find at once. (50,000 vectors of
//   53 numbers: 1 ms, recall@20 0.998.)
//
// A filter inside an HNSW scan silently loses rows (recall 0.00 to 0.04 for a query from outside the asked subtree). So
// the filter comes after it, and where fewer than k are left, `join` answers. Scanning only the signs of the vectors,
// with exact distances for the nearest 1,000, gains nothing, because metric vectors are short (16.5 ms against 17 at 53
// numbers, 34 against 37 at 384, with recall 0.985). All figures: 2 busy cores, 2026-11-22.

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
  /** Taken at or after the one and before the other, by the camera's clock: "2024-05-01" or "2024-05-01 06:13:22". */
  capturedFrom?: string
  capturedBefore?: string
  /** Only exemplars that a person identified, not those that only have a label from an import. */
  confirmedOnly?: boolean
}

/** What the caller knows about sizes, to choose the way. A wrong number costs time, never rows. */
export type Sizes = {
  /** Exemplars of the version; undefined counts as few. */
  examples?: number
  /** How many of them teach one of `taxonIds`, at most. */
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
/** Without a filter, so many more of the nearest are taken than asked for; with a filter, so many times as many. */
const SPARE = 20
const SPARE_TIMES = 6
/** Where that leaves too few: as many as HNSW finds reliably. */
const MOST_DEPTH = 500
/** HNSW follows so many times the rows that are taken, because the farthest of those that it follows have gaps. */
const FOLLOWED = 2
/**
 * So many of the latest lessons, not older than this, are measured besides the index: 0.6 ms for 300. Later ones the
 * index finds.
 */
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

/** The k nearest exemplars, or all where there are fewer. */
export async function nearestExemplars(db: Db, search: NearestQuery): Promise<Near[]> {
  if (search.taxonIds?.length === 0) return []
  if ((search.matching ?? Number.POSITIVE_INFINITY) <= FEW) return await byJoin(db, search)
  if ((search.examples ?? 0) < INDEX_FROM) return await amongNearest(db, search, false)
  if (await fewOfDeployment(db, search)) return await byJoin(db, search)
  return await amongNearest(db, search, await isIndexed(db, search))
}

/** Measures every row that the filter leaves. */
async function byJoin(db: Db, search: NearestQuery): Promise<Near[]> {
  const { rows } = await db.execute<Row>(sql`
    select ${columns}, ${distanceTo(search.query)} as distance
    from metric_vector v ${joined(search)}
    where v.version = ${search.version} and ${filter(search)}
    order by distance, d.id limit ${search.k}`)
  return rows.map(fromRow)
}

/**
 * Filters among the nearest of all, takes more where too few are left, and at last measures every row that the filter
 * leaves.
 */
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

/**
 * Filters among the nearest `depth`. Where few are taken, the session's setting follows enough rows, and no transaction
 * is needed.
 */
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
  // The planner sees that the partial index fits only where the version and the number of dimensions stand in the text.
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

/** Versions known to have an index. An index goes only with its version. */
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

/**
 * Whether the camera has few photos, which takes a millisecond to know: then `join` is quicker than filtering the
 * nearest.
 */
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
    /** Each asked taxon with the taxa that count as it: itself and everything below it. */
    taxa: { taxonId: number; within: number[] }[]
    perTaxon: number
  }

/** For each asked taxon its nearest exemplars. A taxon without exemplars has an empty list. */
export async function nearestPerTaxon(db: Db, search: NearestPerTaxonQuery): Promise<Map<number, Near[]>> {
  const found = new Map<number, Near[]>(search.taxa.map(({ taxonId }) => [taxonId, []]))
  if (found.size === 0 || search.perTaxon === 0) return found
  const large = (search.examples ?? 0) >= INDEX_FROM
  if (!large || !(await isIndexed(db, search))) return await eachByJoin(db, search, found)
  // Suggested taxa mostly have exemplars among the nearest of all. Only the others are asked for one by one.
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
