// The bundled detector against an independent implementation's boxes, and a real COCO export, on real photos.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import type { Bbox } from '../../../db/schema.ts'
import type { Detector } from '../../../indexer/detect.ts'
import { iou } from '../../../indexer/inference/yolo.ts'
import { addModel } from '../../../indexer/models/add-model.ts'
import { sha256OfFile } from '../../../indexer/models/checksum.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, DEFAULT_EMBEDDER, openModels } from '../../../indexer/models/models.ts'
import { decode, type Image } from '../../../indexer/photos/image.ts'
import { shared, without } from '../../support/shared.ts'

const LIBRARY = 'data/library'
const BOXED = 'data/camera-trap/boxed'
const EXPECTED = 'models/animal-yolov5lite-expected.json'
const COCO = 'models/yolov5n-coco-fp16.onnx'

const cpu = { threads: 2, device: 'cpu' } as const
const corners = ([x, y, w, h]: Bbox) => [x, y, x + w, y + h] as [number, number, number, number]
const overlap = (a: Bbox, b: Bbox) => iou(corners(a), corners(b))

type Expected = { models: Record<string, Record<string, { bbox: Bbox; confidence: number }[]>> }

test('confident boxes agree with an independent implementation: IoU at least 0.9, in float and in int8', {
  skip: without(EXPECTED, BOXED),
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-parity-'))
  t.after(() => rm(folder, { recursive: true }))
  const { models: expected } = JSON.parse(readFileSync(shared(EXPECTED), 'utf8')) as Expected
  const bundled = join(BUNDLED_MODELS, DEFAULT_DETECTOR)
  const manifest = JSON.parse(readFileSync(join(bundled, 'manifest.json'), 'utf8'))
  for (const [file, photos] of Object.entries(expected)) {
    // The same manifest for the float weights, which are not bundled.
    const name = basename(file, '.onnx')
    await mkdir(join(folder, name))
    // The bundled int8 weights are these, with their paddings inside the convolutions and taking a photo's bytes, which
    // changes no number.
    const bytes = file.includes('int8')
    const weights = bytes ? join(bundled, 'model.onnx') : shared(`models/${file}`)
    const input = { ...manifest.input, ...(!bytes && { type: 'float32', layout: 'NCHW', range: [0, 1] }) }
    await copyFile(weights, join(folder, name, 'model.onnx'))
    const sha256 = await sha256OfFile(weights)
    await writeFile(join(folder, name, 'manifest.json'), JSON.stringify({ ...manifest, name, sha256, input }))
    const choice = { folders: [folder, BUNDLED_MODELS], detector: name, detectorSize: 448, embedder: DEFAULT_EMBEDDER }
    const models = await openModels({ ...choice, ...cpu })
    try {
      t.diagnostic(`${file}: ${await agreementWith(models.detector, photos)}`)
    } finally {
      await models.close()
    }
  }
})

/** Boxes above 0.4 are found alike, and nothing above 0.5 that the other does not see. */
async function agreementWith(detector: Detector, photos: Expected['models'][string]): Promise<string> {
  let [least, furthest, confident] = [1, 0, 0]
  for (const [path, expected] of Object.entries(photos)) {
    const found = await detector.detect(await decode(await readFile(shared(join(BOXED, path)))), { threshold: 0.2 })
    for (const box of expected.filter(({ confidence }) => confidence >= 0.4)) {
      const best = Math.max(...found.map((one) => overlap(one.bbox, box.bbox)))
      const match = found.find((one) => overlap(one.bbox, box.bbox) === best)
      confident++
      least = Math.min(least, best)
      furthest = Math.max(furthest, Math.abs((match?.confidence ?? 0) - box.confidence))
      assert.ok(best >= 0.9, `${path}: ${JSON.stringify(box)} against ${JSON.stringify(found)}`)
    }
    for (const one of found.filter(({ confidence }) => confidence >= 0.5))
      assert.ok(
        expected.some((box) => overlap(one.bbox, box.bbox) >= 0.9),
        `${path}: ${JSON.stringify(one)}`,
      )
  }
  assert.ok(confident >= 20)
  return `${confident} boxes: least IoU ${least.toFixed(3)}, confidence at most ${furthest.toFixed(3)} apart`
}

