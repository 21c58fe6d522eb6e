// Boxes, marks and notes that people set, each an action: learned at once, undone exactly.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionAnswer, Undoable } from '../../../api/contract/action.ts'
import type { DetectionAnswer } from '../../../api/contract/box.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { DetectionDetail, Media, MediaAnswer } from '../../../api/contract/media.ts'
import type { QueueCount } from '../../../api/contract/queue.ts'
import { COLOURS, drawPhoto } from '../../support/photos.ts'
import { openServiceWith, suggestFor } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Aglais io'])
let seed = 1500

type Colour = keyof typeof COLOURS
/** Each animal fills one cell of the 4 x 4 grid. */
const bring = async (...animals: [colour: Colour, column: number, row: number][]): Promise<Media> => {
  const drawn = animals.map(([colour, ...cell]) => ({ colour: COLOURS[colour], cell }))
  const [item] = await service.bring([await drawPhoto(drawn, { seed: seed++ })])
  return await service.read<Media>(200, `/api/media/${item!.id}`)
}
const cellBox = (column: number, row: number) => [column / 4, row / 4, 0.25, 0.25]
const say = (detectionId: string, taxon: string) =>
  service.read(201, '/api/identifications', {
    json: { detectionId, taxonId: taxa[taxon], basis: { kind: 'search' } },
  })
const patch = <T>(path: string, json: object) => service.read<T>(200, path, { method: 'PATCH', json })
const detail = (id: string) => service.read<DetectionDetail>(200, `/api/detections/${id}`)
const undoable = () => service.read<Undoable>(200, '/api/actions/undoable')
const turn = async (way: 'undo' | 'redo') => {
  const action = (await undoable())[way]
  return await service.read<ActionAnswer>(200, `/api/actions/${action!.id}/${way}`, { method: 'POST' })
}
const media = (id: string) => service.read<Media>(200, `/api/media/${id}`)
const crop = async (detection: Pick<Detection, 'cropUrl'>) =>
  Buffer.from(await (await service.ask(detection.cropUrl)).arrayBuffer())
const asked = async (colour: Colour) =>
  (await suggestFor(service, await drawPhoto([{ cell: [1, 1], colour: COLOURS[colour] }], { seed: 7 }))).detections
const waiting = async () =>
  (await service.read<{ queues: QueueCount[] }>(200, '/api/queues')).queues.find(({ name }) => name === 'unidentified')!
    .count

test('a box is drawn around an animal, suggested at once, and the stand-in for an empty photo goes', async () => {
  const known = await bring(['red', 0, 0])
  await say(known.detections[0]!.id, 'Danaus plexippus')
  const empty = await bring()
  assert.deepEqual(
    empty.detections.map(({ source }) => source),
    ['wholePhoto'],
  )
  const photo = await bring(['red', 1, 1], ['green', 3, 3])
  const json = { mediaId: photo.id, bbox: cellBox(1, 1) }
  const headers = { 'Idempotency-Key': 'box-1' }
  const [drawn, again] = await Promise.all([
    service.read<DetectionAnswer>(201, '/api/detections', { json, headers }),
    service.read<DetectionAnswer>(201, '/api/detections', { json, headers }),
  ])
  assert.deepEqual(drawn, again)
  assert.deepEqual([drawn.detection.source, drawn.detection.bbox], ['person', cellBox(1, 1)])
  assert.equal(drawn.suggested?.suggestions[0]?.taxon.name, 'Danaus plexippus')
  assert.equal(drawn.detection.suggestion?.taxon?.name, 'Danaus plexippus')
  assert.ok((await crop(drawn.detection)).length > 0)

  const first = await service.read<DetectionAnswer>(201, '/api/detections', {
    json: { mediaId: empty.id, bbox: cellBox(0, 0) },
  })
  assert.deepEqual(
    (await media(empty.id)).detections.map(({ id }) => id),
    [first.detection.id],
  )
  await turn('undo')
  assert.deepEqual(
    (await media(empty.id)).detections.map(({ id }) => id),
    empty.detections.map(({ id }) => id),
  )
  await turn('redo')
  assert.deepEqual(
    (await media(empty.id)).detections.map(({ id }) => id),
    [first.detection.id],
  )
})

test('a box that is moved shows something else: its crop, and what it teaches, learned and unlearned', async () => {
  const photo = await bring(['blue', 0, 0], ['yellow', 3, 3])
  const of = photo.detections.find(({ bbox }) => bbox[0] < 0.5)!
  await say(of.id, 'Aglais io')
  const before = { answers: [await asked('blue'), await asked('yellow')], crop: await crop(of) }
  assert.equal(before.answers[0]![0]!.suggestions[0]!.taxon.name, 'Aglais io')

  const moved = await patch<DetectionAnswer>(`/api/detections/${of.id}`, { bbox: cellBox(3, 3) })
  assert.notEqual(moved.detection.cropUrl, of.cropUrl)
  assert.notDeepEqual(await crop(moved.detection), before.crop)
  assert.ok(moved.learned.before.length > 0)
  const after = [await asked('blue'), await asked('yellow')]
  const ofAglais = (answer: Awaited<ReturnType<typeof asked>>) =>
    answer[0]!.suggestions.find(({ taxon }) => taxon.name === 'Aglais io')?.probability ?? 0
  assert.ok(ofAglais(after[0]!) < ofAglais(before.answers[0]!), 'blue is no longer like it')
  assert.ok(ofAglais(after[1]!) > ofAglais(before.answers[1]!), 'yellow is')

  await turn('undo')
  assert.deepEqual([await asked('blue'), await asked('yellow')], before.answers)
  const back = await detail(of.id)
  assert.deepEqual([back.bbox, back.source, back.confidence], [of.bbox, of.source, of.confidence])
  assert.notEqual(back.cropUrl, moved.detection.cropUrl)
  assert.deepEqual(await crop(back), before.crop)
  await turn('redo')
  assert.deepEqual([await asked('blue'), await asked('yellow')], after)
  const same = await patch<DetectionAnswer>(`/api/detections/${of.id}`, { bbox: cellBox(3, 3) })
  assert.equal(same.action, null)
})

