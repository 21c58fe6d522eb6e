// Detectors as other programs export them: overlapping boxes dropped in the graph, weights in a second file, class
// names in the file, and a model that never answers.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Detector } from '../../../indexer/detect.ts'
import { addModel } from '../../../indexer/models/add-model.ts'
import { classesNamed, parseClassNames } from '../../../indexer/models/class-names.ts'
import type { DetectorManifest } from '../../../indexer/models/manifest.ts'
import { openModels, tryModel } from '../../../indexer/models/models.ts'
import { type ConstantModel, constantDetector } from '../../support/constant-models.ts'
import { raw, writeOnnx } from '../../support/onnx-writer.ts'
import { detectorManifest, TEST_EMBEDDER, writeModel, writeTestModels } from '../../support/test-models.ts'

let folder: string
const cpu = { threads: 1, device: 'cpu' } as const

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-foreign-'))
  await writeTestModels(join(folder, 'own'))
})
after(() => rm(folder, { recursive: true }))

async function write(name: string, weights: Buffer): Promise<string> {
  const file = join(folder, `${name}.onnx`)
  await writeFile(file, weights)
  return file
}
const own = () => join(folder, 'own')
const addOne = async (name: string, weights: Buffer) => addModel(own(), await write(name, weights), cpu)
/** 100 rows of 64 x 64 pixels. */
function exported(rows: number[][], more: Partial<ConstantModel> = {}): Buffer {
  const padding = Array.from({ length: 100 - rows.length }, () => rows[0]!.map(() => 0))
  return constantDetector({ side: 64, rows: [...rows, ...padding], ...more })
}
async function found(name: string) {
  const models = await openModels({ folders: [own()], detector: name, embedder: TEST_EMBEDDER, ...cpu })
  const pixels = Buffer.alloc(3 * 64 * 64)
  // A square picture of the detector's own size has no border: boxes are fractions of it.
  const image = { width: 64, height: 64, working: { data: pixels, width: 64, height: 64 } }
  const boxes = await models.detector
    .detect(image as unknown as Parameters<Detector['detect']>[0])
    .finally(models.close)
  return boxes.map(({ kind, bbox, confidence }) =>
    [kind, ...bbox, confidence].map((v) => (typeof v === 'number' ? Number(v.toFixed(3)) : v)),
  )
}

const suppressed = [
  [16, 16, 48, 48, 0.92, 0],
  [48, 0, 64, 32, 0.8, 1],
]
const threeNames = { names: "{0: 'animal', 1: 'person', 2: 'vehicle'}" }

test('boxes from which the graph dropped overlapping ones are read by the names in the file', async () => {
  const { manifest } = await addOne(
    'suppressed',
    exported(suppressed, { metadata: { ...threeNames, end2end: 'True' } }),
  )
  assert.equal((manifest as DetectorManifest).format, 'end2end')
  const expected = [
    ['animal', 0.25, 0.25, 0.5, 0.5, 0.92],
    ['person', 0.75, 0, 0.25, 0.5, 0.8],
  ]
  assert.deepEqual(await found('suppressed'), expected)
  // The same where only the numbers tell.
  await addOne('suppressed-unsaid', exported(suppressed, { metadata: threeNames }))
  assert.deepEqual(await found('suppressed-unsaid'), expected)
})

test('such boxes without class names are refused with what to do', async () => {
  await assert.rejects(
    addOne('nameless', exported(suppressed)),
    /drops overlapping boxes itself \(NMS\).*Export it without/,
  )
  assert.ok(!(await readdir(own())).some((name) => name.startsWith('nameless')))
})

test('weights in a second file are copied and belong to the identity of the model', async () => {
  const rows = [[32, 32, 32, 32, 0.9, 0.95]]
  const data = [...rows.flat(), ...Array(99 * 6).fill(0)]
  const bytes = exported(rows, { weightFile: 'ext.data' })
  await writeFile(join(folder, 'ext.data'), raw({ type: 'float32', data }))
  const { manifest } = await addOne('ext', bytes)
  assert.deepEqual(manifest.weightFiles, ['ext.data'])
  assert.deepEqual((await readdir(join(own(), 'ext'))).sort(), ['ext.data', 'manifest.json', 'model.onnx'])
  await rm(join(folder, 'ext.onnx'))
  await rm(join(folder, 'ext.data'))
  assert.deepEqual(await found('ext'), [['animal', 0.25, 0.25, 0.5, 0.5, 0.855]])
  const other = await readFile(join(own(), 'ext', 'ext.data'))
  other[0]! ^= 1
  await writeFile(join(own(), 'ext', 'ext.data'), other)
  await assert.rejects(tryModel([own()], 'ext', cpu), /are not those of its manifest/)
})

test('weights that are missing, or lie outside the folder, are refused without a trace', async () => {
  const rows = [[32, 32, 32, 32, 0.9, 0.95]]
  await assert.rejects(addOne('gone', exported(rows, { weightFile: 'gone.data' })), /second file: expected gone.data/)
  await assert.rejects(addOne('far', exported(rows, { weightFile: '../far.data' })), /in its own folder/)
  await mkdir(join(folder, 'sub'), { recursive: true })
  await assert.rejects(addOne('sub', exported(rows, { weightFile: 'sub/x.data' })), /in its own folder/)
  assert.ok(!(await readdir(own())).some((name) => /gone|far|sub\b/.test(name)))
})

