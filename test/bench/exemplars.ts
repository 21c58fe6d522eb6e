// Exemplars that nobody photographed, to measure and test search: clustered vectors (a taxonomy of species, cameras
// with a look of their own) with camera, time and whether a person named them, also as rows.
//
// They are drawn from the tree's own model. A species' mean is spread around that of its genus with the variance
// `between`; a photo is spread around that with variance 1, part of which is the camera's. Numbers are weighted as in
// the metric (classifiers/statistics.ts).

import { sql } from 'drizzle-orm'
import { random } from '../../classifiers/seeded-random.ts'
import { metricWeight } from '../../classifiers/statistics.ts'
import type { Database } from '../../db/connection/connect.ts'
import { insertMetricVectors } from '../../db/trees/trees.ts'

export type Spread = {
  /** Variance between species per number, in units of the variance within a species; as long as a vector. */
  between: Float64Array
  /** How many taxa each rank has, from the top down to species. */
  taxa: readonly [number, number, number, number]
  cameras: number
  seed: number
}

export type Exemplars = {
  count: number
  dimensions: number
  taxa: Spread['taxa']
  cameras: number
  /** Row by row. */
  vectors: Float32Array
  /** Of each row: its species, its camera, minutes since the first, whether a person named it. All from 0. */
  species: Int32Array
  camera: Int32Array
  minute: Int32Array
  confirmed: Uint8Array
  /** A photo that is not among the rows, drawn in the same way: what people ask with. */
  query(): { vector: Float32Array; species: number; camera: number }
}

const RANKS = ['class', 'order', 'genus', 'species'] as const
const RANK_LEVELS = [50, 40, 20, 10]
/** Shares of the variance between species: between classes, orders, genera, species. */
const SHARES = [0.1, 0.2, 0.3, 0.4]
/** Share of the variance within a species that a camera's place adds to all its photos. */
const CAMERA_SHARE = 0.36
/** A few species make up most photos. */
const COMMONNESS = 2

export function drawExemplars(count: number, { between, taxa, cameras, seed }: Spread): Exemplars {
  const next = random(seed)
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const dimensions = between.length
  const spread = (mean: Float64Array, share: number) =>
    Float64Array.from(mean, (value, i) => value + Math.sqrt(share * between[i]!) * gaussian())
  let means = [new Float64Array(dimensions)]
  for (const [rank, size] of taxa.entries())
    means = Array.from({ length: size }, (_, i) => spread(means[i % means.length]!, SHARES[rank]!))
  const places = Array.from({ length: cameras }, () =>
    Float64Array.from({ length: dimensions }, () => Math.sqrt(CAMERA_SHARE) * gaussian()),
  )
  const weight = between.map(metricWeight)
  const noise = Math.sqrt(1 - CAMERA_SHARE)
  const photo = (into: Float32Array) => {
    const species = Math.floor(means.length * next() ** COMMONNESS)
    const camera = Math.floor(cameras * next())
    for (let i = 0; i < dimensions; i++)
      into[i] = weight[i]! * (means[species]![i]! + places[camera]![i]! + noise * gaussian())
    return { species, camera }
  }
  const vectors = new Float32Array(count * dimensions)
  const species = new Int32Array(count)
  const camera = new Int32Array(count)
  const minute = new Int32Array(count)
  const confirmed = new Uint8Array(count)
  for (let row = 0; row < count; row++) {
    const drawn = photo(vectors.subarray(row * dimensions, (row + 1) * dimensions))
    species[row] = drawn.species
    camera[row] = drawn.camera
    minute[row] = row
    confirmed[row] = next() < 0.1 ? 1 : 0
  }
  return {
    count,
    dimensions,
    taxa,
    cameras,
    vectors,
    species,
    camera,
    minute,
    confirmed,
    query() {
      const vector = new Float32Array(dimensions)
      return { vector, ...photo(vector) }
    },
  }
}

/**
 * Ids of the species (and of the taxa above) at or below a taxon, by rank (0 is the top) and number within the rank.
 */
export function subtreeIds({ taxa }: Pick<Exemplars, 'taxa'>, rank: number, index: number): number[] {
  const ids = [taxonId(taxa, rank, index)]
  let members = [index]
  for (let below = rank + 1; below < taxa.length; below++) {
    const above = new Set(members)
    members = Array.from({ length: taxa[below]! }, (_, i) => i).filter((i) => above.has(i % taxa[below - 1]!))
    ids.push(...members.map((i) => taxonId(taxa, below, i)))
  }
  return ids
}

/** Ranks are numbered one after the other, from 1. */
export const taxonId = (taxa: Spread['taxa'], rank: number, index: number) =>
  1 + index + taxa.slice(0, rank).reduce((sum, size) => sum + size, 0)
