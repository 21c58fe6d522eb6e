// The nearest exemplars, against brute force, and the pages in which exemplars and embeddings are read.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { random } from '../../../classifiers/seeded-random.ts'
import { deleteMedia } from '../../../db/photos/media.ts'
import { identify } from '../../../db/statements/identifications.ts'
import { teachingOf } from '../../../db/trees/lessons.ts'
import {
  detectionsWithoutEmbedding,
  embeddings,
  ensureModel,
  insertEmbeddings,
  listModels,
} from '../../../db/trees/models.ts'
import { type Near, nearestExemplars, nearestPerTaxon } from '../../../db/trees/nearest.ts'
import { exemplars, insertMetricVectors } from '../../../db/trees/trees.ts'
import { addIndexed, addVersion, animal, EMBEDDER, openWithTaxa, person } from '../../support/rows.ts'

const { db, taxa } = await openWithTaxa('media', 'deployment', 'lesson', 'tree_version')

const DIMENSIONS = 16
const next = random(7)
const randomVector = () => Float32Array.from({ length: DIMENSIONS }, () => 2 * next() - 1)

/** Photos of one detection each, taught in turn one of the taxa (null: nothing), with metric vectors. */
async function addExemplars(count: number, taught: (number | null)[]) {
  const version = await addVersion(db)
  const rows: {
    detectionId: number
    mediaId: number
    taxonId: number | null
    groupKey: string
    vector: Float32Array
  }[] = []
  for (let i = 0; i < count; i++) {
    const taxonId = taught[i % taught.length]!
    const label = taxonId === null ? null : { taxonId, person: 'import:test' }
    const group = `group ${Math.floor(i / 3)}`
    const { mediaId, detectionId } = await addIndexed(db, { label, group })
    rows.push({ detectionId, mediaId, taxonId, groupKey: `g:${group}`, vector: randomVector() })
  }
  await insertMetricVectors(db, version, rows)
  return { version, rows }
}
type Row = Awaited<ReturnType<typeof addExemplars>>['rows'][number]

