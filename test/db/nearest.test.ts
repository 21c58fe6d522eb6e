import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { random } from '../../classifiers/seeded-random.ts'
import { openDatabase } from '../../db/connection/connect.ts'
import { NotFound } from '../../db/errors.ts'
import { addMedia, deleteMedia } from '../../db/photos/media.ts'
import { type DetectionCursor, type DetectionFilter, listDetections } from '../../db/photos/queues.ts'
import { getSetting, setSetting } from '../../db/settings.ts'
import { identify } from '../../db/statements/identifications.ts'
import { lockTaxonomy } from '../../db/taxonomy-lock.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import {
  detectionsWithoutEmbedding,
  embeddings,
  ensureModel,
  insertEmbeddings,
  listModels,
} from '../../db/trees/models.ts'
import { type Near, nearestExemplars, nearestPerTaxon } from '../../db/trees/nearest.ts'
import { staleDetections, suggestionsOf, upsertSuggestions } from '../../db/trees/suggestions.ts'
import {
  deleteVersionsBefore,
  exemplars,
  getVersion,
  insertMetricVectors,
  insertVersion,
  latestPublished,
  publishVersion,
  withPublishLock,
} from '../../db/trees/trees.ts'
import { needsPostgres, openTestDatabase } from '../support/database.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER, person, photoFacts } from '../support/rows.ts'

const database = await openTestDatabase()
const { db, close } = database
after(close)
await addModels(db)
const taxa = await addTaxa(db)
beforeEach(() => db.execute(sql`truncate media, deployment, lesson, tree_version restart identity cascade`))

const DIMENSIONS = 16
const next = random(7)
const randomVector = () => Float32Array.from({ length: DIMENSIONS }, () => 2 * next() - 1)

const newVersion = () =>
  insertVersion(db, { modelSha256: EMBEDDER, statistics: new Uint8Array([1, 2, 255]), lessons: 5, examples: 3 })

