// What the live tree sees around a photo: it follows the rows, whoever wrote them, and one process sees what another
// does.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { estimate } from '../../classifiers/fitting/estimate.ts'
import { type Learning, openLearning } from '../../classifiers/live/learning.ts'
import type { Statistics } from '../../classifiers/statistics.ts'
import { SIZES } from '../../classifiers/surroundings/sample.ts'
import type { Database } from '../../db/connection/connect.ts'
import { markDetections, markMedia } from '../../db/history/changes.ts'
import { boxOf, setBox } from '../../db/photos/boxes.ts'
import { deleteMedia } from '../../db/photos/media.ts'
import { identify, withdraw } from '../../db/statements/identifications.ts'
import { unlabelledSample } from '../../db/trees/sample.ts'
import { openTestDatabase } from '../support/database.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER } from '../support/rows.ts'

const DIMENSIONS = 4
const reference: Statistics = {
  ...estimate({ taxonomy: [], examples: [], reference: null, dimensions: DIMENSIONS }),
  nearness: {
    10: { base: -15.47, similarity: 24.12, groups: -0.78 },
    20: { base: -15.19, similarity: 24.07, groups: -0.79 },
    30: { base: -13.05, similarity: 21.77, groups: -0.63 },
    40: { base: -12.01, similarity: 20.99, groups: -0.55 },
  },
}

function unit(...values: number[]): Float32Array {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}
const magpie = unit(5, 1, 1, 0)
const car = unit(0, 0, 1, 9)

describe('what surrounds a photo', () => {
  let database: Database
  let learning: Learning
  let taxa: Awaited<ReturnType<typeof addTaxa>>
  const open = () =>
    openLearning({
      database,
      embedder: { sha256: EMBEDDER },
      reference,
      announce: () => {},
      onError: (error) => {
        throw error
      },
    })
  before(async () => {
    database = await openTestDatabase()
    await addModels(database.db)
    taxa = await addTaxa(database.db)
    learning = await open()
  })
  after(async () => {
    await learning.close()
    await database.close()
  })

  const show = (embedding: Float32Array) => addIndexed(database.db, {}, [animal({ embedding })])
  const name = (detectionId: number, taxonId: number) =>
    identify(database.db, { detectionId, taxonId, person: 'ada', basis: { kind: 'search' } })
  const ask = async (embedding: Float32Array, detectionId?: number) => {
    await learning.sync()
    return await learning.answer(embedding, { accuracy: 0.8, limit: 3, similar: 0, detectionId })
  }

  it('is nothing where nothing is taught', async () => {
    await show(car)
    assert.equal((await ask(magpie)).nearness, null)
  })

  it('tells a stranger from what is taught, and the answer stops for one only', async () => {
    for (const more of [0, 1, 2]) await name((await show(unit(5, 1, 1, more / 4))).detectionId, taxa.pica)
    for (const more of [0, 1, 2]) await name((await show(unit(1, 5, more / 4, 1))).detectionId, taxa.parus)
    const known = await ask(magpie)
    assert.ok(known.nearness!.similarity > 0.99)
    assert.ok(known.nearness!.strange < 0.01)
    assert.equal(known.suggestions[0]!.taxonId, taxa.pica)
    const strange = await ask(car)
    assert.ok(strange.nearness!.similarity < 0.3)
    assert.ok(strange.nearness!.strange > 0.99)
    assert.equal(strange.stop, null)
    assert.ok(strange.path[0]!.probability < 0.05)
    assert.ok(strange.novelty!.probability > 0.9)
    assert.equal(strange.novelty!.under, null)
  })

  it('leaves out the photo itself and its burst', async () => {
    const { detectionId } = await show(car)
    await name(detectionId, taxa.vulpes)
    assert.ok((await ask(car)).nearness!.strange < 0.1)
    assert.ok((await ask(car, detectionId)).nearness!.strange > 0.99)
    await learning.sync()
    const steps = await learning.probabilities(car, taxa.vulpes, detectionId)
    assert.ok(steps.at(-1)!.probability < 0.05)
  })

  it('follows photos that come, statements, and what is taken back: as a process that starts then', async () => {
    const asked = unit(1, -1, 5, 0)
    const start = await ask(asked)
    const others: number[] = []
    for (let i = 0; i < 12; i++) others.push((await show(unit(1, -1, 5, i / 10))).detectionId)
    const among = await ask(asked)
    assert.ok(among.nearness!.strange > start.nearness!.strange)
    const { identification } = await name(others[3]!, taxa.corax)
    const named = await ask(asked)
    assert.ok(named.nearness!.strange < among.nearness!.strange)
    const other = await open()
    assert.deepEqual(await other.answer(asked, { accuracy: 0.8, limit: 3, similar: 0 }), named)
    await withdraw(database.db, identification.id, 'ada')
    assert.deepEqual(await ask(asked), among)
    await other.sync()
    assert.deepEqual(await other.answer(asked, { accuracy: 0.8, limit: 3, similar: 0 }), among)
    await other.close()
  })

  it('knows a box that is like one marked as no animal, until the mark is taken back', async () => {
    const leaf = unit(1, 0, -5, 3)
    const { detectionId } = await show(leaf)
    const before = await ask(unit(1, 0, -5, 3.1))
    assert.equal(before.nearness!.nothing, 0)
    await markDetections(database.db, [detectionId], { from: null, to: 'notAnimal' })
    const marked = await ask(unit(1, 0, -5, 3.1))
    assert.ok(marked.nearness!.nothing > 0.9, String(marked.nearness!.nothing))
    assert.equal(marked.stop, null)
    assert.ok((await ask(magpie)).nearness!.nothing < 0.01)
    const other = await open()
    assert.deepEqual(await other.answer(unit(1, 0, -5, 3.1), { accuracy: 0.8, limit: 3, similar: 0 }), marked)
    await other.close()
    await markDetections(database.db, [detectionId], { from: 'notAnimal', to: null })
    assert.deepEqual(await ask(unit(1, 0, -5, 3.1)), before)
    const photo = await show(leaf)
    await markMedia(database.db, [photo.mediaId], { from: null, to: 'empty' })
    assert.ok((await ask(unit(1, 0, -5, 3.1))).nearness!.nothing > 0.9)
    await markMedia(database.db, [photo.mediaId], { from: 'empty', to: 'unusable' })
    assert.equal((await ask(unit(1, 0, -5, 3.1))).nearness!.nothing, 0)
  })

  it('follows a box that was changed and a photo that was deleted', async () => {
    const asked = unit(1, -1, 5, 0)
    const before = await ask(asked)
    const { detectionId, mediaId } = await show(asked)
    const seen = await ask(asked)
    assert.notEqual(seen.nearness!.strange, before.nearness!.strange)
    const from = await boxOf(database.db, detectionId)
    const vector = (await boxOf(database.db, (await show(car)).detectionId)).embeddings
    await ask(asked)
    await setBox(database.db, detectionId, { from, to: { ...from, embeddings: vector } })
    assert.notEqual((await ask(asked)).nearness!.strange, seen.nearness!.strange)
    await deleteMedia(database.db, mediaId)
    assert.equal(
      (await unlabelledSample(database.db, EMBEDDER, SIZES.unlabelled)).some((one) => one.detectionId === detectionId),
      false,
    )
    assert.ok((await ask(asked)).nearness)
  })
})
