// The way of a detector that people train themselves: their boxes leave as a data set, a stand-in for the training
// reads it, and what it makes comes back, is compared on what was kept out, and is used only where it is not worse.

import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { unzipSync } from 'fflate'
import { parse } from 'yaml'
import type { Comparing, DetectorExamples, DetectorSet } from '../../../api/contract/models/detector.ts'
import type { ModelList } from '../../../api/contract/models/model.ts'
import { compareDetectors } from '../../../api/installation/detectors/compare.ts'
import { chooseRule, splitOf } from '../../../api/installation/detectors/split.ts'
import { writeTrainingSet } from '../../../api/installation/detectors/training-set.ts'
import { random } from '../../../classifiers/seeded-random.ts'
import type { Bbox } from '../../../db/schema.ts'
import { constantDetector } from '../../support/constant-models.ts'
import { COLOURS, drawPhoto } from '../../support/photos.ts'
import { form, makeTaxa, openTestService, type TestService } from '../../support/service.ts'
import { TEST_DETECTOR } from '../../support/test-models.ts'

const CAMERAS = 5
const PHOTOS = 12
const SIDE = 64
/** Two animals; the lamp in a corner is none, though the test detector boxes it. */
const ANIMALS: Bbox[] = [
  [0.25, 0.25, 0.25, 0.25],
  [0.5, 0, 0.25, 0.25],
]

let service: TestService
before(async () => {
  service = await openTestService()
  const taxa = await makeTaxa(service, ['Danaus plexippus'])
  const photos = await Promise.all(
    Array.from({ length: CAMERAS * PHOTOS }, (_, seed) =>
      drawPhoto(
        [
          { cell: [1, 1], colour: COLOURS.red },
          { cell: [2, 0], colour: COLOURS.red },
          { cell: [3, 3], colour: COLOURS.yellow },
        ],
        { seed },
      ),
    ),
  )
  const facts = photos.map((_, i) => ({
    path: `cam${i % CAMERAS}/${i}.jpg`,
    deployment: `cam${i % CAMERAS}`,
    boxes: ANIMALS,
  }))
  const body = form(photos, { taxonId: taxa['Danaus plexippus']!, facts: JSON.stringify(facts) })
  await service.read(202, '/api/media', { method: 'POST', body })
  const empty = await Promise.all(Array.from({ length: 9 }, (_, i) => drawPhoto([], { seed: 1000 + i })))
  const nothing = form(empty, { facts: JSON.stringify(empty.map((_, i) => ({ path: `empty/${i}.jpg`, empty: true }))) })
  await service.read(202, '/api/media', { method: 'POST', body: nothing })
  // Nobody has said anything of this one.
  await service.bring([await drawPhoto([{ cell: [0, 0], colour: COLOURS.blue }], { seed: 2000 })])
  await service.settled()
})
after(() => service.close())

/** Reads the labels to train with and learns where animals are; a shift makes it a bad one. */
async function trainStandIn(folder: string, shift = 0): Promise<string> {
  const { train, names } = parse(await readFile(join(folder, 'data.yaml'), 'utf8'))
  const labels = join(folder, train.replace('images', 'labels'))
  const seen = new Map<string, number[]>()
  for (const entry of await readdir(labels, { recursive: true })) {
    if (!entry.endsWith('.txt')) continue
    for (const line of (await readFile(join(labels, entry), 'utf8')).split('\n').filter(Boolean))
      seen.set(line, line.split(' ').slice(1).map(Number))
  }
  const rows = [...seen.values()].map((box) => [...box.map((value) => (value + shift) * SIDE), 1, 0.9])
  while (rows.length < 20) rows.push([1, 1, 1, 1, 0, 0])
  const file = join(folder, `best-${shift}.onnx`)
  await writeFile(file, constantDetector({ side: SIDE, rows, metadata: { names: JSON.stringify(names) } }))
  return file
}

const add = async (name: string, file: string) => {
  const body = new FormData()
  body.set('name', name)
  body.append('file', new Blob([new Uint8Array(await readFile(file))]), `${name}.onnx`)
  await service.read(201, '/api/models', { method: 'POST', body })
}
const compare = async (name: string) => {
  await service.read(202, '/api/detectors/compare', { json: { name } })
  for (;;) {
    const now = await service.read<Comparing>(200, '/api/detectors/compare')
    if (now.running === null) return now
    await wait(20)
  }
}
const use = (status: number, name: string) =>
  service.read<{ detail: string }>(status, '/api/models/use', { json: { name } })
const inUse = async () =>
  (await service.read<ModelList>(200, '/api/models')).items.find((one) => one.kind === 'detector' && one.inUse)?.name