/** The taxon of a rank that a species lies in. */
export function ancestor(taxa: Spread['taxa'], species: number, rank: number): number {
  let index = species
  for (let level = taxa.length - 1; level > rank; level--) index %= taxa[level - 1]!
  return index
}
export const detectionId = (row: number) => row + 1
export const deploymentId = (camera: number) => camera + 1
export const FIRST_MINUTE = '2022-01-01'

const CHUNK = 20_000

/**
 * Rows of an empty database: taxa, cameras, photos, detections that teach, what people said about some, lessons and,
 * for one unpublished version, metric vectors. Returns how long the vectors took, in ms. Row r is detection r + 1.
 */
export async function writeExemplars(
  { db, pool }: Database,
  exemplars: Exemplars,
  { modelSha256, onProgress }: { modelSha256: string; onProgress: (rows: number) => void },
): Promise<{ version: number; vectorsMs: number }> {
  const { taxa, cameras, count, dimensions, vectors } = exemplars
  for (const [rank, size] of taxa.entries()) {
    const parents = Array.from({ length: size }, (_, i) =>
      rank === 0 ? null : taxonId(taxa, rank - 1, i % taxa[rank - 1]!),
    )
    await pool.query(
      `insert into taxon (id, parent_id, name, rank, rank_level) overriding system value
       select $1::bigint + n - 1, parent, $2::text || ' ' || n, $2, $3
       from unnest($4::bigint[]) with ordinality as one (parent, n)`,
      [taxonId(taxa, rank, 0), RANKS[rank], RANK_LEVELS[rank], parents],
    )
  }
  await pool.query(
    `insert into deployment (id, name) overriding system value select n, 'camera ' || n from generate_series(1, $1) as n`,
    [cameras],
  )
  const version = 0
  await pool.query(
    `insert into tree_version (version, model_sha256, statistics, lessons, examples) values ($1, $2, '', 0, 0)`,
    [version, modelSha256],
  )
  let vectorsMs = 0
  for (let start = 0; start < count; start += CHUNK) {
    const end = Math.min(count, start + CHUNK)
    await writeRows(pool, exemplars, start, end)
    const startedAt = performance.now()
    const rows = Array.from({ length: end - start }, (_, i) => {
      const row = start + i
      return { detectionId: detectionId(row), vector: vectors.subarray(row * dimensions, (row + 1) * dimensions) }
    })
    await insertMetricVectors(db, version, rows)
    vectorsMs += performance.now() - startedAt
    onProgress(end)
  }
  // Later rows get ids of their own.
  for (const table of ['media', 'detection', 'identification', 'taxon', 'deployment'])
    await db.execute(
      sql`select setval(pg_get_serial_sequence(${table}, 'id'), (select coalesce(max(id), 1) from ${sql.identifier(table)}))`,
    )
  await pool.query('vacuum (analyze)')
  return { version, vectorsMs }
}

async function writeRows(pool: Database['pool'], exemplars: Exemplars, start: number, end: number): Promise<void> {
  const { taxa, species, camera, minute, confirmed } = exemplars
  const part = (values: Int32Array | Uint8Array) => Array.from(values.subarray(start, end))
  await pool.query(
    `insert into media (id, sha256, filename, mime_type, bytes, status, deployment_id, captured_at) overriding system value
     select $1::bigint + n, 'generated ' || ($1 + n), ($1 + n) || '.jpg', 'image/jpeg', 1000000, 'indexed', camera + 1,
       $4::timestamp + minute * interval '1 minute'
     from unnest($2::int[], $3::int[]) with ordinality as one (camera, minute, n)`,
    [start, part(camera), part(minute), FIRST_MINUTE],
  )
  await pool.query(
    `insert into detection (id, media_id, kind, source, x, y, width, height, confidence, group_key, taught_taxon_id)
       overriding system value
     select $1::bigint + n, $1 + n, 'animal', 'detector', 0.1, 0.1, 0.5, 0.5, 0.9, 'm:' || ($1 + n), species + $3
     from unnest($2::int[]) with ordinality as one (species, n)`,
    [start, part(species), taxonId(taxa, taxa.length - 1, 0)],
  )
  await pool.query(
    `insert into identification (id, detection_id, taxon_id, person, basis) overriding system value
     select $1::bigint + n, $1 + n, species + $4, 'ann', '{"kind":"search"}'
     from unnest($2::int[], $3::int[]) with ordinality as one (species, confirmed, n) where confirmed = 1`,
    [start, part(species), part(confirmed), taxonId(taxa, taxa.length - 1, 0)],
  )
  await pool.query(
    `insert into lesson (kind, subject_id) select 'detection', $1::bigint + n from generate_series(1, $2) as n`,
    [start, end - start],
  )
}
