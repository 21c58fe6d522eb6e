// What an analysis finds is stored once, and a label that came with the photo names the right detection.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NotFound } from '../../../db/errors.ts'
import { addMedia } from '../../../db/photos/add-media.ts'
import { storeAnalysis } from '../../../db/photos/analysis.ts'
import { detectionsOfMedia } from '../../../db/photos/detections.ts'
import { getMedia } from '../../../db/photos/media.ts'
import { identificationsOf } from '../../../db/statements/identifications.ts'
import { teachingOf } from '../../../db/trees/lessons.ts'
import { getEmbedding } from '../../../db/trees/models.ts'
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

describe('storeAnalysis', () => {
  test('stores everything in order, and twice changes nothing', async () => {
    const embedding = Float32Array.from([0.1, -0.2, 0.3, Math.fround(1 / 3)])
    const { id } = await addMedia(db, photoFacts({ label: labelled(taxa.corax) }))
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
    assert.deepEqual(await lessonSubjects(db), [first.detectionIds[1]])
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
    const { id } = await addMedia(db, photoFacts({ label: labelled(taxa.corax) }))
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
    const { mediaId, detectionIds } = await addIndexed(db, { label: labelled(taxa.corax), ...facts }, detections)
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
    assert.deepEqual(await lessonSubjects(db), [])
  })
})
