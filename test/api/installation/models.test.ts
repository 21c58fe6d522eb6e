// Models of a running service: what is listed, checked, added and refused, and a detector that takes over at once.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AddedModel, Model, ModelCheck, ModelList, OfferedModel } from '../../../api/contract/models/model.ts'
import { chosenModels } from '../../../api/installation/model-choice.ts'
import { constantDetector } from '../../support/constant-models.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { openTestService, suggestFor, type TestService } from '../../support/service.ts'
import { TEST_DETECTOR, TEST_EMBEDDER } from '../../support/test-models.ts'

let service: TestService
before(async () => {
  service = await openTestService()
})
after(() => service.close())

/** One box in the middle of the photo. */
const middle = (score: number, metadata?: Record<string, string>) =>
  constantDetector({ side: 64, rows: [[32, 32, 32, 32, 1, score], ...Array(9).fill([1, 1, 1, 1, 0, 0])], metadata })

const list = () => service.read<ModelList>(200, '/api/models')
const listed = async (name: string) => (await list()).items.find((model) => model.name === name) as Model
const upload = async (status: number, files: [name: string, bytes: Buffer][], fields: Record<string, string> = {}) => {
  const body = new FormData()
  for (const [key, value] of Object.entries(fields)) body.set(key, value)
  for (const [name, bytes] of files) body.append('file', new Blob([new Uint8Array(bytes)]), name)
  return await service.read<AddedModel & { detail: string }>(status, '/api/models', { method: 'POST', body })
}

test('the list says what runs, on what, and what each model is', async () => {
  const { items, provider, decidedBy } = await list()
  assert.deepEqual(provider, { device: 'cpu', deviceId: 0, threads: 1 })
  assert.deepEqual(decidedBy, { detector: 'environment', embedder: 'environment' })
  const used = items.filter(({ inUse }) => inUse).map(({ name }) => name)
  assert.deepEqual(used.sort(), [TEST_DETECTOR, TEST_EMBEDDER])
  const bundled = await listed('animal-yolov5lite')
  assert.deepEqual([bundled.storage, bundled.size, bundled.sizes], ['int8', 448, [320, 448, 640, 960]])
  assert.deepEqual([bundled.threshold, bundled.classes, bundled.bundled], [0.25, ['animal'], true])
  assert.ok((bundled.bytes ?? 0) > 4_000_000)
  const net = await listed('efficientnet-lite2')
  assert.deepEqual([net.storage, net.dimensions], ['float16', 1280])
})

test('the check says what doctor says', async () => {
  const { items } = await service.read<ModelCheck>(200, '/api/models/check')
  assert.deepEqual(
    items.map(({ part, status }) => [part, status]),
    [
      ['models', 'ok'],
      ['device', 'ok'],
    ],
  )
  assert.match(items[0]?.found ?? '', /weights as their manifests say, each ran once/)
})

test('a file that is sent is added, and a detector that is chosen finds the next animal', async () => {
  const added = await upload(201, [['Middle.onnx', middle(0.9, { names: "{0: 'deer'}" })]], { licence: 'CC0' })
  assert.deepEqual(added, {
    ...{ name: 'middle', kind: 'detector', guessed: false },
    classes: [{ name: 'deer', kind: 'animal' }],
  })
  assert.equal((await listed('middle')).licence, 'CC0')
  assert.equal((await listed('middle')).inUse, false)
  const photo = await drawAnimal(COLOURS.red, { seed: 1 })
  const box = async () => (await suggestFor(service, photo)).detections[0]?.bbox
  const before = await box()
  const answer = await service.read<object>(202, '/api/models/use', { json: { name: 'middle' } })
  assert.deepEqual(answer, { name: 'middle', from: 'now' })
  assert.deepEqual(await box(), [0.25, 0.25, 0.5, 0.5])
  assert.equal((await listed('middle')).inUse, true)
  const [item] = await service.bring([photo])
  assert.equal(item?.status, 'queued')
  const kept = await chosenModels(service.db, { detector: null, embedder: null })
  assert.equal(kept.detector, 'middle')
  await service.read(202, '/api/models/use', { json: { name: TEST_DETECTOR } })
  assert.deepEqual(await box(), before)
})

test('a threshold takes effect at once and stays chosen', async () => {
  await service.read(202, '/api/models/use', { json: { name: 'middle', threshold: 0.95 } })
  const { detections } = await suggestFor(service, await drawAnimal(COLOURS.red, { seed: 1 }))
  assert.deepEqual(
    detections.map(({ source }) => source),
    ['wholePhoto'],
  )
  assert.equal((await listed('middle')).threshold, 0.95)
  assert.equal((await chosenModels(service.db, { detector: null, embedder: null })).detectorThreshold, 0.95)
  await service.read(202, '/api/models/use', { json: { name: TEST_DETECTOR } })
  assert.equal((await chosenModels(service.db, { detector: null, embedder: null })).detectorThreshold, null)
})

test('what does not fit is refused with its sentence, and nothing of it stays', async () => {
  const nothing = await upload(422, [['junk.onnx', Buffer.from('junk')]])
  assert.match(nothing.detail, /not an ONNX model/)
  const rows = Array.from({ length: 100 }, () => [1, 2, 3, 4, 0.5, 0])
  const suppressed = await upload(422, [
    ['nms.onnx', constantDetector({ side: 64, rows, metadata: { end2end: 'True' } })],
  ])
  assert.match(suppressed.detail, /drops overlapping boxes itself \(NMS\)/)
  const apart = constantDetector({ side: 64, rows, weightFile: 'weights.data' })
  assert.match((await upload(422, [['apart.onnx', apart]])).detail, /weights in a second file: expected weights\.data/)
  const named = middle(0.9, { names: "{0: 'deer', 1: 'fox'}" })
  assert.match((await upload(422, [['named.onnx', named]])).detail, /names 2 class\(es\)/)
  assert.match((await upload(422, [['middle.onnx', middle(0.8)]])).detail, /a model named middle already/)
  assert.match((await upload(400, [['notes.txt', Buffer.from('x')]])).detail, /one file that ends in \.onnx/)
  assert.match((await upload(400, [['a.onnx', middle(0.8)]], { name: '../up' })).detail, /Expected a name of small/)
  assert.deepEqual(await readdir(join(service.folder, 'downloads')), [])
  assert.deepEqual((await readdir(join(service.folder, 'models'))).sort(), ['middle', TEST_DETECTOR, TEST_EMBEDDER])
})

test('weights in a second file come with the graph', async () => {
  const rows = Array.from({ length: 20 }, () => [1, 1, 1, 1, 0, 0])
  const graph = constantDetector({ side: 64, rows, weightFile: 'weights.data' })
  const weights = Buffer.from(new Float32Array(rows.flat()).buffer)
  const added = await upload(201, [
    ['weights.data', weights],
    ['two-files.onnx', graph],
  ])
  assert.equal(added.name, 'two-files')
  assert.deepEqual(await readFile(join(service.folder, 'models', 'two-files', 'weights.data')), weights)
})

test('the catalogue names what can be fetched, and says that nobody here tried it', async () => {
  const { items } = await service.read<{ items: OfferedModel[] }>(200, '/api/models/catalogue')
  assert.deepEqual(
    items.map(({ name, tried, installed, fetching }) => [name, tried, installed, fetching]),
    [
      ['bioclip-2', false, false, null],
      ['dinov2-small', false, false, null],
    ],
  )
  await service.read(404, '/api/models/catalogue/nowhere', { method: 'POST' })
  await service.read(204, '/api/models/catalogue/bioclip-2', { method: 'DELETE' })
})