test('boxes that people settled become a data set, trained on, compared and accepted', async () => {
  const set = await service.read<DetectorSet>(200, '/api/detectors/set')
  const photos = CAMERAS * PHOTOS
  assert.deepEqual([set.boxes, set.empties, set.by, set.cameras], [2 * photos, 6, 'camera', CAMERAS])
  assert.deepEqual(set.heldOut.boxes, 2 * PHOTOS)

  const zip = await service.ask('/api/detectors/set.zip')
  assert.equal(zip.headers.get('content-type'), 'application/zip')
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()))
  const folder = join(service.folder, 'set')
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  const names = Object.keys(files)
  for (const name of ['README.md', 'LICENCES.md', 'train.sh', 'train.ipynb', 'data.yaml'])
    assert.ok(names.includes(name))
  assert.equal(names.filter((name) => name.startsWith('images/')).length, photos + set.empties)
  const camerasOf = (split: string) =>
    new Set(names.filter((name) => name.startsWith(`images/${split}/cam`)).map((name) => name.split('/')[2]))
  assert.equal(camerasOf('val').size + camerasOf('train').size, CAMERAS, 'no camera is in both halves')
  assert.match(
    new TextDecoder().decode(files['labels/train/cam0/0.txt'] ?? files['labels/val/cam0/0.txt']),
    /^0 0\.375000 0\.375/,
  )
  assert.deepEqual(parse(new TextDecoder().decode(files['data.yaml'])).names, { 0: 'animal' })
  assert.ok(JSON.parse(new TextDecoder().decode(files['train.ipynb'])).cells.length > 3)

  await add('bad', await trainStandIn(folder, 0.2))
  await add('good', await trainStandIn(folder))
  assert.match((await use(409, 'good')).detail, /Compare good with the detector in use first/)

  const worse = (await compare('bad')).last!
  assert.equal(worse.notWorse, false)
  assert.match((await use(409, 'bad')).detail, /worse than the detector in use.*Average precision is 0\.000/)
  assert.match((await use(409, 'good')).detail, /Compare good/, 'what was compared was another one')

  const { last, problem } = await compare('good')
  assert.equal(problem, null)
  assert.deepEqual([last!.notWorse, last!.heldOut, last!.photos > PHOTOS - 1], [true, true, true])
  assert.equal(last!.all.candidate.ap50, 1)
  assert.ok(last!.all.old.ap50! < 1)
  assert.deepEqual(
    last!.byCamera.map(({ old }) => old.boxes),
    [2 * PHOTOS],
  )
  assert.deepEqual(
    last!.all.candidate.recall.map(({ falseBoxesPerPhoto, recall }) => [falseBoxesPerPhoto, recall]),
    [
      [0.1, 1],
      [0.3, 1],
      [1, 1],
    ],
  )
  const example = last!.examples[0]!
  assert.deepEqual([example.boxes.length, example.old.length, example.candidate.length], [2, 3, 2])
  assert.equal(await inUse(), TEST_DETECTOR, 'nothing changes without a yes')
  await use(202, 'good')
  assert.equal(await inUse(), 'good')
  assert.match((await use(409, TEST_DETECTOR)).detail, /Compare/)
})

test('the command writes the same files into a folder', async () => {
  const files: string[] = []
  for await (const { path, content } of await writeTrainingSet(service)) {
    files.push(path)
    if (content instanceof Promise) await content
  }
  assert.ok(files.includes('train.sh') && files.length > CAMERAS * PHOTOS)
})

test('what the detector finds in some photos is shown for any threshold', async () => {
  const { items, least } = await service.read<DetectorExamples>(200, '/api/detectors/examples')
  assert.equal(items.length, 12)
  assert.ok(items.every(({ found }) => found.every(({ confidence }) => confidence >= least)))
})

const noise = (seed: number, shift: number) => {
  const next = random(seed)
  return Array.from({ length: 60 }, (_, i) => {
    const boxes: Bbox[] = [[0.3, 0.3, 0.2 + 0.3 * next(), 0.2]]
    const near = (by: number) => ({ bbox: [0.3 + by, 0.3, boxes[0]![2], 0.2] as Bbox, confidence: 0.3 + 0.7 * next() })
    return {
      group: `g${i % 30}`,
      camera: `c${i % 3}`,
      boxes,
      old: [near(0.01 * next())],
      candidate: [near(shift * next())],
    }
  })
}

test('an equal detector is not worse, one that misses is, and too few boxes tell nothing', () => {
  const equal = Array.from({ length: 20 }, (_, seed) => compareDetectors(noise(seed + 1, 0.01)).notWorse)
  assert.equal(equal.filter(Boolean).length, 20)
  assert.ok(
    Array.from({ length: 20 }, (_, seed) => compareDetectors(noise(seed + 1, 0.5))).every((one) => !one.notWorse),
  )
  const few = compareDetectors(noise(1, 0.01).slice(0, 10))
  assert.match(few.reasons[0] ?? '', /Only 10 known boxes/)
  assert.deepEqual(
    few.byCamera.map(({ camera }) => camera),
    ['c0', 'c1', 'c2'],
  )
})

test('cameras stay apart where there are enough of them, else bursts', () => {
  const photos = (cameras: number) =>
    Array.from({ length: 200 }, (_, i) => ({ camera: `c${i % cameras}`, group: `g${Math.floor(i / 4)}` }))
  const byCamera = chooseRule(photos(10))
  assert.equal(byCamera.by, 'camera')
  const held = photos(10).filter((photo) => splitOf(byCamera, photo) === 'val').length
  assert.equal(held, 40)
  assert.equal(splitOf(byCamera, { camera: 'new', group: 'x' }), 'val', 'nothing was trained with a new camera')
  assert.deepEqual(chooseRule(photos(4)), { by: 'group' })
})
