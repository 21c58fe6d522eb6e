// Summaries of suggestions, and the lists of detections that are sorted by them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { addMedia } from '../../../db/photos/add-media.ts'
import { type DetectionCursor, type DetectionFilter, listDetections } from '../../../db/photos/queues.ts'
import { identify } from '../../../db/statements/identifications.ts'
import { lockTaxonomy } from '../../../db/taxonomy-lock.ts'
import { staleDetections, suggestionsOf, upsertSuggestions } from '../../../db/trees/suggestions.ts'
import { insertMetricVectors } from '../../../db/trees/trees.ts'
import { needsPostgres } from '../../support/database.ts'
import { addIndexed, addVersion, animal, EMBEDDER, openWithTaxa, person, photoFacts } from '../../support/rows.ts'

const { db, taxa } = await openWithTaxa('media', 'deployment', 'lesson', 'tree_version')

describe('summaries and lists', () => {
  const summary = (detectionId: number, probability: number, taxonId: number | null = taxa.corax) => ({
    detectionId,
    taxonId,
    probability,
    familyProbability: 0.75,
    stopTaxonId: taxa.corvidae,
    novelty: 0.25,
    ownProbability: null,
    disagreement: 0,
    suspect: false,
    likeness: 0,
    firstHere: null,
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
    const version = await addVersion(db)
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

test('what waits is not listed', async () => {
  await addMedia(db, photoFacts())
  assert.deepEqual((await listDetections(db, { order: 'newest', limit: 5 })).items, [])
})
