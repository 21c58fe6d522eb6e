import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { NotFound } from '../../db/errors.ts'
import { storeAnalysis } from '../../db/photos/analysis.ts'
import { getDeployments, listDeployments } from '../../db/photos/deployments.ts'
import { detectionsOfMedia, getDetection } from '../../db/photos/detections.ts'
import {
  closeImport,
  createImport,
  finishImport,
  importProgress,
  listImports,
  openImports,
} from '../../db/photos/imports.ts'
import {
  addMedia,
  beginAttempt,
  countQueued,
  deleteMedia,
  detectionIdsOf,
  findMedia,
  getMedia,
  listMedia,
  MAX_ATTEMPTS,
  markFailed,
  requeue,
  takeQueued,
} from '../../db/photos/media.ts'
import { identificationsOf, identify } from '../../db/statements/identifications.ts'
import { summarise } from '../../db/summary.ts'
import { lastLesson, lessonsAfter, teachingOf } from '../../db/trees/lessons.ts'
import { getEmbedding } from '../../db/trees/models.ts'
import { openTestDatabase } from '../support/database.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER, models, person, photoFacts } from '../support/rows.ts'

const { db, close } = await openTestDatabase()
after(close)
await addModels(db)
const taxa = await addTaxa(db)
beforeEach(() => db.execute(sql`truncate media, deployment, import_batch, lesson restart identity cascade`))

const label = (taxonId: number) => ({ taxonId, person: 'import:test' })
const lessonSubjects = async (after = 0) =>
  (await lessonsAfter(db, after)).filter((lesson) => lesson.id > after).map((lesson) => lesson.subjectId)

describe('addMedia', () => {
  test('the same bytes are the same media and change nothing', async () => {
    const facts = photoFacts({ capturedRaw: '2024:05:01 06:13:22', capturedAt: '2024-05-01 06:13:22', latitude: 1.5 })
    const first = await addMedia(db, facts)
    assert.deepEqual(first, { id: first.id, status: 'queued', failure: null, existed: false })
    const again = await addMedia(db, { ...facts, filename: 'other.jpg' })
    assert.deepEqual(again, { ...first, existed: true })
    const row = await getMedia(db, first.id)
    assert.equal(row.filename, facts.filename)
    assert.equal(row.capturedAt, '2024-05-01 06:13:22')
    assert.equal(row.latitude, 1.5)
    assert.equal((await findMedia(db, [facts.sha256])).get(facts.sha256)?.id, first.id)
    await assert.rejects(getMedia(db, 999), NotFound)
  })
  test('many at once make one', async () => {
    const facts = photoFacts({ deployment: 'camera 1', capturedAt: '2024-05-01 06:13:22' })
    const added = await Promise.all(Array.from({ length: 10 }, () => addMedia(db, facts)))
    assert.equal(new Set(added.map((one) => one.id)).size, 1)
    assert.equal(added.filter((one) => !one.existed).length, 1)
  })
  test('a label that comes later is kept for indexing, the first one stays', async () => {
    const facts = photoFacts()
    const { id } = await addMedia(db, facts)
    await addMedia(db, { ...facts, label: label(taxa.corax), boxes: [[0, 0, 1, 0.5]] })
    await addMedia(db, { ...facts, label: label(taxa.pica) })
    const row = await getMedia(db, id)
    assert.deepEqual(row.pendingLabel, label(taxa.corax))
    assert.deepEqual(row.pendingBoxes, [[0, 0, 1, 0.5]])
  })
  test('a label for an indexed photo becomes identifications at once, once', async () => {
    const facts = photoFacts()
    const { detectionIds } = await addIndexed(db, facts, [
      animal({ confidence: 0.5 }),
      animal({ confidence: 0.8 }),
      person,
    ])
    const add = () => addMedia(db, { ...facts, label: label(taxa.corax) })
    assert.equal((await add()).status, 'indexed')
    await add()
    const said = await identificationsOf(db, detectionIds)
    assert.deepEqual(
      said.map(({ detectionId, proposal, person }) => ({ detectionId, proposal, person })),
      [
        { detectionId: detectionIds[1], proposal: false, person: 'import:test' },
        { detectionId: detectionIds[0], proposal: true, person: 'import:test' },
      ],
    )
    assert.deepEqual(await lessonSubjects(), [detectionIds[1]])
  })
  test('boxes for an indexed photo that nobody identified send it back to the queue', async () => {
    const facts = photoFacts()
    const { mediaId } = await addIndexed(db, facts)
    const again = await addMedia(db, { ...facts, label: label(taxa.corax), boxes: [[0, 0, 1, 0.5]] })
    assert.equal(again.status, 'queued')
    assert.deepEqual(await detectionsOfMedia(db, [mediaId]), [])
    const boxed = [animal({ source: 'imported', bbox: [0, 0, 1, 0.5], confidence: null })]
    await storeAnalysis(db, mediaId, { width: 4, height: 3, detections: boxed }, models)
    const [detection] = await detectionsOfMedia(db, [mediaId])
    assert.equal(detection?.taughtTaxonId, taxa.corax)
    assert.equal(
      (await addMedia(db, { ...facts, label: label(taxa.pica), boxes: [[0, 0, 0.5, 0.5]] })).status,
      'indexed',
    )
  })
  test('boxes never take away what somebody identified', async () => {
    const facts = photoFacts()
    const { detectionId } = await addIndexed(db, facts)
    await identify(db, { detectionId, taxonId: taxa.pica, person: 'ann', basis: { kind: 'search' } })
    assert.equal((await addMedia(db, { ...facts, label: label(taxa.corax), boxes: [[0, 0, 1, 1]] })).status, 'indexed')
    assert.equal((await getDetection(db, detectionId)).taughtTaxonId, taxa.pica)
  })
})

