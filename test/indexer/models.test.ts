// Model folders: what is listed, added, opened, and the sentence for each way in which a model does not fit.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ModelError } from '../../indexer/errors.ts'
import { type Inference, openInference } from '../../indexer/inference/inference.ts'
import {
  type DetectorManifest,
  type EmbedderManifest,
  type Manifest,
  parseManifest,
} from '../../indexer/models/manifest.ts'
import {
  addModel,
  BUNDLED_MODELS,
  DEFAULT_DETECTOR,
  DEFAULT_EMBEDDER,
  listModels,
  openModels,
  sha256OfFile,
} from '../../indexer/models/models.ts'
import { constantDetector, constantEmbedder } from '../support/constant-models.ts'
import { writeOnnx } from '../support/onnx-writer.ts'
import {
  detectorManifest,
  embedderManifest,
  TEST_EMBEDDER,
  writeModel,
  writeTestModels,
} from '../support/test-models.ts'

let folder: string
let inference: Inference
const cpu = { threads: 1, device: 'cpu' } as const
const row = [32, 32, 16, 8, 0.9, 1]
const animal: DetectorManifest['classes'] = [{ name: 'animal', kind: 'animal' }]

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-models-'))
  await writeTestModels(folder)
  inference = openInference(cpu)
})
after(async () => {
  await inference.close()
  await rm(folder, { recursive: true })
})

const openDetector = (name: string) =>
  openModels({ folders: [folder], detector: name, embedder: TEST_EMBEDDER, ...cpu })

/** In the one process that all of these share. */
async function doesNotOpen(weights: Buffer, manifest: Manifest, sentence: RegExp) {
  const written = await writeModel(join(folder, 'misfits'), weights, manifest)
  const file = join(folder, 'misfits', written.name, written.file)
  await assert.rejects(inference.open(file, written), (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error))
    assert.match(error.message, sentence)
    return true
  })
}

async function refuses(name: string, sentence: RegExp) {
  await assert.rejects(openDetector(name), (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error))
    assert.match(error.message, sentence)
    return true
  })
}

test('the bundled models are listed, whole, and open', async () => {
  const listed = await listModels([BUNDLED_MODELS])
  for (const name of [DEFAULT_DETECTOR, DEFAULT_EMBEDDER, 'mobilenet-v1-025']) {
    const model = listed.find((one) => one.name === name)
    assert.ok(model && 'manifest' in model, name)
    assert.equal(await sha256OfFile(join(model.folder, model.manifest.file)), model.manifest.sha256)
    assert.match(await readFile(join(model.folder, 'CARD.md'), 'utf8'), new RegExp(`^# ${name}`))
  }
  const models = await openModels({
    folders: [BUNDLED_MODELS],
    detector: DEFAULT_DETECTOR,
    embedder: DEFAULT_EMBEDDER,
    ...cpu,
  })
  const { dimensions, inputSize } = models.embedder
  assert.deepEqual([dimensions, inputSize], [1280, 260])
  const small = await models.openEmbedder('mobilenet-v1-025')
  assert.deepEqual([small.dimensions, small.inputSize], [256, 224])
  await models.close()
})

test('an operator folder comes before the bundled one, and may be missing', async () => {
  const own = join(folder, 'own')
  await writeModel(own, constantEmbedder({ side: 32, features: [1, 2] }), embedderManifest({ name: DEFAULT_EMBEDDER }))
  const listed = await listModels([own, join(folder, 'none'), BUNDLED_MODELS])
  const found = listed.filter((model) => model.name === DEFAULT_EMBEDDER)
  assert.deepEqual(
    found.map((model) => model.folder),
    [join(own, DEFAULT_EMBEDDER)],
  )
})

test('an unknown name, and a kind in the wrong place', async () => {
  await refuses('megadetector', /no model named megadetector\. Known: .*test-detector/)
  await refuses(TEST_EMBEDDER, /Expected a detector but test-embedder is an embedder/)
})

test('a manifest that is none, says so with every fault', async () => {
  const write = async (name: string, text: string) => {
    await mkdir(join(folder, name), { recursive: true })
    await writeFile(join(folder, name, 'manifest.json'), text)
  }
  await write('not-json', '{kind: detector}')
  await refuses('not-json', /manifest\.json is not JSON/)
  const { classes: _, ...rest } = detectorManifest({ name: 'faulty' })
  await write(
    'faulty',
    JSON.stringify({ ...rest, sha256: 'abc', thresholds: { typical: 2, recallFirst: 0.1, nms: 0.45 } }),
  )
  await refuses('faulty', /sha256: Expected 64 hexadecimal digits; classes: .*; thresholds\.typical: /)
  await write('renamed', JSON.stringify(detectorManifest({ name: 'other', sha256: 'a'.repeat(64) })))
  await refuses('renamed', /folder renamed holds a manifest that says other/)
  const listed = await listModels([folder])
  assert.ok(listed.some((model) => model.name === 'faulty' && 'fault' in model))
  const wide = embedderManifest({ sha256: 'a'.repeat(64) })
  assert.throws(
    () => parseManifest({ ...wide, input: { ...wide.input, width: 64 } }, 'wide'),
    /square input for an embedder but received 64 x 32/,
  )
})

