// Files that are no YOLOv5 detector, or no model at all, as people drop them: each is refused with what to do. And the
// ways in which exporters note class names.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Session } from '../../../indexer/inference/onnx.ts'
import { namesIn } from '../../../indexer/models/class-names.ts'
import { draftManifest } from '../../../indexer/models/draft-manifest.ts'
import { refuseOtherFiles } from '../../../indexer/models/not-onnx.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-other-'))
})
after(() => rm(folder, { recursive: true }))

const facts = { name: 'other', file: 'model.onnx', sha256: '0'.repeat(64), licence: 'none', source: 'test' }
type Outputs = Record<string, { dims: number[]; rows?: number[][] }>

/** The manifest of a net whose answer is these rows, followed by zeros, or ones where no rows are given. */
async function drafted(outputs: Outputs, { side = 64, metadata = {} as Record<string, string> } = {}) {
  const results = new Map(
    Object.entries(outputs).map(([name, { dims, rows }]) => {
      const data = new Float32Array(dims.reduce((product, n) => product * n, 1)).fill(rows ? 0 : 1)
      if (rows) data.set(rows.flat())
      return [name, { dims, data }]
    }),
  )
  const session: Session = {
    inputs: [{ name: 'images', type: 'float32', shape: [1, 3, side, side] }],
    outputs: [...results.keys()].map((name) => ({ name, type: 'float32', shape: [] })),
    run: async () => results,
    close: async () => {},
  }
  const graph = {
    metadata: new Map(Object.entries(metadata)),
    weightFiles: [],
    operators: new Set<string>(),
    storage: 'float32' as const,
  }
  return await draftManifest(session, facts, graph)
}

const NAMES = { names: "{0: 'animal', 1: 'person'}" }
const BOXES = [
  [16, 16, 48, 48, 0.9, 0],
  [48, 0, 64, 32, 0.8, 1],
]
const separate = /other: received .*Expected one output \[n, boxes, 5 \+ classes\].*nms=False/
const perCell = /one box per cell, as YOLOv6, v8, v11 and YOLOX write them.*nms=True\), which is read/

const refused: [what: string, outputs: Outputs, says: RegExp, metadata?: Record<string, string>][] = [
  ['EfficientNMS', { det_boxes: { dims: [1, 100, 4] }, det_scores: { dims: [1, 100] } }, separate],
  ['boxes and labels of torchvision', { boxes: { dims: [100, 4] }, scores: { dims: [100] } }, separate],
  ['DETR', { logits: { dims: [1, 100, 92] }, pred_boxes: { dims: [1, 100, 4] } }, separate],
  ['boxes of one photo', { output0: { dims: [100, 6], rows: BOXES } }, separate, NAMES],
  ['boxes with the number of their photo', { output0: { dims: [100, 7] } }, separate, NAMES],
  ['YOLOv8 for 80 classes', { output0: { dims: [1, 84, 84] } }, perCell],
  ['YOLOv8 for one class', { output0: { dims: [1, 5, 84] } }, perCell],
  ['YOLOv8 turned round', { output0: { dims: [1, 84, 7] } }, perCell],
  ['YOLOX', { output: { dims: [1, 84, 85] } }, perCell],
  ['segments', { output0: { dims: [1, 39, 84] }, output1: { dims: [1, 32, 16, 16] } }, perCell],
  [
    'rows for boxes, all empty, and no names',
    { output0: { dims: [1, 300, 6], rows: [] } },
    /\(NMS\).*Export it without/,
  ],
  [
    'boxes in fractions',
    {
      output0: {
        dims: [1, 100, 6],
        rows: BOXES.map(([x, y, r, b, ...rest]) => [x! / 64, y! / 64, r! / 64, b! / 64, ...rest]),
      },
    },
    /fractions of the picture. Expected pixels/,
    { ...NAMES, end2end: 'true' },
  ],
]
for (const [what, outputs, says, metadata] of refused)
  test(`refuses with what to do: ${what}`, async () => {
    await assert.rejects(drafted(outputs, { metadata }), says)
  })

test('a net of one pixel is refused, and YOLOv5 for 80 classes is none of these', async () => {
  await assert.rejects(
    drafted({ output0: { dims: [1, 252, 6] } }, { side: 1 }),
    /at least 16 pixels but received 1 x 1/,
  )
  const coco = await drafted({ output0: { dims: [1, 252, 85] } })
  assert.equal(coco.kind === 'detector' && coco.classes.length, 80)
  const ready = await drafted({ output0: { dims: [1, 300, 6], rows: [] } }, { metadata: { ...NAMES, end2end: 'true' } })
  assert.equal(ready.kind === 'detector' && ready.format, 'end2end')
})

test('class names are read however exporters note them', () => {
  const three = ['animal', 'person', 'vehicle']
  for (const names of [
    '0: animal\n1: person\n2: vehicle\n',
    '- animal\n- person\n- vehicle\n',
    'animal\nperson\nvehicle',
    'animal, person, vehicle',
    '[animal, person, vehicle]',
    '{0: animal, 1: person, 2: vehicle}',
    "{1: 'animal', 2: 'person', 3: 'vehicle'}",
    '{"animal": 0, "vehicle": 2, "person": 1}',
    '[{"id": 1, "name": "person"}, {"id": 0, "name": "animal"}, {"id": 2, "name": "vehicle"}]',
  ])
    assert.deepEqual(namesIn(new Map([['names', names]])), three, names)
  for (const key of ['class_names', 'classes', 'labels', 'id2label'])
    assert.deepEqual(namesIn(new Map([[key, "['animal', 'person', 'vehicle']"]])), three, key)
  assert.deepEqual(namesIn(new Map([['names', "['ve\u0301hicule']"]])), ['v\u00e9hicule'])
  for (const none of ['', '{}', '[]']) assert.equal(namesIn(new Map([['names', none]])), null, none)
  for (const odd of ["{0: 'a', 99999: 'b'}", "{0: '', 1: 'person'}", 'see the other file'])
    assert.throws(() => namesIn(new Map([['names', odd]])), /names its classes in a way that is not known/, odd)
})

test('a file that is no model says what it is and what to do', async () => {
  const files: [content: Buffer | string, says: RegExp][] = [
    ['', /is empty: copy it again/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\n', /run git lfs pull/],
    ['<!doctype html><html>', /is a web page/],
    [Buffer.from('PK\x03\x04\x00\x00archive/data.pkl', 'latin1'), /holds PyTorch weights. Export it as ONNX/],
    [Buffer.from('PK\x03\x04\x00\x00best.onnx', 'latin1'), /is a zip: unpack it/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), /compressed with gzip/],
    [Buffer.from('\x89HDF\r\n', 'latin1'), /Keras/],
    [Buffer.from('\x1c\x00\x00\x00TFL3', 'latin1'), /TensorFlow Lite/],
    [Buffer.from('\x64\x00\x00\x00\x00\x00\x00\x00{"a":', 'latin1'), /safetensors/],
  ]
  for (const [number, [content, says]] of files.entries()) {
    const file = join(folder, `${number}.onnx`)
    await writeFile(file, content)
    await assert.rejects(refuseOtherFiles(file, 'best.onnx'), says)
  }
  await mkdir(join(folder, 'dir.onnx'))
  await assert.rejects(refuseOtherFiles(join(folder, 'dir.onnx'), 'dir.onnx'), /is no file but a folder/)
  await symlink('loop.onnx', join(folder, 'loop.onnx'))
  await assert.rejects(refuseOtherFiles(join(folder, 'loop.onnx'), 'loop.onnx'), /missing or cannot be read/)
})
