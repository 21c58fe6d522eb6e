// Search at size, on small sizes: every way finds what brute force finds, with every filter, and what was learned a
// moment ago. Callers say how many exemplars there are, so a small database is searched like a large one.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { writeLessons } from '../../../db/trees/lessons.ts'
import { type NearestQuery, nearestExemplars, nearestPerTaxon } from '../../../db/trees/nearest.ts'
import { buildSearchIndex, INDEX_FROM, indexName, searchIndexState } from '../../../db/trees/search-index.ts'
import { deleteVersionsBefore, insertMetricVectors, insertVersion } from '../../../db/trees/trees.ts'
import {
  ancestor,
  deploymentId,
  detectionId,
  drawExemplars,
  type Exemplars,
  subtreeIds,
  writeExemplars,
} from '../../bench/exemplars.ts'
import { needsPostgres, onPostgres, openTestDatabase } from '../../support/database.ts'
import { addIndexed, addModels, EMBEDDER } from '../../support/rows.ts'

const COUNT = 6_000
const NUMBERS = 24
const QUERIES = 15
const K = 20
/** In this test an index is built from so many vectors on. */
const FROM = 1_000

const database = await openTestDatabase()
const { db } = database
after(() => database.close())

const between = Float64Array.from({ length: NUMBERS }, (_, i) => 20 / (1 + i))
const exemplars = drawExemplars(COUNT, { between, taxa: [3, 9, 30, 90], cameras: 40, seed: 5 })
const { taxa } = exemplars
const queries = Array.from({ length: QUERIES }, () => exemplars.query())
type Query = (typeof queries)[number]
let version = 0

before(async () => {
  await addModels(db)
  const written = await writeExemplars(database, exemplars, { modelSha256: EMBEDDER, onProgress: () => {} })
  version = written.version
})

function bruteForce({ vectors, count, dimensions }: Exemplars, query: Float32Array, keep: (row: number) => boolean) {
  const cosine = (row: number) => {
    let dot = 0
    let squares = 0
    for (let i = 0; i < dimensions; i++) {
      const value = vectors[row * dimensions + i]!
      dot += value * query[i]!
      squares += value * value
    }
    return dot / Math.sqrt(squares)
  }
  return Array.from({ length: count }, (_, row) => row)
    .filter(keep)
    .map((row) => ({ row, cosine: cosine(row) }))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, K)
    .map(({ row }) => detectionId(row))
}

type Filter = {
  name: string
  /** Of a query: what is asked, and which rows that leaves. */
  of: (query: Query) => { search: Partial<NearestQuery>; keep: (row: number) => boolean }
}

const inTaxon = (rank: number, of: (query: Query) => number) => (query: Query) => {
  const index = of(query)
  const keep = (row: number) => ancestor(taxa, exemplars.species[row]!, rank) === index
  const matching = exemplars.species.reduce((sum, _, row) => sum + (keep(row) ? 1 : 0), 0)
  return { search: { taxonIds: subtreeIds(exemplars, rank, index), matching: claimed(matching) }, keep }
}
/** As many times as the database claims to be larger than it is. */
const claimed = (matching: number) => Math.ceil((matching * INDEX_FROM) / COUNT)
const own = (rank: number) => inTaxon(rank, ({ species }) => ancestor(taxa, species, rank))
const other = (rank: number) => inTaxon(rank, ({ species }) => (ancestor(taxa, species, rank) + 1) % taxa[rank]!)

const FILTERS: Filter[] = [
  { name: 'no filter', of: () => ({ search: {}, keep: () => true }) },
  { name: 'its own species', of: own(3) },
  { name: 'its own class', of: own(0) },
  { name: 'a class that it is not of', of: other(0) },
  { name: 'a species that it is not of', of: other(3) },
  {
    name: 'a camera',
    of: ({ camera }) => ({
      search: { deploymentId: deploymentId(camera) },
      keep: (row) => exemplars.camera[row] === camera,
    }),
  },
  {
    name: 'two hours',
    of: () => ({
      search: { capturedFrom: '2022-01-02', capturedBefore: '2022-01-02 02:00:00' },
      keep: (row) => row >= 1440 && row < 1560,
    }),
  },
  {
    name: 'from a day on',
    of: () => ({ search: { capturedFrom: '2022-01-03T00:00' }, keep: (row) => row >= 2880 }),
  },
  {
    name: 'what a person named',
    of: () => ({ search: { confirmedOnly: true }, keep: (row) => exemplars.confirmed[row] === 1 }),
  },
  {
    name: 'a class, a camera, days and a person at once',
    of: (query) => {
      const { search, keep } = own(0)(query)
      return {
        search: {
          ...search,
          deploymentId: deploymentId(query.camera),
          capturedFrom: '2022-01-02',
          confirmedOnly: true,
        },
        keep: (row) =>
          keep(row) && exemplars.camera[row] === query.camera && row >= 1440 && exemplars.confirmed[row] === 1,
      }
    },
  },
]

async function recall({ of }: Filter, examples: number): Promise<number> {
  let found = 0
  let wanted = 0
  for (const query of queries) {
    const { search, keep } = of(query)
    const truth = bruteForce(exemplars, query.vector, keep)
    const near = await nearestExemplars(db, { version, query: query.vector, k: K, examples, ...search })
    const ids = near.map((one) => one.detectionId)
    assert.equal(ids.length, truth.length, 'no row is lost')
    assert.equal(new Set(ids).size, ids.length, 'no row comes twice')
    wanted += truth.length
    found += truth.filter((id) => ids.includes(id)).length
  }
  assert.ok(wanted > 0, 'the filter leaves something')
  return found / wanted
}