test('weights that are missing, others than the manifest says, or no ONNX at all', async () => {
  const weights = constantDetector({ side: 64, rows: [row] })
  await writeModel(folder, weights, detectorManifest({ name: 'missing', classes: animal }))
  await rm(join(folder, 'missing', 'model.onnx'))
  await refuses('missing', /weights of missing are missing: expected .*model\.onnx/)
  await writeModel(folder, weights, detectorManifest({ name: 'changed', classes: animal }))
  await writeFile(join(folder, 'changed', 'model.onnx'), Buffer.concat([weights, Buffer.from([0])]))
  await refuses('changed', /not those of its manifest: expected sha256 [0-9a-f]{64} but received [0-9a-f]{64}/)
  await writeModel(folder, Buffer.from('this is no model'), detectorManifest({ name: 'text', classes: animal }))
  await refuses('text', /not an ONNX model, or is damaged/)
  await writeModel(folder, weights.subarray(0, 200), detectorManifest({ name: 'cut', classes: animal }))
  await refuses('cut', /not an ONNX model, or is damaged/)
})

type Misfit = [what: string, graph: Parameters<typeof constantDetector>[0], changes: Partial<DetectorManifest>, RegExp]
const base = detectorManifest().input
const misfits: Misfit[] = [
  [
    'input name',
    { side: 64, rows: [row] },
    { input: { ...base, name: 'x' } },
    /an input named x but the model has images/,
  ],
  [
    'input type',
    { side: 64, rows: [row], type: 'float16' },
    {},
    /says an input of type float32 but the model takes float16/,
  ],
  ['channels', { side: 64, rows: [row], channels: 1 }, {}, /3 colour channels \(NCHW\) but received 1/],
  ['size', { side: 32, rows: [row] }, {}, /manifest says 64 x 64 pixels but the model takes 32 x 32/],
  [
    'output name',
    { side: 64, rows: [row] },
    { output: 'boxes' },
    /an output named boxes but the model has head1, output0/,
  ],
  [
    'classes',
    { side: 64, rows: Array(10).fill([...row, 0.5]) },
    {},
    /\[n, boxes, 6\] for 1 class\(es\) but received 7 columns.*\[1, 10, 7\]/,
  ],
  [
    'dimensions',
    { side: 64, rows: [row] },
    { output: 'head1' },
    /3 dimensions \[n, boxes, 5 \+ classes\] but received 4/,
  ],
  [
    'baked size',
    { side: 320, rows: [row], dynamicSize: true, baked: true },
    {},
    /does not run at 64 x 64 pixels.*only at others, for example 320 x 320/,
  ],
  ['no numbers', { side: 64, rows: [[Number.NaN, ...row.slice(1)]] }, {}, /not a number for a grey picture/],
]
for (const [what, graph, changes, sentence] of misfits) {
  test(`a detector that does not fit its manifest says why: ${what}`, async () => {
    await doesNotOpen(
      constantDetector(graph),
      detectorManifest({ name: 'misfit', classes: animal, ...changes }),
      sentence,
    )
  })
}

test('an output like that of YOLOv8 is named as such', async () => {
  const eight = constantDetector({ side: 64, rows: Array(6).fill(Array(20).fill(0.1)) })
  await doesNotOpen(eight, detectorManifest({ classes: animal }), /YOLOv8's, \[n, 4 \+ classes, boxes\]/)
})

test('an embedder whose output has other dimensions than its manifest says', async () => {
  const three = constantEmbedder({ side: 32, features: [1, 2, 3] })
  const manifest = embedderManifest({ output: 'output0', dimensions: 12 })
  await doesNotOpen(three, manifest, /embeddings of 12 numbers but output output0 is \[1, 3\]/)
})

test('asked for a GPU that does not load, the start fails and says what is missing', async (t) => {
  const opening = openModels({
    folders: [folder],
    detector: 'test-detector',
    embedder: TEST_EMBEDDER,
    threads: 1,
    device: 'cuda',
  })
  const models = await opening.catch((error: unknown) => error)
  if (!(models instanceof Error)) {
    await opening.then((opened) => opened.close())
    return t.skip('CUDA loads here')
  }
  assert.ok(models instanceof ModelError)
  assert.match(models.message, /DEVICE is cuda, but .*npm rebuild onnxruntime-node.*DEVICE=cpu/)
})

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
