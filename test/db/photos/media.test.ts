// Photos as rows: added once, waiting, failed, listed, counted, deleted.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NotFound } from '../../../db/errors.ts'
import { addMedia } from '../../../db/photos/add-media.ts'
import { storeAnalysis } from '../../../db/photos/analysis.ts'
import { detectionsOfMedia, getDetection } from '../../../db/photos/detections.ts'
import {
  closeImport,
  createImport,
  finishImport,
  importProgress,
  listImports,
  openImports,
} from '../../../db/photos/imports.ts'
import {
  beginAttempt,
  countQueued,
  deleteMedia,
  findMedia,
  getMedia,
  listMedia,
  MAX_ATTEMPTS,
  markFailed,
  requeue,
  takeQueued,
} from '../../../db/photos/media.ts'
import { identificationsOf, identify } from '../../../db/statements/identifications.ts'
import { summarise } from '../../../db/summary.ts'
import { lastLesson, teachingOf } from '../../../db/trees/lessons.ts'
import {
  addIndexed,
  animal,
  EMBEDDER,
  labelled,
  lessonSubjects,
  models,
  openWithTaxa,
  person,
  photoFacts,
} from '../../support/rows.ts'

const { db, taxa } = await openWithTaxa('media', 'deployment', 'import_batch', 'lesson')

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
    await addMedia(db, { ...facts, label: labelled(taxa.corax), boxes: [[0, 0, 1, 0.5]] })
    await addMedia(db, { ...facts, label: labelled(taxa.pica) })
    const row = await getMedia(db, id)
    assert.deepEqual(row.pendingLabel, labelled(taxa.corax))
    assert.deepEqual(row.pendingBoxes, [[0, 0, 1, 0.5]])
  })
  test('a label for an indexed photo becomes identifications at once, once', async () => {
    const facts = photoFacts()
    const { detectionIds } = await addIndexed(db, facts, [
      animal({ confidence: 0.5 }),
      animal({ confidence: 0.8 }),
      person,
    ])
    const add = () => addMedia(db, { ...facts, label: labelled(taxa.corax) })
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
    assert.deepEqual(await lessonSubjects(db), [detectionIds[1]])
  })
  test('boxes for an indexed photo that nobody identified send it back to the queue', async () => {
    const facts = photoFacts()
    const { mediaId } = await addIndexed(db, facts)
    const again = await addMedia(db, { ...facts, label: labelled(taxa.corax), boxes: [[0, 0, 1, 0.5]] })
    assert.equal(again.status, 'queued')
    assert.deepEqual(await detectionsOfMedia(db, [mediaId]), [])
    const boxed = [animal({ source: 'imported', bbox: [0, 0, 1, 0.5], confidence: null })]
    await storeAnalysis(db, mediaId, { width: 4, height: 3, detections: boxed }, models)
    const [detection] = await detectionsOfMedia(db, [mediaId])
    assert.equal(detection?.taughtTaxonId, taxa.corax)
    assert.equal(
      (await addMedia(db, { ...facts, label: labelled(taxa.pica), boxes: [[0, 0, 0.5, 0.5]] })).status,
      'indexed',
    )
  })
  test('boxes never take away what somebody identified', async () => {
    const facts = photoFacts()
    const { detectionId } = await addIndexed(db, facts)
    await identify(db, { detectionId, taxonId: taxa.pica, person: 'ann', basis: { kind: 'search' } })
    assert.equal(
      (await addMedia(db, { ...facts, label: labelled(taxa.corax), boxes: [[0, 0, 1, 1]] })).status,
      'indexed',
    )
    assert.equal((await getDetection(db, detectionId)).taughtTaxonId, taxa.pica)
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
    assert.match(row.failure?.message ?? '', /interrupted 3 times/)
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
  const { mediaId, detectionIds } = await addIndexed(db, { label: labelled(taxa.corax) }, [animal(), person])
  const before = await lastLesson(db)
  const { sha256 } = await getMedia(db, mediaId)
  assert.deepEqual(await deleteMedia(db, mediaId), { sha256, detectionIds })
  assert.deepEqual(await lessonSubjects(db, before), [detectionIds[0]])
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
    (await detectionsOfMedia(db, [indexed.mediaId, ids[0]!])).map(({ id, mediaId }) => ({ id, mediaId })),
    indexed.detectionIds.map((id) => ({ id, mediaId: indexed.mediaId })),
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
  await addIndexed(db, { label: labelled(taxa.corax) }, [animal(), person])
  await addIndexed(db)
  await addMedia(db, photoFacts())
  const { detections, media, taughtTaxa } = await summarise(db)
  assert.deepEqual(media, { queued: 1, indexed: 2, failed: 0 })
  assert.deepEqual(detections, { animal: 2, person: 1, vehicle: 0, identified: 1, unidentified: 1, conflict: 0 })
  assert.equal(taughtTaxa, 1)
})