test('a COCO export in float16 that declares any size but runs only at 640 is added by itself and finds the birds', {
  skip: without(COCO, LIBRARY),
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-coco-'))
  t.after(() => rm(folder, { recursive: true }))
  const { manifest, name } = await addModel(folder, shared(COCO), cpu)
  assert.ok(manifest.kind === 'detector')
  assert.deepEqual([manifest.input.width, manifest.input.height, manifest.input.type], [640, 640, 'float16'])
  assert.equal(manifest.output, 'output')
  const animals = manifest.classes.flatMap(({ name, kind }, i) => (kind === 'animal' ? [`${i} ${name}`] : []))
  assert.equal(animals[0], '14 bird')
  assert.equal(animals.at(-1), '23 giraffe')
  assert.deepEqual(
    [manifest.classes[0]!.kind, manifest.classes[2]!.kind, manifest.classes[24]!.kind],
    ['person', 'vehicle', 'other'],
  )

  const models = await openModels({
    folders: [folder, BUNDLED_MODELS],
    detector: name,
    embedder: DEFAULT_EMBEDDER,
    ...cpu,
  })
  t.after(() => models.close())
  const birds = readFileSync(shared(`${LIBRARY}/library.csv`), 'utf8')
    .split('\n')
    .map((line) => line.trim().split(','))
    .filter((cells) => cells.at(-1) === 'cub50_boxes' && !cells[9]!.includes(';'))
    .filter((_, i, all) => i % Math.ceil(all.length / 12) === 0)
  let found = 0
  for (const cells of birds) {
    const labelled = cells[9]!.split(' ').map(Number) as Bbox
    const boxes = await models.detector.detect(await decode(await readFile(shared(join(LIBRARY, cells[0]!)))))
    if (boxes.some((box) => box.kind === 'animal' && overlap(box.bbox, labelled) >= 0.5)) found++
  }
  t.diagnostic(`${found} of ${birds.length} birds found at IoU 0.5`)
  assert.ok(birds.length >= 10 && found >= birds.length - 2)
})

test('camera-trap files as they come: CMYK, grey, EXIF orientation, cut off', {
  skip: without('data/camera-trap'),
}, async (t) => {
  const photo = (name: string) =>
    readFile(shared(`data/camera-trap/speciesnet-test/test_data/african_elephants${name}.jpg`))
  const plain = await decode(await photo(''))
  // Mean brightness in 8 x 6 fields: the same scene, the same way up.
  const fields = ({ working: { data, width, height } }: Image) => {
    const sums = new Float64Array(48)
    for (let i = 0; i < width * height; i++) {
      const field = Math.floor((Math.floor(i / width) * 6) / height) * 8 + Math.floor(((i % width) * 8) / width)
      sums[field]! += data[i * 3]! + data[i * 3 + 1]! + data[i * 3 + 2]!
    }
    return Array.from(sums, (sum) => (sum * 48) / (width * height * 3))
  }
  const wanted = fields(plain)
  for (const name of ['_cmyk', '_bw', '_with_exif_orientation']) {
    const odd = await decode(await photo(name))
    assert.deepEqual([odd.width, odd.height], [plain.width, plain.height], name)
    const apart = Math.max(...fields(odd).map((value, i) => Math.abs(value - wanted[i]!)))
    t.diagnostic(`${name}: at most ${apart.toFixed(1)} grey levels from the plain file`)
    assert.ok(apart < 40, `${name}: ${apart}`)
  }
  await assert.rejects(
    photo('_truncated_file').then((bytes) => decode(bytes)),
    /cut off/,
  )
})