test('the class names in the file decide, in their order and whatever their number', async () => {
  const three = [[32, 32, 30, 30, 0.9, 0.95, 0, 0]]
  const classesOf = async (name: string, names: string, rows = three) => {
    const added = await addOne(name, exported(rows, { metadata: { names } }))
    assert.equal(added.guessed, false)
    return (added.manifest as DetectorManifest).classes.map(({ name, kind }) =>
      name === kind ? name : `${name}: ${kind}`,
    )
  }
  assert.deepEqual(await classesOf('person-first', "{0: 'person', 1: 'animal', 2: 'vehicle'}"), [
    'person',
    'animal',
    'vehicle',
  ])
  assert.deepEqual(await classesOf('birds', "{0: 'mammal', 1: 'bird', 2: 'reptile'}"), [
    'mammal: animal',
    'bird: animal',
    'reptile: animal',
  ])
  assert.deepEqual(await classesOf('unordered', "{2: 'Truck', 0: \"Burchell's zebra\", 1: 'Human'}"), [
    "Burchell's zebra: animal",
    'Human: person',
    'Truck: vehicle',
  ])
  assert.deepEqual(await classesOf('two', "['animal', 'person']", [[32, 32, 30, 30, 0.9, 0, 0.95]]), [
    'animal',
    'person',
  ])
  await assert.rejects(classesOf('mismatch', "{0: 'animal'}"), /names 1 class\(es\) \(animal…\) but its output/)
  assert.equal((await addOne('unnamed', exported(three))).guessed, true)
})

test('names are read as Python and JSON write them; kinds come from whole words', () => {
  assert.deepEqual(parseClassNames('{"1": "b", "0": "a"}'), ['a', 'b'])
  assert.deepEqual(parseClassNames("['it\\'s', \"two\"]"), ["it's", 'two'])
  assert.deepEqual(parseClassNames("{0: 'a', 2: 'c'}"), null)
  assert.deepEqual(parseClassNames('no names'), null)
  assert.deepEqual(parseClassNames(undefined), null)
  const kinds = (...names: string[]) => classesNamed(names).map(({ kind }) => kind)
  assert.deepEqual(kinds('carnivore', 'mandrill', 'bushbuck', 'mouse', 'kite'), Array(5).fill('animal'))
  assert.deepEqual(kinds('Homo_sapiens', 'off-road vehicle', 'empty'), ['person', 'vehicle', 'other'])
})

/** Never answers: an endless loop. The picture goes into it, so nothing is precomputed. */
function endlessDetector(): Buffer {
  const scalar = (name: string, type: 'bool' | 'int64') => ({ name, type, shape: [] })
  const state = { name: 'state_in', type: 'float32', shape: ['batch', 100, 6] } as const
  return writeOnnx({
    inputs: [{ name: 'images', type: 'float32', shape: ['batch', 3, 64, 64] }],
    outputs: [{ name: 'output0', type: 'float32', shape: ['batch', 100, 6] }],
    constants: [
      { name: 'answer', type: 'float32', shape: [1, 100, 6], data: Array(600).fill(0) },
      { name: 'yes', type: 'bool', shape: [], data: [1] },
      { name: 'flat', type: 'int64', shape: [3], data: [-1, 1, 1] },
    ],
    nodes: [
      { op: 'ReduceMean', inputs: ['images'], outputs: ['mean'], attributes: { axes: [1, 2, 3], keepdims: 1 } },
      { op: 'Reshape', inputs: ['mean', 'flat'], outputs: ['one'] },
      { op: 'Add', inputs: ['answer', 'one'], outputs: ['start'] },
      {
        op: 'Loop',
        inputs: ['', 'yes', 'start'],
        outputs: ['output0'],
        attributes: {
          body: {
            inputs: [scalar('round', 'int64'), scalar('go_in', 'bool'), { ...state, shape: [...state.shape] }],
            outputs: [scalar('go_out', 'bool'), { ...state, name: 'state_out', shape: [...state.shape] }],
            nodes: [
              { op: 'Identity', inputs: ['go_in'], outputs: ['go_out'] },
              { op: 'Abs', inputs: ['state_in'], outputs: ['state_out'] },
            ],
          },
        },
      },
    ],
  })
}

test('a model that never answers is refused after its deadline, and its process is gone', async () => {
  const file = await write('endless', endlessDetector())
  const begun = performance.now()
  await assert.rejects(addModel(own(), file, { ...cpu, deadlineMs: 2500 }), /no answer within 2\.5 s/)
  await writeModel(own(), endlessDetector(), detectorManifest({ name: 'endless' }))
  await assert.rejects(tryModel([own()], 'endless', { ...cpu, deadlineMs: 2500 }), /no answer within 2\.5 s/)
  assert.ok(performance.now() - begun < 15_000)
})

test('a model that never answers does not outlive the process that began it, however that ends', async (t) => {
  const manifest = await writeModel(own(), endlessDetector(), detectorManifest({ name: 'endless' }))
  const script = `import { openInference } from ${JSON.stringify(new URL('../../../indexer/inference/inference.ts', import.meta.url).href)}
const inference = openInference({ threads: 1, device: 'cpu' })
void inference.open(${JSON.stringify(join(own(), 'endless', 'model.onnx'))}, ${JSON.stringify(manifest)})
setTimeout(() => console.log(inference.stats().pid), 1500)
if (process.argv[2] === 'exit') setTimeout(() => process.exit(), 2000)`
  const file = join(folder, 'parent.mjs')
  await writeFile(file, script)
  for (const how of ['exit', 'killed']) {
    const parent = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file, how], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = new Promise((resolve) => parent.once('exit', resolve))
    const pid = Number(
      await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data)))),
    )
    t.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'))
    assert.ok(isAlive(pid))
    if (how === 'killed') parent.kill('SIGKILL')
    await gone
    for (let tries = 0; isAlive(pid) && tries < 50; tries++) await sleep(100)
    assert.ok(!isAlive(pid), `after a parent that was ${how}`)
  }
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
