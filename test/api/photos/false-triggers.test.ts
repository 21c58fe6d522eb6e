// Photos without an animal: what each threshold would set aside, what would be lost, and setting aside as one action.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Undoable } from '../../../api/contract/action.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { FalseTriggers, FalseTriggersAnswer } from '../../../api/contract/marks.ts'
import type { Media } from '../../../api/contract/media.ts'
import type { QueueCount } from '../../../api/contract/queue.ts'
import { markDetections } from '../../../db/history/changes.ts'
import { identify } from '../../../db/statements/identifications.ts'
import { insertEmbeddings } from '../../../db/trees/models.ts'
import { addIndexed, addModels, addTaxa, animal } from '../../support/rows.ts'
import { openTestService, type TestService } from '../../support/service.ts'

let service: TestService
const photos = {} as Record<
  'empty' | 'faint' | 'two' | 'sure' | 'named' | 'drawn' | 'pond' | 'stone' | 'unknown',
  number
>
before(async () => {
  service = await openTestService()
  const { db } = service
  await addModels(db)
  const taxa = await addTaxa(db)
  const add = async (name: keyof typeof photos, detections: Parameters<typeof animal>[0][], facts = {}) => {
    const { mediaId, detectionIds } = await addIndexed(db, facts, detections.map(animal))
    photos[name] = mediaId
    return detectionIds
  }
  await add('empty', [{ source: 'wholePhoto', confidence: null }], { deployment: 'Hill' })
  await add('faint', [{ confidence: 0.3 }], { deployment: 'Hill' })
  await add('two', [{ confidence: 0.1 }, { confidence: 0.6 }])
  await add('sure', [{ confidence: 0.95 }])
  await add('pond', [{ confidence: 0.12 }], { deployment: 'Pond' })
  await add('drawn', [{ source: 'imported', confidence: null }])
  const [named] = await add('named', [{ confidence: 0.05 }])
  await identify(db, { detectionId: named!, taxonId: taxa.corax, person: 'Ada', basis: { kind: 'search' } })
  const [stone] = await add('stone', [{ confidence: 0.8 }])
  const [unknown] = await add('unknown', [{ confidence: 0.05 }])
  await markDetections(db, [stone!], { from: null, to: 'notAnimal' })
  await markDetections(db, [unknown!], { from: null, to: 'unknown' })
  await service.learning.sync()
})
after(() => service.close())

const look = (query: string) => service.read<FalseTriggers>(200, `/api/false-triggers?${query}`)
const markOf = async (name: keyof typeof photos) => (await service.read<Media>(200, `/api/media/${photos[name]}`)).mark

test('each threshold says what it would set aside; what people said is left alone', async () => {
  const said = await look('threshold=0.31')
  assert.equal(said.total, 6, 'without the named, the drawn and the one nobody can name')
  assert.equal(said.setAside, 4)
  assert.deepEqual(
    said.samples.map(({ confidence, mediaId }) => [Math.round((confidence ?? 0) * 100), Number(mediaId)]),
    [
      [30, photos.faint],
      [12, photos.pond],
    ],
  )
  assert.equal(said.atThresholds.length, 20)
  const at = (threshold: number) => said.atThresholds.find((one) => Math.abs(one.threshold - threshold) < 1e-9)?.photos
  assert.deepEqual(
    // Two boxes of confidence 0.05 were animals, so that faint boxes count a little more than their confidence.
    [at(0.05), at(0.1), at(0.2), at(0.3), at(0.35), at(0.5), at(0.95), at(1)],
    [2, 2, 3, 3, 4, 4, 5, 6],
  )
  assert.equal((await look('threshold=0')).setAside, 0)
  assert.deepEqual([said.marks, said.withoutBox, said.measured], [3, 1, null])
  assert.deepEqual(
    said.kept.map(({ mediaId }) => Number(mediaId)),
    [photos.two, photos.sure],
  )
  assert.ok(said.kept[0]!.animal > 0.6 && said.kept[0]!.animal < said.kept[1]!.animal)
  assert.equal(
    (await look('threshold=0.31&withoutBox=false')).setAside,
    3,
    'without the photo in which nothing was found',
  )
  const hill = await look('threshold=0.2&deployment=Hill')
  assert.deepEqual([hill.total, hill.setAside], [2, 1])
  assert.equal((await service.ask('/api/false-triggers?deployment=Valley')).status, 404)
})

