// Boxes: the pure way from a YOLOv5 output to a photo's fractions, by hand-worked numbers, and tiny ONNX detectors of
// every shape that exports have.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openDetector } from '../../indexer/detect.ts'
import { type Inference, openInference } from '../../indexer/inference/inference.ts'
import { type Candidate, decodeRows, iou, MAX_BOXES, suppress } from '../../indexer/inference/yolo.ts'
import type { DetectorManifest } from '../../indexer/models/manifest.ts'
import { decode } from '../../indexer/photos/image.ts'
import { constantDetector } from '../support/constant-models.ts'
import { drawPhoto } from '../support/photos.ts'
import { detectorManifest, writeModel } from '../support/test-models.ts'

const candidate = (corners: Candidate['corners'], score: number, classIndex = 0, row = 0): Candidate => ({
  corners,
  score,
  classIndex,
  row,
})

test('a row is centre, size, objectness and class scores; the score is objectness x best class', () => {
  const rows = Float32Array.from([
    ...[100, 60, 40, 20, 0.8, 0.25, 0.5],
    ...[10, 10, 4, 4, 0.5, 0.4, 0.1], // 0.2: below
    ...[10, 10, 4, 4, 0.5, 0.5, 0.1], // 0.25: just enough
  ])
  const found = decodeRows(rows, 7, 0.25)
  assert.equal(found.length, 2)
  assert.deepEqual(found[0]!.corners, [80, 50, 120, 70])
  assert.ok(Math.abs(found[0]!.score - 0.4) < 1e-6)
  assert.deepEqual([found[0]!.classIndex, found[0]!.row], [1, 0])
  assert.deepEqual([found[1]!.classIndex, found[1]!.row], [0, 2])
})

test('rows that are no box are passed over: not a number, no size', () => {
  const rows = Float32Array.from([
    ...[Number.NaN, 60, 40, 20, 0.9, 0.9],
    ...[10, 10, 0, 20, 0.9, 0.9],
    ...[10, 10, 5, -1, 0.9, 0.9],
    ...[10, 10, 5, 5, Number.NaN, 0.9],
  ])
  assert.deepEqual(decodeRows(rows, 6, 0.1), [])
})

test('intersection over union by hand', () => {
  assert.equal(iou([0, 0, 10, 10], [0, 0, 10, 10]), 1)
  assert.equal(iou([0, 0, 10, 10], [5, 0, 15, 10]), 50 / 150)
  assert.equal(iou([0, 0, 10, 10], [10, 0, 20, 10]), 0)
})

test('of two boxes of one class that overlap by more than the limit the less confident goes', () => {
  const [a, b] = [candidate([0, 0, 10, 10], 0.6), candidate([1, 0, 11, 10], 0.9, 0, 1)]
  assert.deepEqual(suppress([a, b], 0.45), [b])
  // 90 / 110 = 0.818: a higher limit keeps both, the more confident first.
  assert.deepEqual(suppress([a, b], 0.82), [b, a])
})

test('boxes of different classes do not suppress each other', () => {
  const boxes = [candidate([0, 0, 10, 10], 0.9, 0), candidate([0, 0, 10, 10], 0.8, 1, 1)]
  assert.deepEqual(suppress(boxes, 0.45), boxes)
})

test('a box suppressed by a third does not suppress in turn', () => {
  // b overlaps both; a suppresses it, so c stays.
  const [a, b, c] = [candidate([0, 0, 10, 10], 0.9), candidate([3, 0, 13, 10], 0.8), candidate([6, 0, 16, 10], 0.7)]
  assert.deepEqual(suppress([c, b, a], 0.45), [a, c])
})

test('equal scores: the earlier row wins, whatever the order they come in', () => {
  const [a, b] = [candidate([0, 0, 10, 10], 0.5, 0, 3), candidate([1, 0, 11, 10], 0.5, 0, 7)]
  assert.deepEqual(suppress([b, a], 0.45), [a])
  assert.deepEqual(suppress([a, b], 0.45), [a])
})

test(`at most ${MAX_BOXES} boxes are kept, the most confident`, () => {
  const many = Array.from({ length: 400 }, (_, i) => candidate([i * 10, 0, i * 10 + 5, 5], (i + 1) / 401, 0, i))
  const kept = suppress(many, 0.45)
  assert.equal(kept.length, MAX_BOXES)
  assert.equal(kept[0]!.row, 399)
})

let folder: string
let inference: Inference

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-detect-'))
  inference = openInference({ threads: 1, device: 'cpu' })
})
after(async () => {
  await inference.close()
  await rm(folder, { recursive: true })
})

async function open(graph: Parameters<typeof constantDetector>[0], changes: Partial<DetectorManifest> = {}) {
  const base = detectorManifest(changes)
  const manifest = await writeModel(folder, constantDetector(graph), base)
  await inference.open(join(folder, manifest.name, manifest.file), manifest)
  return openDetector(inference, manifest)
}