describe('storeAnalysis', () => {
  test('stores everything in order, and twice changes nothing', async () => {
    const embedding = Float32Array.from([0.1, -0.2, 0.3, Math.fround(1 / 3)])
    const { id } = await addMedia(db, photoFacts({ label: label(taxa.corax) }))
    const analysis = { width: 400, height: 300, detections: [person, animal({ embedding })] }
    const first = await storeAnalysis(db, id, analysis, models)
    assert.equal(first.stored, true)
    assert.deepEqual(await storeAnalysis(db, id, analysis, models), { ...first, stored: false })
    const stored = await detectionsOfMedia(db, [id])
    assert.deepEqual(
      stored.map((one) => one.id),
      first.detectionIds,
    )
    assert.deepEqual(
      stored.map((one) => one.kind),
      ['person', 'animal'],
    )
    assert.deepEqual(stored[1]?.bbox, [0.1, 0.2, 0.3, 0.4])
    assert.equal(stored[1]?.groupKey, `m:${id}`)
    assert.equal(stored[1]?.taughtTaxonId, taxa.corax)
    assert.equal(stored[0]?.taughtTaxonId, null)
    assert.deepEqual(await getEmbedding(db, EMBEDDER, first.detectionIds[1]!), embedding)
    assert.equal(await getEmbedding(db, EMBEDDER, first.detectionIds[0]!), null)
    assert.deepEqual(await lessonSubjects(), [first.detectionIds[1]])
    const row = await getMedia(db, id)
    assert.deepEqual([row.status, row.width, row.height], ['indexed', 400, 300])
    const [teaching] = await teachingOf(db, [first.detectionIds[1]!], { version: 1, modelSha256: EMBEDDER })
    assert.deepEqual(teaching, {
      detectionId: first.detectionIds[1],
      mediaId: id,
      taxonId: taxa.corax,
      groupKey: `m:${id}`,
      vector: null,
      embedding,
    })
    await assert.rejects(storeAnalysis(db, 999, analysis, models), NotFound)
  })
  test('at once by two workers it is stored once', async () => {
    const { id } = await addMedia(db, photoFacts({ label: label(taxa.corax) }))
    const analysis = { width: 400, height: 300, detections: [animal(), animal()] }
    const both = await Promise.all([storeAnalysis(db, id, analysis, models), storeAnalysis(db, id, analysis, models)])
    assert.deepEqual(both.map((one) => one.stored).sort(), [false, true])
    assert.deepEqual(both[0].detectionIds, both[1].detectionIds)
    assert.equal((await detectionsOfMedia(db, [id])).length, 2)
  })
  const outcome = async (
    detections: Parameters<typeof addIndexed>[2],
    facts: Parameters<typeof addIndexed>[1] = {},
  ) => {
    const { mediaId, detectionIds } = await addIndexed(db, { label: label(taxa.corax), ...facts }, detections)
    const said = await identificationsOf(db, detectionIds)
    return (await detectionsOfMedia(db, [mediaId])).map((one) => ({
      source: one.source,
      teaches: one.taughtTaxonId === taxa.corax,
      said: said.filter((s) => s.detectionId === one.id).map((s) => (s.proposal ? 'proposal' : 'statement')),
    }))
  }
  test('a label with boxes names every box', async () => {
    const box = animal({ source: 'imported', confidence: null })
    const named = { source: 'imported', teaches: true, said: ['statement'] }
    assert.deepEqual(await outcome([box, box]), [named, named])
  })
  test('a label without boxes names the only animal', async () => {
    assert.deepEqual(await outcome([person, animal()]), [
      { source: 'detector', teaches: false, said: [] },
      { source: 'detector', teaches: true, said: ['statement'] },
    ])
  })
  test('a label without boxes names the whole photo where nothing was found', async () => {
    const whole = animal({ source: 'wholePhoto', bbox: [0, 0, 1, 1], confidence: null })
    const named = { source: 'wholePhoto', teaches: true, said: ['statement'] }
    assert.deepEqual(await outcome([whole]), [named])
    assert.deepEqual(await outcome([person]), [{ source: 'detector', teaches: false, said: [] }, named])
  })
  test('a label names the most confident of several animals, the others get it as a proposal', async () => {
    assert.deepEqual(
      await outcome([animal({ confidence: 0.4 }), animal({ confidence: 0.7 }), animal({ confidence: 0.7 })]),
      [
        { source: 'detector', teaches: false, said: ['proposal'] },
        { source: 'detector', teaches: true, said: ['statement'] },
        { source: 'detector', teaches: false, said: ['proposal'] },
      ],
    )
  })
  test('without a label nothing is said', async () => {
    assert.deepEqual(await outcome([animal()], { label: null }), [{ source: 'detector', teaches: false, said: [] }])
    assert.deepEqual(await lessonSubjects(), [])
  })
})

