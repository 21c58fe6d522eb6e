// Added models: the manifest that each gets, and what is refused without a trace.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { addModel } from '../../../indexer/models/add-model.ts'
import type { DetectorManifest, EmbedderManifest } from '../../../indexer/models/manifest.ts'
import { openModels } from '../../../indexer/models/models.ts'
import { constantDetector, constantEmbedder } from '../../support/constant-models.ts'
import { writeOnnx } from '../../support/onnx-writer.ts'
import { writeTestModels } from '../../support/test-models.ts'

let folder: string
const cpu = { threads: 1, device: 'cpu' } as const

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-add-model-'))
  await writeTestModels(folder)
})
after(() => rm(folder, { recursive: true }))

async function add(name: string, weights: Buffer) {
  const file = join(folder, `${name}.onnx`)
  await writeFile(file, weights)
  return (await addModel(join(folder, 'added'), file, cpu)).manifest
}
const rowsOf = (classes: number, count = 100) =>
  Array.from({ length: count }, () => [1, 1, 1, 1, 0, ...Array(classes).fill(0)])
const kinds = ({ classes }: DetectorManifest) => classes.map(({ kind }) => kind)

test('added detectors get a manifest: one class, three as MegaDetector, 80 as COCO', async () => {
  const one = (await add('One Class', constantDetector({ side: 64, rows: rowsOf(1) }))) as DetectorManifest
  assert.equal(one.name, 'one-class')
  assert.deepEqual([one.kind, one.output, one.input.width, one.input.height], ['detector', 'output0', 64, 64])
  assert.deepEqual(kinds(one), ['animal'])
  const three = (await add(
    'three',
    constantDetector({ side: 64, rows: rowsOf(3), type: 'float16' }),
  )) as DetectorManifest
  assert.deepEqual(kinds(three), ['animal', 'person', 'vehicle'])
  assert.equal(three.input.type, 'float16')
  const coco = (await add('coco', constantDetector({ side: 64, rows: rowsOf(80) }))) as DetectorManifest
  assert.deepEqual([coco.classes[0], coco.classes[8]!.kind], [{ name: 'person', kind: 'person' }, 'vehicle'])
  assert.deepEqual(
    kinds(coco).flatMap((kind, i) => (kind === 'animal' ? [i] : [])),
    [14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
  )
  assert.deepEqual(coco.classes.filter(({ kind }) => kind === 'animal').at(-1)!.name, 'giraffe')
  assert.equal(coco.classes[79]!.name, 'toothbrush')
})

test('added detectors that declare any size get the one they run at; 25,500 boxes at 640 mean P6 at 1,280', async () => {
  const baked = await add('baked', constantDetector({ side: 320, rows: rowsOf(1), dynamicSize: true, baked: true }))
  assert.deepEqual([baked.input.width, baked.input.height], [320, 320])
  const free = await add('free', constantDetector({ side: 640, rows: rowsOf(1), dynamicSize: true }))
  assert.equal(free.input.width, 640)
  const p6 = await add('p6', constantDetector({ side: 640, rows: rowsOf(3, 25_500), dynamicSize: true }))
  assert.equal(p6.input.width, 1280)
})

test('added embedders get a manifest: which output, how long, and the square root where nothing is negative', async () => {
  const features = Array.from({ length: 64 }, (_, i) => i / 64)
  const positive = (await add(
    'positive',
    constantEmbedder({ side: 224, features, output: 'features' }),
  )) as EmbedderManifest
  assert.deepEqual([positive.kind, positive.output, positive.dimensions], ['embedder', 'features', 64])
  assert.equal(positive.transform, 'sqrt')
  const signed = features.map((value) => value - 0.5)
  const pooled = constantEmbedder({ side: 224, features: signed, shape: [64, 1, 1], dynamicSize: true })
  const free = (await add('pooled', pooled)) as EmbedderManifest
  assert.deepEqual([free.dimensions, free.transform, free.input.width], [64, 'none', 224])
  const models = await openModels({
    folders: [join(folder, 'added'), folder],
    detector: 'test-detector',
    embedder: 'pooled',
    ...cpu,
  })
  const [embedding] = await models.embedder.embed([new Uint8Array(3 * 224 * 224)])
  assert.equal(embedding!.length, 64)
  await models.close()
})

test('what is neither detector nor embedder is not added, and leaves nothing behind', async () => {
  const map = constantEmbedder({ side: 64, features: Array(48).fill(1), shape: [3, 4, 4] })
  await assert.rejects(add('map', map), /YOLOv5 output .* or an embedding .* but received .*output0 \[1, 3, 4, 4\]/)
  await assert.rejects(add('junk', Buffer.from('junk')), /not an ONNX model/)
  await assert.rejects(addModel(folder, join(folder, 'nowhere.onnx'), cpu), /missing or cannot be read/)
  const text = writeOnnx({
    inputs: [{ name: 'tokens', type: 'int64', shape: ['batch', 12] }],
    outputs: [{ name: 'same', type: 'int64', shape: ['batch', 12] }],
    nodes: [{ op: 'Identity', inputs: ['tokens'], outputs: ['same'] }],
  })
  await assert.rejects(add('text-model', text), /an input of 4 dimensions but received 2/)
  assert.deepEqual(
    (await readdir(join(folder, 'added'))).filter((name) => /map|junk|text|new/.test(name)),
    [],
  )
  await add('twice', constantDetector({ side: 64, rows: rowsOf(1) }))
  await assert.rejects(add('twice', constantDetector({ side: 64, rows: rowsOf(1) })), /a model named twice already/)
})