/** Share of what brute force finds for each of several taxa, three each. */
async function recallPerTaxon(examples: number): Promise<number> {
  let found = 0
  let wanted = 0
  for (const query of queries) {
    const asked = [own(3), other(3), own(1), other(0)].map((of, i) => {
      const { search, keep } = of(query)
      return { taxonId: i, within: search.taxonIds!, keep }
    })
    const near = await nearestPerTaxon(db, { version, query: query.vector, taxa: asked, perTaxon: 3, examples })
    for (const { taxonId, keep } of asked) {
      const truth = bruteForce(exemplars, query.vector, keep).slice(0, 3)
      const ids = near.get(taxonId)!.map((one) => one.detectionId)
      assert.equal(ids.length, truth.length)
      wanted += truth.length
      found += truth.filter((id) => ids.includes(id)).length
    }
  }
  return found / wanted
}

describe('without an index', () => {
  for (const filter of FILTERS)
    test(`${filter.name}: exact`, async () => {
      assert.equal(await recall(filter, COUNT), 1)
      assert.equal(await recall(filter, INDEX_FROM), 1)
    })
  test('per taxon: exact', async () => {
    assert.equal(await recallPerTaxon(COUNT), 1)
    assert.equal(await recallPerTaxon(INDEX_FROM), 1)
  })
  test('the embedded database makes none', { skip: onPostgres ? 'of PGlite' : false }, async () => {
    assert.equal(await buildSearchIndex(database, version, { ...quietly(), from: FROM }), false)
    assert.deepEqual(await searchIndexState(db, version), { ready: false, building: null })
  })
})

const quietly = () => ({ signal: new AbortController().signal, onProgress: () => {} })

describe('with an index', { skip: needsPostgres }, () => {
  test('is made once, where there are enough exemplars, and says how far it is', async () => {
    assert.equal(await buildSearchIndex(database, version, { ...quietly(), from: COUNT + 1 }), false)
    assert.deepEqual(await searchIndexState(db, version), { ready: false, building: null })
    const told: number[] = []
    const options = { ...quietly(), onProgress: (share: number) => told.push(share), from: FROM }
    assert.equal(await buildSearchIndex(database, version, options), true)
    assert.equal(told.at(-1), 1)
    assert.deepEqual(await searchIndexState(db, version), { ready: true, building: null })
    assert.equal(await buildSearchIndex(database, version, options), true)
  })
  test('is what a search goes by', async () => {
    const uses = async () => {
      await db.execute(sql`select pg_stat_force_next_flush()`)
      const { rows } = await db.execute<{ uses: number }>(
        sql`select idx_scan as uses from pg_stat_user_indexes where indexrelname = ${indexName(version)}`,
      )
      return rows[0]?.uses ?? 0
    }
    await recall(FILTERS[0]!, COUNT)
    const before = await uses()
    await recall(FILTERS[0]!, INDEX_FROM)
    // Counters arrive when a connection of the pool rests.
    for (let i = 0; i < 600 && (await uses()) <= before; i++) await new Promise((resolve) => setTimeout(resolve, 100))
    assert.ok((await uses()) > before)
  })
  for (const filter of FILTERS)
    test(`${filter.name}: recall of at least 0.99`, async () => {
      assert.ok((await recall(filter, INDEX_FROM)) >= 0.99)
    })
  test('per taxon: recall of at least 0.99', async () => {
    assert.ok((await recallPerTaxon(INDEX_FROM)) >= 0.99)
  })
  test('a leftover of a broken build is replaced; a build that is ended leaves the ways that were there', async () => {
    const ended = new AbortController()
    ended.abort(new Error('the service stops'))
    await db.execute(sql.raw(`drop index ${indexName(version)}`))
    await assert.rejects(
      buildSearchIndex(database, version, { ...quietly(), signal: ended.signal, from: FROM }),
      /the service stops/,
    )
    assert.equal(await recall(FILTERS[0]!, INDEX_FROM), 1)
    await db.execute(
      sql.raw(`create index ${indexName(version)} on metric_vector (detection_id) where version = ${version}`),
    )
    await db.execute(sql`update pg_index set indisvalid = false where indexrelid = to_regclass(${indexName(version)})`)
    assert.equal(await recall(FILTERS[0]!, INDEX_FROM), 1)
    assert.equal(await buildSearchIndex(database, version, { ...quietly(), from: FROM }), true)
    assert.ok((await recall(FILTERS[0]!, INDEX_FROM)) >= 0.99)
  })
  test('what was learned a moment ago is found, whatever the index knows', async () => {
    for (let i = 0; i < 30; i++) {
      const { vector, species } = exemplars.query()
      const taxon = subtreeIds(exemplars, 3, species)[0]!
      const label = { taxonId: taxon, person: 'import:test' }
      const { detectionId: id } = await addIndexed(db, { label })
      await insertMetricVectors(db, version, [{ detectionId: id, vector }])
      await writeLessons(db, 'detection', [id])
      const [nearest] = await nearestExemplars(db, { version, query: vector, k: K, examples: INDEX_FROM })
      assert.equal(nearest?.detectionId, id)
    }
  })
  test('goes with its version', async () => {
    const next = await insertVersion(db, {
      modelSha256: EMBEDDER,
      statistics: new Uint8Array(),
      lessons: 0,
      examples: 0,
    })
    await deleteVersionsBefore(db, EMBEDDER, next)
    const { rows } = await db.execute(sql`select from pg_class where relname = ${indexName(version)}`)
    assert.equal(rows.length, 0)
  })
})
