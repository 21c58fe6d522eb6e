// Similar photos narrowed by taxon, camera, capture time and what a person has confirmed.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Detection } from '../../../api/contract/detection.ts'
import type { SimilarExemplar } from '../../../api/contract/suggestion.ts'
import { likenessTo } from '../../../classifiers/neighbours/by-example.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, makeTaxa, openTestService, type TestService } from '../../support/service.ts'

let service: TestService
let asked: Detection
const ids: Record<string, string> = {}
let taxa: Record<string, string>

before(async () => {
  service = await openTestService()
  taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io'])
  const bring = async (name: string, species: string | null, deployment: string, capturedAt: string, seed: number) => {
    const fields: Record<string, string> = species === null ? { deployment } : { deployment, taxonId: taxa[species]! }
    const colour = species === 'Aglais io' ? COLOURS.blue : COLOURS.red
    const [item] = await service.bring([await drawAnimal(colour, { seed })], fields)
    const detection = await detectionOf(service, item)
    ids[name] = detection.id
    await service.db.execute(sql`update media set captured_at = ${capturedAt} where id = ${Number(detection.mediaId)}`)
    return detection
  }
  await bring('spring', 'Danaus plexippus', 'north', '2024-04-01 12:00:00', 1)
  await bring('summer', 'Danaus plexippus', 'south', '2024-07-01 23:59:30', 2)
  await bring('other', 'Aglais io', 'north', '2024-07-02 00:00:00', 3)
  const person = { 'Clavis-Person': 'ann' }
  const json = { detectionId: ids.summer, taxonId: taxa['Danaus plexippus'], basis: { kind: 'search' } }
  await service.read(201, '/api/identifications', { json, headers: person })
  asked = await bring('asked', null, 'north', '2024-08-01 12:00:00', 4)
})
after(() => service.close())

const similar = async (query: string) => {
  const path = `/api/similar?detectionId=${asked.id}${query}`
  const { items } = await service.read<{ items: SimilarExemplar[] }>(200, path)
  const names = Object.keys(ids)
  return items.map((item) => names.find((name) => ids[name] === item.detectionId)).sort()
}

test('without a filter everything that teaches', async () => {
  assert.deepEqual(await similar(''), ['other', 'spring', 'summer'])
})

test('by taxon, camera, days and what a person confirmed, and all at once', async () => {
  assert.deepEqual(await similar(`&within=${taxa.Danaus}`), ['spring', 'summer'])
  assert.deepEqual(await similar('&deployment=north'), ['other', 'spring'])
  assert.deepEqual(await similar('&from=2024-07-01&to=2024-07-01'), ['summer'])
  assert.deepEqual(await similar('&from=2024-07-02'), ['other'])
  assert.deepEqual(await similar('&to=2024-07-01T12:00'), ['spring'])
  assert.deepEqual(await similar('&confirmed=true'), ['summer'])
  assert.deepEqual(await similar('&confirmed=false'), ['other', 'spring', 'summer'])
  assert.deepEqual(await similar(`&within=${taxa.Danaus}&deployment=north&from=2024-01-01&to=2024-12-31`), ['spring'])
  assert.deepEqual(await similar('&deployment=north&confirmed=true'), [])
})

test('a filter that means nothing is said so', async () => {
  assert.equal((await service.ask(`/api/similar?detectionId=${asked.id}&deployment=nowhere`)).status, 404)
  assert.equal((await service.ask(`/api/similar?detectionId=${asked.id}&from=yesterday`)).status, 400)
  assert.equal((await service.ask(`/api/similar?detectionId=${asked.id}&confirmed=maybe`)).status, 400)
})

type Search = { selection: string; items: { detectionId: string; similarity: number; score: number }[] }
const nameOf = ({ detectionId }: { detectionId: string }) => Object.keys(ids).find((name) => ids[name] === detectionId)

/** Search knows an animal from its summary on. */
const summarised = async () => {
  for (;;) {
    const { rows } = await service.db.execute<{ n: number }>(sql`select count(*)::int as n from suggestion`)
    if (rows[0]?.n === Object.keys(ids).length) return
    await sleep(20)
  }
}

test('like these, not like those: best first, in the order of the list, the examples left out', async () => {
  ids.asked = asked.id
  await summarised()
  const like = await service.read<Search>(201, '/api/searches', { json: { like: [ids.spring] } })
  assert.deepEqual(like.items.map(nameOf).slice(0, 2).sort(), ['asked', 'summer'])
  assert.equal(nameOf(like.items.at(-1)!), 'other')
  const path = `/api/detections?selection=${like.selection}&order=given`
  const listed = await service.read<{ items: Detection[] }>(200, path)
  assert.deepEqual(
    listed.items.map(({ id }) => id),
    like.items.map(({ detectionId }) => detectionId),
  )
  const not = { like: [ids.spring], unlike: [ids.other] }
  const { items } = await service.read<Search>(201, '/api/searches', { json: not })
  assert.deepEqual(items.map(nameOf).sort(), ['asked', 'summer'])
  assert.ok(items.every(({ score }) => score > 0))
  await service.read(404, '/api/searches', { json: { like: ['999999'] } })
  await service.read(400, '/api/searches', { json: { like: [] } })
})

test('by a photo that is not stored', async () => {
  const before = await service.read<{ items: unknown[] }>(200, '/api/media')
  const found = await service.read<Search>(201, '/api/searches/photo?limit=2', {
    method: 'POST',
    headers: { 'Content-Type': 'image/jpeg' },
    body: new Uint8Array(await drawAnimal(COLOURS.blue, { seed: 90 })),
  })
  assert.deepEqual([nameOf(found.items[0]!), found.items.length], ['other', 2])
  const after = await service.read<{ items: unknown[] }>(200, '/api/media')
  assert.equal(after.items.length, before.items.length)
})

test('what is far from all examples is not found for being far from those not wanted', () => {
  const at = (degrees: number) =>
    Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
  const score = (degrees: number) => likenessTo(at(degrees), [at(0)], [at(30)]).score
  assert.ok(score(5) > score(14), 'nearer to the one')
  assert.ok(score(14) > 0 && score(16) < 0, 'half way between the two')
  assert.ok(score(-90) < 0, 'unlike both')
  assert.ok(likenessTo(at(10), [at(0)], []).score > likenessTo(at(20), [at(0)], []).score)
})