function bruteForce(rows: Row[], query: Float32Array, k: number, keep: (row: Row) => boolean = () => true): Near[] {
  const cosine = (v: Float32Array) => {
    let dot = 0
    let a = 0
    let b = 0
    for (let i = 0; i < DIMENSIONS; i++) {
      dot += v[i]! * query[i]!
      a += v[i]! ** 2
      b += query[i]! ** 2
    }
    return dot / Math.sqrt(a * b)
  }
  return rows
    .filter((row) => row.taxonId !== null && keep(row))
    .map(({ vector, taxonId, ...row }) => ({ ...row, taxonId: taxonId!, similarity: cosine(vector) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, k)
    .map((near) => ({ ...near, similarity: Math.min(1, Math.max(0, near.similarity)) }))
}
function assertSame(found: Near[], expected: Near[]): void {
  assert.deepEqual(
    found.map(({ similarity, ...rest }) => rest),
    expected.map(({ similarity, ...rest }) => rest),
  )
  found.forEach((near, i) => {
    assert.ok(Math.abs(near.similarity - expected[i]!.similarity) < 1e-6)
  })
}

describe('nearest exemplars', () => {
  test('equal a brute-force search, with every filter', async () => {
    const { version, rows } = await addExemplars(90, [taxa.corax, taxa.pica, null, taxa.vulpes, taxa.corvus])
    for (let i = 0; i < 5; i++) {
      const query = randomVector()
      const search = { version, query }
      assertSame(await nearestExemplars(db, { ...search, k: 10 }), bruteForce(rows, query, 10))
      assertSame(await nearestExemplars(db, { ...search, k: 1000 }), bruteForce(rows, query, 1000))
      const taxonIds = [taxa.pica, taxa.corvus]
      assertSame(
        await nearestExemplars(db, { ...search, k: 30, taxonIds }),
        bruteForce(rows, query, 30, (row) => taxonIds.includes(row.taxonId!)),
      )
      const { detectionId, groupKey } = rows[i]!
      assertSame(
        await nearestExemplars(db, { ...search, k: 200, excludeDetectionIds: [detectionId] }),
        bruteForce(rows, query, 200, (row) => row.detectionId !== detectionId),
      )
      assertSame(
        await nearestExemplars(db, { ...search, k: 200, excludeGroupKey: groupKey, taxonIds: [taxa.corax] }),
        bruteForce(rows, query, 200, (row) => row.groupKey !== groupKey && row.taxonId === taxa.corax),
      )
    }
    assert.deepEqual(await nearestExemplars(db, { version, query: randomVector(), k: 5, taxonIds: [] }), [])
    assert.deepEqual(await nearestExemplars(db, { version, query: randomVector(), k: 5, taxonIds: [taxa.parus] }), [])
    assert.deepEqual(await nearestExemplars(db, { version: 99, query: randomVector(), k: 5 }), [])
  })
  test('per taxon equal a search within each, also where they overlap', async () => {
    const { version, rows } = await addExemplars(60, [taxa.corax, taxa.pica, taxa.cornix, taxa.corvus])
    const query = randomVector()
    const asked = [
      { taxonId: taxa.corax, within: [taxa.corax] },
      { taxonId: taxa.corvus, within: [taxa.corvus, taxa.corax, taxa.cornix] },
      { taxonId: taxa.vulpes, within: [taxa.vulpes] },
      { taxonId: taxa.parus, within: [] },
    ]
    const excludeGroupKey = rows[0]!.groupKey
    const found = await nearestPerTaxon(db, { version, query, taxa: asked, perTaxon: 4, excludeGroupKey })
    assert.deepEqual(
      [...found.keys()],
      asked.map((one) => one.taxonId),
    )
    for (const { taxonId, within } of asked) {
      const expected = bruteForce(
        rows,
        query,
        4,
        (row) => within.includes(row.taxonId!) && row.groupKey !== excludeGroupKey,
      )
      assertSame(found.get(taxonId)!, expected)
    }
    assert.deepEqual(await nearestPerTaxon(db, { version, query, taxa: [], perTaxon: 4 }), new Map())
  })
  test('know a detection the moment it teaches, forget it when it does not', async () => {
    const { version, rows } = await addExemplars(3, [null])
    const { detectionId, vector } = rows[1]!
    const near = () => nearestExemplars(db, { version, query: vector, k: 3 })
    assert.deepEqual(await near(), [])
    await identify(db, { detectionId, taxonId: taxa.pica, person: 'ann', basis: { kind: 'search' } })
    const [found] = await near()
    assert.deepEqual(
      [found?.detectionId, found?.taxonId, Math.round(found!.similarity * 1e6)],
      [detectionId, taxa.pica, 1e6],
    )
    await deleteMedia(db, rows[1]!.mediaId)
    assert.deepEqual(await near(), [])
  })
  test('a vector without length is similar to nothing', async () => {
    const { version, rows } = await addExemplars(2, [taxa.corax])
    await insertMetricVectors(db, version, [{ ...rows[0]!, vector: new Float32Array(DIMENSIONS) }])
    const found = await nearestExemplars(db, { version, query: rows[1]!.vector, k: 2 })
    assert.deepEqual(
      found.map((near) => [near.detectionId, Math.round(near.similarity)]),
      [
        [rows[1]!.detectionId, 1],
        [rows[0]!.detectionId, 0],
      ],
    )
  })
})

async function collect<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

describe('exemplars and embeddings', () => {
  test('are read completely, by id, in pages', async () => {
    const { version, rows } = await addExemplars(7, [taxa.corax, null, taxa.pica])
    // Identified while the version was made: no vector yet, so its embedding comes along.
    const late = await addIndexed(db, { label: { taxonId: taxa.parus, person: 'import:test' } })
    const read = await collect(exemplars(db, { version, modelSha256: EMBEDDER }))
    const taught = rows.filter((row) => row.taxonId !== null)
    assert.deepEqual(
      read.slice(0, -1),
      taught.map((row) => ({ ...row, embedding: null })),
    )
    assert.deepEqual(read.at(-1), (await teachingOf(db, [late.detectionId], { version, modelSha256: EMBEDDER }))[0])
    assert.equal(read.at(-1)?.embedding?.length, 4)

    const all = await collect(embeddings(db, EMBEDDER, { taught: false }))
    assert.deepEqual(
      all.map((one) => one.detectionId),
      [...rows.map((row) => row.detectionId), late.detectionId],
    )
    const some = await collect(embeddings(db, EMBEDDER, { taught: true }))
    assert.deepEqual(
      some.map((one) => one.detectionId),
      read.map((one) => one.detectionId),
    )
  })
  test('many pages join without gaps', async () => {
    const { mediaId } = await addIndexed(db, {}, [])
    await db.execute(sql`insert into detection (media_id, kind, source, x, y, width, height, group_key, taught_taxon_id)
      select ${mediaId}, 'animal', 'detector', 0, 0, 1, 1, 'g:' || n, ${taxa.pica} from generate_series(1, 10500) n`)
    const { rows } = await db.execute<{ id: number }>(sql`select id from detection order by id`)
    const ids = rows.map((row) => row.id)
    const vector = Float32Array.from([1, 0.5])
    await insertEmbeddings(
      db,
      EMBEDDER,
      ids.map((detectionId) => ({ detectionId, embedding: vector })),
    )
    const version = await addVersion(db)
    await insertMetricVectors(
      db,
      version,
      [...ids, 999_999].map((detectionId) => ({ detectionId, vector })),
    )
    const read = await collect(exemplars(db, { version, modelSha256: EMBEDDER }))
    assert.deepEqual(
      read.map((one) => one.detectionId),
      ids,
    )
    const embedded = await collect(embeddings(db, EMBEDDER, { taught: true }))
    assert.deepEqual(
      embedded.map((one) => one.detectionId),
      ids,
    )
  })
  test('a second embedder finds what it has not seen', async () => {
    const other = 'f'.repeat(64)
    await ensureModel(db, { sha256: other, name: 'old name', kind: 'embedder', manifest: { a: 1 } })
    await ensureModel(db, { sha256: other, name: 'other', kind: 'embedder', manifest: { a: 2 } })
    assert.deepEqual((await listModels(db)).at(-1), {
      sha256: other,
      name: 'other',
      kind: 'embedder',
      manifest: { a: 2 },
    })
    const a = await addIndexed(db, {}, [animal(), person])
    const b = await addIndexed(db)
    const missing = () => detectionsWithoutEmbedding(db, other, { after: 0, limit: 10 })
    assert.deepEqual(await missing(), [
      { detectionId: a.detectionId, mediaId: a.mediaId },
      { detectionId: b.detectionId, mediaId: b.mediaId },
    ])
    await insertEmbeddings(db, other, [{ detectionId: a.detectionId, embedding: randomVector() }])
    assert.deepEqual(
      (await missing()).map((one) => one.detectionId),
      [b.detectionId],
    )
    assert.deepEqual(await detectionsWithoutEmbedding(db, other, { after: b.detectionId, limit: 10 }), [])
  })
})
