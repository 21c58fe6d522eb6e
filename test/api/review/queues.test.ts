// Queues over HTTP: what narrows them, where the next page begins, what a burst holds.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Detection } from '../../../api/contract/detection.ts'
import type { FilterChoices, QueueCount } from '../../../api/contract/queue.ts'
import type { Track } from '../../../api/contract/suggestion.ts'
import type { WrongLeft } from '../../../api/contract/wrong-left.ts'
import { replaceQuestions } from '../../../db/photos/asking/questions.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../../support/photos.ts'
import { detectionOf, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus'])

type Page = { items: Detection[]; nextCursor: string | null }
const page = (query: string) => service.read<Page>(200, `/api/detections?${query}`)
const queues = async (query = '') => {
  const { queues: all } = await service.read<{ queues: QueueCount[] }>(200, `/api/queues?${query}`)
  return Object.fromEntries(all.map(({ name, count }) => [name, count]))
}
const bring = async (photo: Uint8Array, fields: Record<string, string>) => {
  const [item] = await service.bring([photo], fields)
  return await detectionOf(service, item)
}

test('queues are counted and paged under the same filters', async () => {
  const hill = await bring(await drawAnimal(COLOURS.red, { seed: 1 }), { deployment: 'Hill', group: 'pair' })
  const pond = await bring(await drawAnimal(COLOURS.blue, { seed: 2 }), { deployment: 'Pond', group: 'pair' })
  const empty = await bring(await drawPhoto([], { seed: 3 }), { deployment: 'Pond' })
  await service.read(201, '/api/identifications', {
    json: { detectionId: pond.id, taxonId: taxa.Danaus, basis: { kind: 'search' } },
    headers: { 'Clavis-Person': 'Ada' },
  })
  assert.deepEqual(await queues(), {
    useful: 2,
    unsure: 2,
    results: 0,
    unidentified: 2,
    conflict: 0,
    wrongLabel: 0,
    novel: (await page('queue=novel')).items.length,
    firstHere: 0,
    falseTrigger: 1,
    recent: 1,
    flagged: 0,
    marked: 0,
    secondLook: 0,
  })
  const hills = await queues('deployment=Hill')
  assert.deepEqual([hills.unidentified, hills.recent], [1, 0])
  assert.deepEqual(await service.read<FilterChoices>(200, '/api/filters'), {
    deployments: ['Hill', 'Pond'],
    sites: ['Hill', 'Pond'],
    people: ['Ada'],
  })
  const ids = async (query: string) => (await page(query)).items.map(({ id }) => id)
  assert.deepEqual(await ids('queue=falseTrigger'), [empty.id])
  assert.deepEqual(await ids('queue=recent&person=Ada'), [pond.id])
  assert.deepEqual(await ids('queue=unidentified&deployment=Hill'), [hill.id])
  assert.deepEqual(await ids(`queue=unidentified&group=${encodeURIComponent(hill.groupKey)}`), [hill.id])

  const first = await page('queue=unsure&limit=1')
  const second = await page(`queue=unsure&limit=1&cursor=${first.nextCursor}`)
  assert.deepEqual([...first.items, ...second.items].map(({ id }) => id).sort(), [hill.id, empty.id].sort())
  assert.equal(second.nextCursor, null)

  const burst = await service.read<Page>(200, `/api/detections/${hill.id}/burst`)
  assert.deepEqual(
    burst.items.map(({ id }) => id),
    [hill.id, pond.id],
  )
  // Its own burst is left out, and nothing else is taught.
  const tracks = () => service.read<{ items: Track[] }>(200, `/api/detections/${hill.id}/tracks`)
  assert.deepEqual((await tracks()).items, [])
  const other = await bring(await drawAnimal(COLOURS.red, { seed: 4 }), {})
  await service.read(201, '/api/identifications', {
    json: { detectionId: other.id, taxonId: taxa['Danaus plexippus'], basis: { kind: 'search' } },
  })
  const followed = (await tracks()).items
  assert.deepEqual(followed.flatMap(({ detectionIds }) => detectionIds).sort(), [hill.id, pond.id].sort())
  assert.ok(followed.every(({ path }) => path.at(-1)?.taxon.name === 'Danaus plexippus'))
})

test('how many suggestions are wrong is said with an interval, and checked by what was drawn at random', async () => {
  const stated = () => service.read<WrongLeft>(200, '/api/insight/wrong-left?accuracy=0.9')
  const open = (await page('queue=unidentified')).items.find(({ source }) => source !== 'wholePhoto')
  const before = await stated()
  assert.equal(before.accuracy, 0.9)
  assert.equal(before.advice, 'check')
  assert.ok(before.animals > 0 && before.species.low <= before.species.expected)
  assert.ok(before.species.expected <= before.animals && before.species.high <= before.animals)
  await replaceQuestions(service.db, [{ detectionId: Number(open!.id), why: 'random', alike: 1 }])
  await service.read(201, '/api/identifications', {
    json: { detectionId: open!.id, taxonId: taxa['Danaus plexippus'], basis: { kind: 'search' } },
  })
  for (let tries = 0; tries < 100 && (await stated()).species.drawn === 0; tries++) await wait(50)
  const after = await stated()
  assert.deepEqual([after.animals, after.species.drawn, after.family.drawn], [before.animals - 1, 1, 1])
})

test('what cannot be asked is refused in a sentence', async () => {
  const refused: [path: string, status: number, detail: RegExp][] = [
    ['/api/detections?queue=all', 400, /Expected one of/],
    ['/api/detections?deployment=Nowhere', 404, /deployment Nowhere/],
    ['/api/queues?taxon=99999', 404, /taxon 99999/],
    ['/api/detections?from=2024-02-31T99:00', 400, /./],
    ['/api/detections?from=yesterday', 400, /Expected a day/],
    ['/api/detections?queue=recent&cursor=3_1_2', 400, /Expected a cursor/],
    ['/api/detections?order=newest&cursor=3_0.5', 400, /Expected a cursor/],
    ['/api/insight/wrong-left?accuracy=1', 400, /./],
    ['/api/detections/99999/burst', 404, /detection 99999/],
  ]
  for (const [path, status, detail] of refused) {
    const response = await service.ask(path)
    assert.equal(response.status, status, path)
    assert.match((await response.json()).detail, detail)
  }
})

test('to the end of a day, a minute, a second', async () => {
  const { narrowingOf } = await import('../../../api/review/narrowing.ts')
  const before = async (to: string) => (await narrowingOf(service, { to })).before
  assert.equal(await before('2024-02-29'), '2024-03-01T00:00:00')
  assert.equal(await before('2024-12-31T23:59'), '2025-01-01T00:00:00')
  assert.equal(await before('2024-12-31T23:58:59'), '2024-12-31T23:59:00')
})
