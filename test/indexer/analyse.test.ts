// The pipeline from bytes to embeddings, on drawn photos and the tiny test models.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import { analyse } from '../../indexer/analyse.ts'
import type { Models } from '../../indexer/models/models.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../support/photos.ts'
import { openTestModels } from '../support/test-models.ts'

let folder: string
let models: Models

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-models-'))
  models = await openTestModels(folder)
})
after(async () => {
  await models.close()
  await rm(folder, { recursive: true })
})

const length = (vector: Float32Array) => Math.hypot(...vector)
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

test('each animal of a photo gets its own box, crop and embedding', async () => {
  const bytes = await drawPhoto([
    { cell: [0, 0], colour: COLOURS.red },
    { cell: [3, 2], colour: COLOURS.blue },
  ])
  const { width, height, sha256, detections } = await analyse(bytes, models)
  assert.deepEqual([width, height], [160, 160])
  assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'))
  assert.equal(detections.length, 2)
  const boxes = detections.map((d) => d.bbox).sort((a, b) => a[0] - b[0])
  assert.deepEqual(boxes, [
    [0, 0, 0.25, 0.25],
    [0.75, 0.5, 0.25, 0.25],
  ])
  for (const { kind, source, confidence, embedding, crop } of detections) {
    assert.deepEqual([kind, source], ['animal', 'detector'])
    assert.ok(confidence! > 0.25 && confidence! <= 1)
    assert.ok(Math.abs(length(embedding!) - 1) < 1e-6)
    assert.equal((await sharp(crop).metadata()).format, 'jpeg')
  }
  assert.ok(cosine(detections[0]!.embedding!, detections[1]!.embedding!) < 0.6)
})

test('photos of one colour are near each other, others far', async () => {
  const [red1, red2, green] = await Promise.all(
    [
      [COLOURS.red, 1],
      [COLOURS.red, 2],
      [COLOURS.green, 3],
    ].map(async ([colour, seed]) => {
      const bytes = await drawAnimal(colour as typeof COLOURS.red, { seed: seed as number })
      return (await analyse(bytes, models)).detections[0]!.embedding!
    }),
  )
  assert.ok(cosine(red1!, red2!) > 0.99)
  assert.ok(cosine(red1!, green!) < 0.6)
})

test('people are kept, typed, and have no embedding', async () => {
  const bytes = await drawPhoto([
    { cell: [0, 0], colour: COLOURS.white },
    { cell: [2, 2], colour: COLOURS.green },
  ])
  const { detections } = await analyse(bytes, models)
  const person = detections.find((d) => d.kind === 'person')!
  assert.equal(person.embedding, null)
  assert.ok(person.crop.length > 0)
  assert.ok(detections.find((d) => d.kind === 'animal')!.embedding)
})

test('a photo with only people has no animal: the whole photo is not used', async () => {
  const { detections } = await analyse(await drawPhoto([{ cell: [1, 1], colour: COLOURS.white }]), models)
  assert.deepEqual(
    detections.map((d) => d.kind),
    ['person'],
  )
})

test('nothing found: the whole photo is one animal, marked so', async () => {
  const { detections } = await analyse(await drawPhoto([]), models)
  assert.equal(detections.length, 1)
  const { kind, source, bbox, confidence, embedding } = detections[0]!
  assert.deepEqual(
    { kind, source, bbox, confidence },
    { kind: 'animal', source: 'wholePhoto', bbox: [0, 0, 1, 1], confidence: null },
  )
  assert.ok(Math.abs(length(embedding!) - 1) < 1e-6)
})

test('given boxes are the animals, and the detector is not asked', async () => {
  const bytes = await drawAnimal(COLOURS.red)
  const { detections } = await analyse(bytes, models, { boxes: [[0.5, 0.5, 0.5, 0.5]], crops: false })
  assert.deepEqual(
    detections.map(({ kind, source, bbox, confidence }) => ({ kind, source, bbox, confidence })),
    [{ kind: 'animal', source: 'imported', bbox: [0.5, 0.5, 0.5, 0.5], confidence: null }],
  )
  assert.equal(detections[0]!.crop.length, 0)
})

test('an answer that nobody waits for is given up', async () => {
  const bytes = await drawAnimal(COLOURS.red)
  await assert.rejects(analyse(bytes, models, { signal: AbortSignal.abort(new Error('gone')) }), /gone/)
})