test('setting aside is one action, done once and undone at once', async () => {
  const json = { threshold: 0.2 }
  const headers = { 'Idempotency-Key': 'aside-1' }
  const send = () => service.read<FalseTriggersAnswer>(201, '/api/false-triggers', { json, headers })
  const [first, second] = await Promise.all([send(), send()])
  assert.deepEqual(first, second)
  assert.equal(first.setAside, 3)
  assert.deepEqual(first.action?.mediaIds.map(Number), [photos.empty, photos.pond, photos.stone])
  assert.deepEqual(
    [await markOf('empty'), await markOf('stone'), await markOf('faint'), await markOf('named')],
    ['empty', 'empty', null, null],
  )
  const left = await look('threshold=0.2')
  assert.deepEqual([left.setAside, left.total, left.marks], [0, 3, 3], 'what nobody looked at teaches nothing')
  const again = await service.read<FalseTriggersAnswer>(201, '/api/false-triggers', { json })
  assert.deepEqual(again, { action: null, setAside: 0 })

  const { undo } = await service.read<Undoable>(200, '/api/actions/undoable')
  await service.read(200, `/api/actions/${undo!.id}/undo`, { method: 'POST' })
  assert.deepEqual([await markOf('empty'), (await look('threshold=0.2')).setAside], [null, 3])
})

test('marks teach at once, and the limit is measured on what people judged', async () => {
  const { db } = service
  const add = async (many: number, confidence: number, x: number) => {
    const made: number[] = []
    for (let i = 0; i < many; i++) {
      const of = { confidence, bbox: [x, 0.5, 0.1, 0.1] as [number, number, number, number] }
      made.push(...(await addIndexed(db, { deployment: 'Bog' }, [animal(of)])).detectionIds)
    }
    return made
  }
  const [stones, deer] = [await add(25, 0.6, 0.1), await add(25, 0.6, 0.7)]
  const bog = async () => (await look('threshold=0.5&deployment=Bog')).setAside
  assert.equal(await bog(), 0)
  await service.read(201, '/api/marks', { json: { detectionIds: stones.slice(0, 20).map(String), mark: 'notAnimal' } })
  await service.read(201, '/api/marks', { json: { detectionIds: deer.slice(0, 20).map(String), mark: 'unknown' } })
  assert.equal(await bog(), 25, 'the five stones that are left, and the twenty whose only box is no animal')
  await service.read(201, '/api/marks', { json: { detectionIds: stones.slice(0, 20).map(String), mark: 'empty' } })
  const { measured, marks } = await look('threshold=0.5&deployment=Bog')
  assert.equal(marks, 43)
  assert.deepEqual([measured?.withAnimals.photos, measured?.empty.photos], [22, 20])
  assert.ok(measured!.empty.below >= 18 && measured!.withAnimals.below <= 2, JSON.stringify(measured))
  assert.ok(measured!.withAnimals.low < measured!.withAnimals.high && measured!.withAnimals.high < 0.35)
})

