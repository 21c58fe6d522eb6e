// Many animals marked at once, or the photos they are in: one action, which one undo reverts exactly.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { ActionAnswer, Undoable } from '../../../api/contract/action.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { MarksAnswer } from '../../../api/contract/marks.ts'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import type { Answer } from '../../../api/contract/suggestion.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus'])
let seed = 1300

const bring = async (many: number, fields = {}): Promise<Detection[]> => {
  const photos = await Promise.all(Array.from({ length: many }, () => drawAnimal(COLOURS.red, { seed: seed++ })))
  return await Promise.all((await service.bring(photos, fields)).map((item) => detectionOf(service, item)))
}
const idsOf = (detections: Detection[]) => detections.map(({ id }) => id)
const detail = (id: string) => service.read<DetectionDetail>(200, `/api/detections/${id}`)
const marks = (detectionIds: string[], mark: string, more: object = {}, headers: Record<string, string> = {}) =>
  service.read<MarksAnswer>(201, '/api/marks', { json: { detectionIds, mark, ...more }, headers })
const marksOf = (ids: string[]) => Promise.all(ids.map(async (id) => (await detail(id)).mark))
const photosOf = async (ids: string[]) => {
  const details = await Promise.all(ids.map(detail))
  return details.map(({ media: { mark, favourite } }) => [mark, favourite])
}
const undoable = () => service.read<Undoable>(200, '/api/actions/undoable')
const turn = async (way: 'undo' | 'redo', status = 200, person = '') => {
  const { [way]: next } = await undoable()
  return await service.read<ActionAnswer>(status, `/api/actions/${next?.id}/${way}`, {
    method: 'POST',
    ...(person !== '' && { headers: { 'Clavis-Person': person } }),
  })
}

test('animals that had other marks before get theirs back, and those that had this one are no part of it', async () => {
  const ids = idsOf(await bring(4))
  await marks([ids[0]!], 'unknown')
  await marks([ids[1]!], 'notAnimal')
  const { action, detectionIds, missing } = await marks([...ids, '999999'], 'unknown')
  assert.equal(action?.summary, 'Marked 3 animals as unknown')
  assert.deepEqual(new Set(detectionIds), new Set(ids.slice(1)))
  assert.deepEqual(missing, ['999999'])
  assert.deepEqual(await marksOf(ids), ['unknown', 'unknown', 'unknown', 'unknown'])
  await turn('undo')
  assert.deepEqual(await marksOf(ids), ['unknown', 'notAnimal', null, null])
  await turn('redo')
  assert.deepEqual(await marksOf(ids), ['unknown', 'unknown', 'unknown', 'unknown'])

  assert.equal((await marks(ids, 'unknown')).action, null)
  const off = await marks([...ids, ...idsOf(await bring(1))], 'unknown', { on: false })
  assert.equal(off.action?.summary, 'Took the mark “unknown” from 4 animals')
  assert.deepEqual(await marksOf(ids), [null, null, null, null])
})

test('what a marked animal taught is unlearned, and learned again with the undo', async () => {
  const known = await bring(3, { taxonId: taxa['Danaus plexippus']! })
  const ids = idsOf(known)
  const examples = () => service.learning.exampleCount(Number(taxa['Danaus plexippus']))
  const before = examples()
  assert.ok(before >= ids.length)
  const { learned } = await marks(ids.slice(0, 2), 'notAnimal')
  assert.notEqual(learned.treeVersion, '')
  assert.equal(examples(), before - 2)
  await turn('undo')
  assert.equal(examples(), before)
  for (const id of ids) assert.equal((await detail(id)).taxon?.name, 'Danaus plexippus')
})

test('people and vehicles are marked, have that kind and no suggestion, and are animals again with the undo', async () => {
  const ids = idsOf(await bring(2))
  const { action } = await marks([ids[0]!], 'person')
  assert.equal(action?.summary, 'Marked a box as a person')
  await service.read(200, `/api/detections/${ids[1]}`, { method: 'PATCH', json: { mark: 'vehicle' } })
  const [walker, car] = [await detail(ids[0]!), await detail(ids[1]!)]
  assert.deepEqual([walker.kind, car.kind, walker.suggestion, car.suggestion], ['person', 'vehicle', null, null])
  const { detections } = await service.read<Answer>(200, '/api/suggestions', {
    method: 'POST',
    json: { detectionId: ids[0] },
  })
  assert.deepEqual([detections[0]?.kind, detections[0]?.suggestions], ['person', []])
  const listed = async (query: string) =>
    idsOf((await service.read<{ items: Detection[] }>(200, `/api/detections?limit=200&${query}`)).items)
  assert.deepEqual(await listed('kind=person'), [ids[0]])
  assert.deepEqual(await listed('queue=marked&mark=vehicle'), [ids[1]])
  const table = parse(await (await service.ask('/api/export.csv')).text(), { columns: true }) as Record<
    string,
    string
  >[]
  const row = table.find((one) => one.detectionId === ids[0])
  assert.deepEqual([row?.kind, row?.mark], ['person', 'person'])
  await turn('undo')
  await turn('undo')
  assert.deepEqual([(await detail(ids[0]!)).kind, (await detail(ids[1]!)).kind], ['animal', 'animal'])
})

test('photos are marked as empty with all their animals, flagged without changing them', async () => {
  const ids = idsOf(await bring(3))
  const first = await detail(ids[0]!)
  const other = await service.read<{ detection: Detection }>(201, '/api/detections', {
    json: { mediaId: first.media.id, bbox: [0.1, 0.1, 0.2, 0.2] },
  })
  const { action, detectionIds } = await marks(ids, 'empty')
  assert.equal(action?.summary, 'Marked 3 photos as empty')
  assert.deepEqual(new Set(detectionIds), new Set([...ids, other.detection.id]))
  const waiting = await service.read<{ items: Detection[] }>(200, '/api/detections?queue=unidentified&limit=200')
  assert.deepEqual(
    waiting.items.filter(({ id }) => detectionIds.includes(id)),
    [],
  )
  await turn('undo')
  assert.deepEqual(await photosOf(ids), [
    [null, false],
    [null, false],
    [null, false],
  ])

  await marks(ids.slice(0, 1), 'favourite')
  const flagged = await marks(ids, 'favourite')
  assert.equal(flagged.action?.summary, 'Flagged 2 photos')
  const listed = await service.read<{ items: Detection[] }>(200, '/api/detections?queue=flagged&limit=200')
  assert.deepEqual(new Set(idsOf(listed.items)), new Set([...ids, other.detection.id]))
  await turn('undo')
  assert.deepEqual(await photosOf(ids), [
    [null, true],
    [null, false],
    [null, false],
  ])
})

test('undo is refused where somebody else marked one of them since', async () => {
  const ids = idsOf(await bring(2))
  await marks(ids, 'unknown')
  await marks([ids[0]!], 'notAnimal', {}, { 'Clavis-Person': 'Grace' })
  await turn('undo', 409)
  assert.deepEqual(await marksOf(ids), ['notAnimal', 'unknown'])
})

test('a repeated key is one action', async () => {
  const ids = idsOf(await bring(2))
  const key = { 'Idempotency-Key': 'marks-1' }
  assert.deepEqual(await marks(ids, 'unknown', {}, key), await marks(ids, 'unknown', {}, key))
})