describe('sequences', () => {
  const at = (time: string, deployment: string | null = 'camera 1', more = {}) =>
    addIndexed(db, { deployment, capturedAt: `2024-05-01 ${time}`, label: label(taxa.corax), ...more })
  const sequence = async (mediaId: number) => (await getMedia(db, mediaId)).sequenceId
  const groupKey = async (detectionId: number) => (await getDetection(db, detectionId)).groupKey

  test('gaps of up to 60 s join, longer ones and other cameras do not', async () => {
    const a = await at('06:00:00')
    const b = await at('06:01:00')
    const c = await at('06:02:01')
    const other = await at('06:00:30', 'camera 2')
    const nowhere = await at('06:00:30', null)
    assert.equal(await sequence(b.mediaId), await sequence(a.mediaId))
    assert.notEqual(await sequence(c.mediaId), await sequence(b.mediaId))
    assert.notEqual(await sequence(other.mediaId), await sequence(a.mediaId))
    assert.equal(await sequence(nowhere.mediaId), null)
    assert.equal(await groupKey(b.detectionId), `s:${a.mediaId}`)
    assert.equal(await groupKey(nowhere.detectionId), `m:${nowhere.mediaId}`)
  })
  test('a photo between two sequences joins them; what was taught there is told', async () => {
    const late = await at('06:01:40')
    const later = await at('06:02:10')
    const early = await at('06:00:00')
    assert.notEqual(await sequence(early.mediaId), await sequence(late.mediaId))
    const before = await lastLesson(db)
    const bridge = await at('06:00:50')
    for (const one of [early, bridge, late, later]) {
      assert.equal(await sequence(one.mediaId), late.mediaId)
      assert.equal(await groupKey(one.detectionId), `s:${late.mediaId}`)
    }
    assert.deepEqual(await lessonSubjects(before), [early.detectionId, bridge.detectionId])
  })
  test('any order of arrival gives the same sequences', async () => {
    const times = ['06:00:00', '06:00:40', '06:01:20', '06:03:00', '06:03:59', '06:05:00']
    const expected = [[0, 1, 2], [3, 4], [5]]
    const orders = [
      [0, 1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1, 0],
      [2, 0, 4, 1, 5, 3],
      [1, 4, 0, 3, 5, 2],
    ]
    for (const [index, order] of orders.entries()) {
      const found = new Map<number | null, number[]>()
      const media = new Map<number, number>()
      for (const i of order) media.set(i, (await at(times[i]!, `camera ${index + 10}`)).mediaId)
      for (const i of times.keys()) {
        const id = await sequence(media.get(i)!)
        found.set(id, [...(found.get(id) ?? []), i])
      }
      assert.deepEqual([...found.values()], expected)
      assert.deepEqual(
        [...found.keys()],
        expected.map((group) => Math.min(...group.map((i) => media.get(i)!))),
      )
    }
  })
  test('photos of one camera added at once', async () => {
    const added = await Promise.all(Array.from({ length: 20 }, (_, i) => at(`06:${String(i).padStart(2, '0')}:00`)))
    const ids = new Set(await Promise.all(added.map((one) => sequence(one.mediaId))))
    assert.equal(ids.size, 1)
    const keys = new Set(await Promise.all(added.map((one) => groupKey(one.detectionId))))
    assert.deepEqual([...keys], [`s:${Math.min(...added.map((one) => one.mediaId))}`])
  })
  test('a group overrides the sequence', async () => {
    const a = await at('06:00:00', 'camera 1', { group: 'fox 7' })
    const b = await at('06:00:30')
    assert.equal(await groupKey(a.detectionId), 'g:fox 7')
    assert.equal(await groupKey(b.detectionId), `s:${a.mediaId}`)
  })
  test('deployments are listed by name', async () => {
    await at('06:00:00', 'b')
    await at('06:00:00', 'a')
    await at('06:00:00', 'b')
    const listed = await listDeployments(db)
    assert.deepEqual(
      listed.map((one) => one.name),
      ['a', 'b'],
    )
    assert.equal((await getDeployments(db, [listed[1]!.id])).get(listed[1]!.id)?.name, 'b')
  })
})