/** Photos of one detection each, taught in turn one of the taxa (null: nothing), with metric vectors. */
async function addExemplars(count: number, taught: (number | null)[]) {
  const version = await newVersion()
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

describe('tree versions', () => {
  test('are numbered from 0, found once published, and removed with their vectors', async () => {
    assert.equal(await latestPublished(db, EMBEDDER), null)
    const first = await newVersion()
    const second = await newVersion()
    assert.deepEqual([first, second], [0, 1])
    assert.equal(await latestPublished(db, EMBEDDER), null)
    await publishVersion(db, second)
    await publishVersion(db, first)
    const latest = await latestPublished(db, EMBEDDER)
    assert.equal(latest?.version, second)
    assert.deepEqual([...latest!.statistics], [1, 2, 255])
    assert.deepEqual([latest?.lessons, latest?.examples], [5, 3])
    await publishVersion(db, second)
    assert.deepEqual((await getVersion(db, second)).publishedAt, latest?.publishedAt)
    assert.equal(await latestPublished(db, 'another'), null)
    const { detectionId } = await addIndexed(db)
    await insertMetricVectors(db, first, [{ detectionId, vector: randomVector() }])
    await deleteVersionsBefore(db, EMBEDDER, second)
    await assert.rejects(getVersion(db, first), NotFound)
    await assert.rejects(publishVersion(db, first), NotFound)
    assert.equal((await db.execute(sql`select 1 from metric_vector`)).rows.length, 0)
  })
  test('get different numbers when made at once', async () => {
    const numbers = await Promise.all(Array.from({ length: 6 }, newVersion))
    assert.deepEqual(numbers.sort(), [0, 1, 2, 3, 4, 5])
  })
  test('are made by one process at a time', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let first = Promise.resolve(false)
    await new Promise<void>((begun) => {
      first = withPublishLock(database, () => {
        begun()
        return held
      })
    })
    let second = false
    assert.equal(
      await withPublishLock(database, async () => {
        second = true
      }).finally(release),
      false,
    )
    assert.equal(second, false)
    assert.equal(await first, true)
    await assert.rejects(
      withPublishLock(database, async () => {
        throw new Error('broken')
      }),
      /broken/,
    )
    assert.equal(await withPublishLock(database, async () => {}), true)
  })
  test('are made by one process at a time, whichever it is', { skip: needsPostgres }, async () => {
    const other = await openDatabase(database.url)
    await withPublishLock(database, async () => {
      assert.equal(await withPublishLock(other, async () => {}), false)
    })
    assert.equal(await withPublishLock(other, async () => {}), true)
    await other.close()
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
    const version = await newVersion()
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

describe('summaries and lists', () => {
  const summary = (detectionId: number, probability: number, taxonId: number | null = taxa.corax) => ({
    detectionId,
    taxonId,
    probability,
    stopTaxonId: taxa.corvidae,
    novelty: 0.25,
    ownProbability: null,
    disagreement: 0,
    suspect: false,
    likeness: 0,
    treeVersion: '1.0',
  })
  const list = async (filter: Partial<DetectionFilter>, pageSize = 100) => {
    const seen: number[] = []
    let cursor: DetectionCursor | null = null
    do {
      const page = await listDetections(db, { order: 'oldest', ...filter, limit: pageSize, cursor })
      seen.push(...page.items.map((one) => one.id))
      cursor = page.nextCursor
    } while (cursor)
    return seen
  }

  test('summaries are kept, renewed, and left out where the detection is gone', async () => {
    const { detectionId } = await addIndexed(db)
    await upsertSuggestions(db, [summary(detectionId, 0.5), summary(99_999, 0.5)])
    await upsertSuggestions(db, [{ ...summary(detectionId, 0.75), taxonId: 99_999, treeVersion: '1.1' }])
    const kept = (await suggestionsOf(db, [detectionId, 99_999])).get(detectionId)
    assert.deepEqual(kept, { ...summary(detectionId, 0.75), taxonId: null, treeVersion: '1.1' })
    await upsertSuggestions(db, [])
  })
  test('a taxon, detection or version that is just being deleted is waited for, and left out', {
    skip: needsPostgres,
  }, async () => {
    const { rows } = await db.execute<{ id: number }>(
      sql`insert into taxon (name, rank, rank_level) values ('Brevis', 'genus', 20) returning id`,
    )
    const brevis = rows[0]!.id
    const kept = (await addIndexed(db)).detectionId
    const { mediaId, detectionId } = await addIndexed(db)
    const version = await newVersion()
    let writing: Promise<unknown> = Promise.resolve()
    await db.transaction(async (tx) => {
      await lockTaxonomy(tx)
      await tx.execute(sql`delete from taxon where id = ${brevis}`)
      await tx.execute(sql`delete from media where id = ${mediaId}`)
      await tx.execute(sql`delete from tree_version where version = ${version}`)
      const vector = Float32Array.from([1, 0])
      writing = Promise.all([
        upsertSuggestions(db, [summary(kept, 0.5, brevis), summary(detectionId, 0.5, brevis)]),
        insertMetricVectors(db, version, [{ detectionId: kept, vector }]),
      ])
      const waiting = sql`select count(*)::int as count from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`
      for (let i = 0; i < 500; i++) {
        const counted = await tx.execute<{ count: number }>(waiting)
        if (counted.rows[0]!.count >= 2) break
        await sleep(10)
      }
    })
    await writing
    const found = await suggestionsOf(db, [kept, detectionId])
    assert.deepEqual([...found], [[kept, summary(kept, 0.5, null)]])
    const vectors = await db.execute(sql`select 1 from metric_vector where version = ${version}`)
    assert.equal(vectors.rows.length, 0)
  })
  test('stale ones are found, newest first', async () => {
    const ids = [] as number[]
    for (let i = 0; i < 4; i++) ids.push((await addIndexed(db, {}, [animal(), person])).detectionId)
    await upsertSuggestions(db, [summary(ids[0]!, 0.5), { ...summary(ids[2]!, 0.5), treeVersion: '1.1' }])
    const stale = (limit: number, below?: number) =>
      staleDetections(db, { modelSha256: EMBEDDER, treeVersion: '1.1', limit, below })
    assert.deepEqual(await stale(10), [ids[3], ids[1], ids[0]])
    assert.deepEqual(await stale(1), [ids[3]])
    assert.deepEqual(await stale(10, ids[1]), [ids[0]])
    assert.deepEqual(await staleDetections(db, { modelSha256: 'none', treeVersion: '1.1', limit: 9 }), [])
  })
  test('are filtered by state, kind, taxon, photo and import, in three orders', async () => {
    const label = (taxonId: number) => ({ taxonId, person: 'import:test' })
    const a = await addIndexed(db, { label: label(taxa.corax) }, [animal(), animal({ confidence: 0.2 })])
    const b = await addIndexed(db, {}, [animal(), person])
    const c = await addIndexed(db, { label: label(taxa.corax) })
    await identify(db, {
      detectionId: c.detectionId,
      taxonId: taxa.cornix,
      person: 'import:two',
      basis: { kind: 'import' },
    })
    const [taught, proposed] = a.detectionIds as [number, number]
    const [open, human] = b.detectionIds as [number, number]
    await upsertSuggestions(db, [summary(open, 0.9, taxa.pica), summary(taught, 0.1)])
    const all = [taught, proposed, open, human, c.detectionId]

    assert.deepEqual(await list({}), all)
    assert.deepEqual(await list({ order: 'newest' }), [...all].reverse())
    assert.deepEqual(await list({ order: 'unsure' }), [taught, open, proposed, human, c.detectionId])
    assert.deepEqual(await list({ state: 'unidentified' }), [proposed, open])
    assert.deepEqual(await list({ state: 'identified' }), [taught])
    assert.deepEqual(await list({ state: 'conflict' }), [c.detectionId])
    assert.deepEqual(await list({ state: 'proposed' }), [proposed])
    assert.deepEqual(await list({ kind: 'person' }), [human])
    assert.deepEqual(await list({ taxonIds: [taxa.pica] }), [open])
    assert.deepEqual(await list({ taxonIds: [taxa.corax, taxa.corvus] }), [taught, c.detectionId])
    assert.deepEqual(await list({ mediaId: b.mediaId }), [open, human])
    assert.deepEqual(await list({ importId: 5 }), [])
    for (const order of ['unsure', 'newest', 'oldest'] as const) {
      for (const pageSize of [1, 2, 3]) assert.deepEqual(await list({ order }, pageSize), await list({ order }))
    }
  })
  test('pages do not shift when photos are added, nor when many are equally unsure', async () => {
    const ids = [] as number[]
    for (let i = 0; i < 9; i++) ids.push((await addIndexed(db)).detectionId)
    await upsertSuggestions(
      db,
      ids.slice(0, 6).map((id) => summary(id, 0.3)),
    )
    for (const order of ['unsure', 'oldest', 'newest'] as const) {
      const before = await list({ order })
      const first = await listDetections(db, { order, limit: 4 })
      const added = (await addIndexed(db)).detectionId
      const rest = await listDetections(db, { order, limit: 50, cursor: first.nextCursor })
      const seen = [...first.items, ...rest.items].map((one) => one.id).filter((id) => id !== added)
      assert.deepEqual(seen, before)
      await db.execute(sql`delete from detection where id = ${added}`)
    }
  })
})

test('settings are kept by key', async () => {
  assert.equal(await getSetting(db, 'model'), undefined)
  await setSetting(db, 'model', { detector: 'a' })
  await setSetting(db, 'model', { detector: 'b', n: [1, null] })
  assert.deepEqual(await getSetting(db, 'model'), { detector: 'b', n: [1, null] })
})

test('what waits is not listed', async () => {
  await addMedia(db, photoFacts())
  assert.deepEqual((await listDetections(db, { order: 'newest', limit: 5 })).items, [])
})
