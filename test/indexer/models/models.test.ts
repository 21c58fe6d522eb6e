// Model folders: what is listed, added, opened, and the sentence for each way in which a model does not fit.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ModelError } from '../../../indexer/errors.ts'
import { type Inference, openInference } from '../../../indexer/inference/inference.ts'
import { sha256OfFile } from '../../../indexer/models/checksum.ts'
import { type DetectorManifest, type Manifest, parseManifest } from '../../../indexer/models/manifest.ts'
import {
  BUNDLED_MODELS,
  DEFAULT_DETECTOR,
  DEFAULT_EMBEDDER,
  listModels,
  openModels,
} from '../../../indexer/models/models.ts'
import { constantDetector, constantEmbedder } from '../../support/constant-models.ts'
import {
  detectorManifest,
  embedderManifest,
  TEST_EMBEDDER,
  writeModel,
  writeTestModels,
} from '../../support/test-models.ts'

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
  for (const name of [DEFAULT_DETECTOR, DEFAULT_EMBEDDER, 'efficientnet-lite2-int8', 'mobilenet-v1-025']) {
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
  assert.match(models.message, /DEVICE is cuda, but .*`npm run cuda`.*DEVICE=cpu/)
})