describe('the queue in the rows', () => {
  test('takes the oldest first, without those being worked on', async () => {
    const ids = [] as number[]
    for (let i = 0; i < 4; i++) ids.push((await addMedia(db, photoFacts())).id)
    assert.deepEqual(await takeQueued(db, 2), ids.slice(0, 2))
    assert.deepEqual(await takeQueued(db, 10, [ids[0]!, ids[2]!]), [ids[1], ids[3]])
    assert.equal(await countQueued(db), 4)
  })
  test('an attempt is counted before the work; after three without an answer the photo is given up', async () => {
    const { id } = await addMedia(db, photoFacts())
    for (let i = 0; i < MAX_ATTEMPTS; i++) assert.notEqual(await beginAttempt(db, id), null)
    assert.equal(await beginAttempt(db, id), null)
    const row = await getMedia(db, id)
    assert.equal(row.status, 'failed')
    assert.match(row.failure?.message ?? '', /broken off 3 times/)
    assert.equal((await requeue(db, id)).status, 'queued')
    assert.notEqual(await beginAttempt(db, id), null)
    assert.equal(await beginAttempt(db, 999), null)
  })
  test('a failure is kept, can be tried again, and never undoes an index', async () => {
    const { id } = await addMedia(db, photoFacts())
    await markFailed(db, id, { stage: 'decode', message: 'Expected a JPEG' })
    assert.deepEqual((await getMedia(db, id)).failure, { stage: 'decode', message: 'Expected a JPEG' })
    assert.deepEqual(await takeQueued(db, 10), [])
    const retried = await requeue(db, id)
    assert.deepEqual([retried.status, retried.failure, retried.attempts], ['queued', null, 0])
    await storeAnalysis(db, id, { width: 4, height: 3, detections: [] }, models)
    await markFailed(db, id, { stage: 'store', message: 'late' })
    assert.equal((await requeue(db, id)).status, 'indexed')
    await assert.rejects(requeue(db, 999), NotFound)
  })
})