test('a box that is removed is nowhere and teaches nothing until that is undone', async () => {
  const photo = await bring(['magenta', 2, 2])
  const [of] = photo.detections
  const untaught = await asked('magenta')
  await say(of!.id, 'Aglais io')
  const taught = await asked('magenta')
  await service.read<ActionAnswer>(200, `/api/detections/${of!.id}`, { method: 'DELETE' })
  assert.equal((await service.ask(`/api/detections/${of!.id}`)).status, 404)
  assert.deepEqual((await media(photo.id)).detections, [])
  assert.deepEqual(await asked('magenta'), untaught)
  const refused = await service.ask('/api/identifications', {
    json: { detectionId: of!.id, taxonId: taxa.Danaus, basis: { kind: 'search' } },
  })
  assert.equal(refused.status, 404)
  await turn('undo')
  assert.deepEqual(await asked('magenta'), taught)
  assert.equal((await detail(of!.id)).taxon?.name, 'Aglais io')
})

test('what is no animal, or cannot be named, waits no more and teaches nothing; naming it takes the mark away', async () => {
  const photo = await bring(['cyan', 1, 2])
  const [of] = photo.detections
  const before = await waiting()
  const marked = await patch<DetectionAnswer>(`/api/detections/${of!.id}`, { mark: 'unknown' })
  assert.equal(marked.detection.mark, 'unknown')
  assert.equal(await waiting(), before - 1)
  await say(of!.id, 'Danaus')
  assert.deepEqual([(await detail(of!.id)).mark, (await detail(of!.id)).taxon?.name], [null, 'Danaus'])
  await turn('undo')
  assert.deepEqual([(await detail(of!.id)).mark, (await detail(of!.id)).taxon], ['unknown', null])
  await turn('redo')
  await patch<DetectionAnswer>(`/api/detections/${of!.id}`, { mark: 'notAnimal' })
  assert.equal((await detail(of!.id)).taxon, null)
  await turn('undo')
  assert.equal((await detail(of!.id)).taxon?.name, 'Danaus')
})

test('an empty photo is set aside with all its animals, and back', async () => {
  const photo = await bring(['red', 0, 3], ['green', 3, 0])
  const before = await waiting()
  const marked = await patch<MediaAnswer>(`/api/media/${photo.id}`, { mark: 'empty' })
  assert.equal(marked.media.mark, 'empty')
  assert.ok(marked.media.detections.every(({ setAside }) => setAside))
  assert.equal(await waiting(), before - 2)
  const refused = await service.ask('/api/identifications', {
    json: { detectionId: photo.detections[0]!.id, taxonId: taxa.Danaus, basis: { kind: 'search' } },
  })
  assert.equal(refused.status, 409)
  await turn('undo')
  assert.equal(await waiting(), before)
  assert.equal((await media(photo.id)).mark, null)
})

test('notes and stars are kept and undone; what is so already is no action', async () => {
  const photo = await bring(['yellow', 1, 0])
  const answer = await patch<MediaAnswer>(`/api/media/${photo.id}`, { notes: 'at the feeder', favourite: true })
  assert.deepEqual([answer.media.notes, answer.media.favourite, answer.action?.kind], ['at the feeder', true, 'note'])
  const same = await patch<MediaAnswer>(`/api/media/${photo.id}`, { notes: 'at the feeder' })
  assert.equal(same.action, null)
  await patch<MediaAnswer>(`/api/media/${photo.id}`, { notes: 'in the hedge' })
  await turn('undo')
  await turn('undo')
  const { notes, favourite } = await media(photo.id)
  assert.deepEqual([notes, favourite], ['', false])
})

test('boxes that are none, and changes that are none or two, are refused', async () => {
  const photo = await bring(['blue', 2, 1])
  const [of] = photo.detections
  const refused: [method: string, path: string, json: object, status: number][] = [
    ['POST', '/api/detections', { mediaId: photo.id, bbox: [0.5, 0.5, 0, 0.2] }, 400],
    ['POST', '/api/detections', { mediaId: photo.id, bbox: [1, 0, 0.5, 0.5] }, 400],
    ['POST', '/api/detections', { mediaId: '99999', bbox: [0, 0, 0.5, 0.5] }, 404],
    ['PATCH', `/api/detections/${of!.id}`, {}, 400],
    ['PATCH', `/api/detections/${of!.id}`, { mark: null, bbox: [0, 0, 1, 1] }, 400],
    ['PATCH', '/api/detections/99999', { mark: 'unknown' }, 404],
    ['PATCH', '/api/media/99999', { notes: '' }, 404],
  ]
  for (const [method, path, json, status] of refused)
    assert.equal(
      (await service.ask(path, { method, json })).status,
      status,
      `${method} ${path} ${JSON.stringify(json)}`,
    )
})