const animal: DetectorManifest['classes'] = [{ name: 'animal', kind: 'animal' }]
// In a 64 px input a photo of 200 x 100 lies in rows 16 to 48. A box around (32, 32) of 16 x 8 px is x 0.375..0.625, y
// 0.375..0.625.
const centre = [32, 32, 16, 8, 0.9, 1]
const wide = async () => decode(await drawPhoto([], { width: 200, height: 100 }))

test('a box comes back in fractions of the photo, through the grey of the letterbox', async () => {
  const detector = await open({ side: 64, rows: [centre] }, { name: 'centre', classes: animal })
  const [found] = await detector.detect(await wide())
  assert.deepEqual(found!.bbox, [0.375, 0.375, 0.25, 0.25])
  assert.deepEqual([found!.kind, found!.label], ['animal', 'animal'])
  assert.ok(Math.abs(found!.confidence - 0.9) < 1e-6)
})

test('boxes are cut to the photo; what lies in the grey, or is thinner than two pixels there, is none', async () => {
  const rows = [
    [0, 32, 32, 8, 0.9, 1], // half outside on the left: 0..0.25
    [32, 5, 16, 8, 0.8, 1], // all in the grey above
    [32, 32, 1, 8, 0.7, 1], // a sliver
  ]
  const detector = await open({ side: 64, rows }, { name: 'cut', classes: animal })
  const found = await detector.detect(await wide())
  assert.deepEqual(
    found.map((one) => one.bbox),
    [[0, 0.375, 0.25, 0.25]],
  )
})

test('the threshold of the manifest counts, or the one asked for', async () => {
  const detector = await open({ side: 64, rows: [[32, 32, 16, 8, 0.2, 1]] }, { name: 'threshold', classes: animal })
  assert.equal((await detector.detect(await wide())).length, 0)
  assert.equal((await detector.detect(await wide(), { threshold: 0.1 })).length, 1)
})

test('classes are animals, people, vehicles or nothing, by the manifest', async () => {
  const at = (x: number, scores: number[]) => [x, 32, 4, 8, 1, ...scores]
  const rows = [at(8, [0.9, 0, 0, 0]), at(24, [0, 0.8, 0, 0]), at(40, [0, 0, 0.7, 0]), at(56, [0, 0, 0, 0.6])]
  const detector = await open(
    { side: 64, rows },
    {
      name: 'classes',
      classes: [
        { name: 'bear', kind: 'animal' },
        { name: 'hiker', kind: 'person' },
        { name: 'jeep', kind: 'vehicle' },
        { name: 'teapot', kind: 'other' },
      ],
    },
  )
  const found = await detector.detect(await wide())
  assert.deepEqual(
    found.map(({ kind, label }) => `${kind} ${label}`),
    ['animal bear', 'person hiker', 'vehicle jeep'],
  )
})

const shapes: [string, Parameters<typeof constantDetector>[0], Partial<DetectorManifest>][] = [
  ['dynamic batch and size', { side: 64, rows: [centre], dynamicSize: true }, {}],
  ['fixed batch of 1', { side: 64, rows: [centre], batch: 1 }, {}],
  ['fixed batch of 3', { side: 64, rows: [centre], batch: 3 }, {}],
  [
    'float16',
    { side: 64, rows: [centre], type: 'float16' },
    { input: { ...detectorManifest().input, type: 'float16' } },
  ],
  [
    'an output with another name, and further outputs',
    { side: 64, rows: [centre], output: '1022' },
    { output: '1022' },
  ],
  ['declared any size, baked for one', { side: 64, rows: [centre], dynamicSize: true, baked: true }, {}],
  [
    'P6: four strides, wider than high',
    { side: 128, height: 64, rows: p6Rows() },
    { input: { ...detectorManifest().input, width: 128 } },
  ],
]

/** A P6 model of 128 x 64 has 3 boxes per cell at strides 8, 16, 32 and 64; one of the last says something. */
function p6Rows(): number[][] {
  const count = 3 * [8, 16, 32, 64].reduce((sum, stride) => sum + (128 / stride) * (64 / stride), 0)
  const rows = Array.from({ length: count }, () => [0, 0, 1, 1, 0, 0])
  rows[count - 1] = [64, 32, 32, 16, 0.9, 1]
  return rows
}

for (const [index, [what, graph, changes]] of shapes.entries()) {
  test(`exports differ: ${what}`, async () => {
    const detector = await open(graph, { name: `shape-${index}`, classes: animal, ...changes })
    const photo = await wide()
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => detector.detect(photo)))
    for (const [found] of answers) {
      assert.deepEqual(found!.bbox, [0.375, 0.375, 0.25, 0.25])
      assert.ok(Math.abs(found!.confidence - 0.9) < 1e-3)
    }
  })
}