test('deleteMedia removes everything below and tells the tree', async () => {
  const { mediaId, detectionIds } = await addIndexed(db, { label: label(taxa.corax) }, [animal(), person])
  const before = await lastLesson(db)
  const { sha256 } = await getMedia(db, mediaId)
  assert.deepEqual(await deleteMedia(db, mediaId), { sha256, detectionIds })
  assert.deepEqual(await lessonSubjects(before), [detectionIds[0]])
  assert.deepEqual(await teachingOf(db, detectionIds, { version: 1, modelSha256: EMBEDDER }), [])
  assert.deepEqual(await identificationsOf(db, detectionIds), [])
  await assert.rejects(deleteMedia(db, mediaId), NotFound)
})

test('pages of media do not shift when photos are added', async () => {
  const ids = [] as number[]
  for (let i = 0; i < 5; i++) ids.unshift((await addMedia(db, photoFacts())).id)
  const first = await listMedia(db, { limit: 2 })
  await addMedia(db, photoFacts())
  const second = await listMedia(db, { limit: 10, cursor: first.at(-1)!.id })
  assert.deepEqual(
    [...first, ...second].map((one) => one.id),
    ids,
  )
  const indexed = await addIndexed(db)
  assert.deepEqual(
    (await listMedia(db, { limit: 9, status: 'indexed' })).map((one) => one.id),
    [indexed.mediaId],
  )
  assert.deepEqual(
    await detectionIdsOf(db, [indexed.mediaId, ids[0]!]),
    new Map([[indexed.mediaId, indexed.detectionIds]]),
  )
})

test('an import counts its photos and ends once', async () => {
  const { id } = await createImport(db, { name: 'garden', total: 3 })
  const other = await createImport(db, { name: 'other' })
  await addIndexed(db, { importId: id })
  await addMedia(db, photoFacts({ importId: id }))
  const failed = await addMedia(db, photoFacts({ importId: id }))
  await markFailed(db, failed.id, { stage: 'read', message: 'gone' })
  const counts = ({ queued, indexed, failed }: { queued: number; indexed: number; failed: number }) => [
    queued,
    indexed,
    failed,
  ]
  assert.deepEqual(counts(await importProgress(db, id)), [1, 1, 1])
  assert.deepEqual(
    (await listImports(db, { limit: 1 })).map((one) => one.id),
    [other.id],
  )
  assert.deepEqual((await listImports(db, { limit: 5, cursor: other.id })).map(counts), [[1, 1, 1]])
  const closed = await closeImport(db, id)
  assert.ok(closed.closedAt)
  assert.deepEqual((await closeImport(db, id)).closedAt, closed.closedAt)
  assert.deepEqual([await finishImport(db, id), await finishImport(db, id)], [true, false])
  assert.deepEqual(
    (await openImports(db)).map((one) => one.id),
    [other.id],
  )
  assert.deepEqual(
    (await listMedia(db, { limit: 9, importId: id, status: 'failed' })).map((one) => one.id),
    [failed.id],
  )
  await assert.rejects(importProgress(db, 999), NotFound)
})

test('the summary counts', async () => {
  await addIndexed(db, { label: label(taxa.corax) }, [animal(), person])
  await addIndexed(db)
  await addMedia(db, photoFacts())
  const { detections, media, taughtTaxa } = await summarise(db)
  assert.deepEqual(media, { queued: 1, indexed: 2, failed: 0 })
  assert.deepEqual(detections, { animal: 2, person: 1, vehicle: 0, identified: 1, unidentified: 1, conflict: 0 })
  assert.equal(taughtTaxa, 1)
})