test('boxes that are probably no animals can be left out of lists, and undoing a mark brings them back', async () => {
  const { db } = service
  const query = 'queue=unidentified&deployment=Quarry'
  const counted = async (more: string) =>
    (await service.read<{ queues: QueueCount[] }>(200, `/api/queues?${query}&${more}`)).queues.find(
      ({ name }) => name === 'unidentified',
    )!.count
  const add = async (many: number, x: number) => {
    const made: { mediaId: number; detectionId: number }[] = []
    for (let i = 0; i < many; i++) {
      const of = { confidence: 0.3, bbox: [x, 0.5, 0.1, 0.1] as [number, number, number, number] }
      made.push(await addIndexed(db, { deployment: 'Quarry' }, [animal(of)]))
    }
    return made
  }
  const hidden = async (expected: number) => {
    for (let tries = 0; (await counted('unlikely=only')) !== expected; tries++) {
      assert.ok(tries < 400, `${await counted('unlikely=only')} are left out, not ${expected}`)
      await sleep(20)
    }
  }
  const [stones, deer] = [await add(30, 0.1), await add(10, 0.7)]
  assert.equal(await counted('unlikely=hide'), 40, 'nothing is judged yet')
  const marked = stones.slice(0, 24).map(({ detectionId }) => String(detectionId))
  const flagged = stones.at(-1)!.mediaId
  await service.read(200, `/api/media/${flagged}`, { method: 'PATCH', json: { favourite: true } })
  const before = await counted('unlikely=only')
  await service.read(201, '/api/marks', { json: { detectionIds: marked, mark: 'notAnimal' } })
  await hidden(5)
  assert.equal(await counted('unlikely=hide'), 11, 'the deer, and the stone whose photo somebody flagged')
  const { items } = await service.read<{ items: Detection[] }>(200, `/api/detections?${query}&unlikely=only`)
  assert.deepEqual(
    items.map(({ id }) => Number(id)).sort((a, b) => a - b),
    stones.slice(24, 29).map(({ detectionId }) => detectionId),
  )
  assert.ok(items.every(({ unlikely }) => unlikely!.animal < 0.1 && unlikely!.likely === 'nothing'))
  const shown = await service.read<Detection>(200, `/api/detections/${deer[0]!.detectionId}`)
  assert.equal(shown.unlikely, null)
  assert.equal(await counted(''), 16, 'without the parameter all are listed')

  const { undo } = await service.read<Undoable>(200, '/api/actions/undoable')
  await service.read(200, `/api/actions/${undo!.id}/undo`, { method: 'POST' })
  await hidden(before)
  await service.read(200, `/api/actions/${undo!.id}/redo`, { method: 'POST' })
  await hidden(5)
})

test('photos without a box are judged by what was marked empty at their camera, and undone with the mark', async () => {
  const { db } = service
  const { dimensions } = service.learning.reference
  const add = async (many: number, sees: (i: number) => boolean) => {
    const made: number[] = []
    for (let i = 0; i < many; i++) {
      const of = { source: 'wholePhoto' as const, confidence: null }
      const { detectionId } = await addIndexed(db, { deployment: 'Gate', group: `gate ${nextGroup++}` }, [animal(of)])
      const embedding = Float32Array.from({ length: dimensions }, (_, k) => (sees(k) ? Math.sqrt(2 / dimensions) : 0))
      await insertEmbeddings(db, service.models.embedder.sha256, [{ detectionId, embedding }])
      made.push(detectionId)
    }
    return made
  }
  let nextGroup = 0
  const [empty, other] = [await add(12, (k) => k % 2 === 0), await add(2, (k) => k % 2 === 1)]
  const wall = async () =>
    await service.read<{ items: (Detection & { animal: number | null })[]; nextCursor: string | null }>(
      200,
      '/api/false-triggers/without-box?deployment=Gate&limit=3',
    )
  const gate = () => look('threshold=0.2&deployment=Gate&withoutBox=judged')
  assert.deepEqual([(await gate()).total, (await gate()).withoutBox, (await wall()).items[0]!.animal], [0, 14, null])
  await service.read(201, '/api/marks', { json: { detectionIds: empty.slice(0, 8).map(String), mark: 'empty' } })
  const judged = await gate()
  assert.deepEqual([judged.total, judged.withoutBoxJudged, judged.setAside, judged.photoMarks], [6, 6, 4, 8])
  assert.deepEqual(
    judged.kept.map(({ id }) => Number(id)).sort((a, b) => a - b),
    other,
    'what looks unlike empty photos stays',
  )
  const first = await wall()
  assert.deepEqual(
    first.items.slice(0, 2).map(({ id }) => Number(id)),
    other,
  )
  const rest = await service.read<{ items: Detection[]; nextCursor: string | null }>(
    200,
    `/api/false-triggers/without-box?deployment=Gate&limit=3&cursor=${first.nextCursor}`,
  )
  assert.deepEqual([rest.items.length, rest.nextCursor], [3, null])
  assert.equal(new Set([...first.items, ...rest.items].map(({ id }) => id)).size, 6)
  assert.equal((await service.ask('/api/false-triggers/without-box?cursor=no')).status, 400)
  const { undo } = await service.read<Undoable>(200, '/api/actions/undoable')
  await service.read(200, `/api/actions/${undo!.id}/undo`, { method: 'POST' })
  assert.deepEqual([(await gate()).total, (await wall()).items[0]!.animal], [0, null])
})
