// Statements over HTTP: what they teach at once, and how they are corrected and withdrawn.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { z } from '@hono/zod-openapi'
import type { learnedSchema } from '../../../api/contract/action.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { ServiceEvent } from '../../../api/contract/event.ts'
import type { identificationSchema } from '../../../api/contract/identification.ts'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import type { SimilarExemplar } from '../../../api/contract/suggestion.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, openServiceWith, suggestFor } from '../../support/service.ts'

type Said = { identification: z.infer<typeof identificationSchema>; learned: z.infer<typeof learnedSchema> }

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Aglais io'])
let seed = 100

const newDetection = async (colour: keyof typeof COLOURS): Promise<Detection> => {
  const [item] = await service.bring([await drawAnimal(COLOURS[colour], { seed: seed++ })])
  return detectionOf(service, item)
}
const say = (
  detectionId: string,
  taxonId: string | undefined,
  more: { headers?: Record<string, string>; replacesId?: string } = {},
) =>
  service.read<Said>(201, '/api/identifications', {
    json: {
      detectionId,
      taxonId,
      basis: { kind: 'suggestion', treeVersion: '0.0', rank: 'species' },
      replacesId: more.replacesId,
    },
    headers: more.headers,
  })
const take = (id: string) => service.read<Said>(200, `/api/identifications/${id}`, { method: 'DELETE' })
const detail = (id: string) => service.read<DetectionDetail>(200, `/api/detections/${id}`)

test('a statement is learned before its answer, at every rank, and withdrawing gives the same numbers back', async () => {
  const detection = await newDetection('red')
  const photo = await drawAnimal(COLOURS.red, { seed: 1 })
  const before = await suggestFor(service, photo)
  const { identification, learned } = await say(detection.id, taxa['Danaus plexippus'], {
    headers: { 'Clavis-Person': 'Zo%C3%AB' },
  })
  assert.equal(identification.person, 'Zoë')
  assert.equal(identification.taxon.name, 'Danaus plexippus')
  assert.deepEqual(identification.basis, { kind: 'suggestion', treeVersion: '0.0', rank: 'species' })
  assert.deepEqual(
    learned.after.map((step) => step.rank),
    ['class', 'order', 'family', 'genus', 'species'],
  )
  assert.ok(learned.after.at(-1)!.probability > (learned.before.at(-1)?.probability ?? 0))
  assert.ok(learned.ms >= 0)
  const after = await suggestFor(service, photo)
  assert.equal(after.treeVersion, learned.treeVersion)
  assert.equal(after.detections[0]!.suggestions[0]!.taxon.name, 'Danaus plexippus')

  const undone = await take(identification.id)
  assert.equal(undone.identification.withdrawnBy, 'local')
  const again = await suggestFor(service, photo)
  assert.deepEqual(again.detections, before.detections)
  const twice = await take(identification.id)
  assert.deepEqual(twice.identification, undone.identification)
})

test('a near-duplicate of a new species ranks that species first', async () => {
  const [one, two] = [await newDetection('green'), await newDetection('blue')]
  await say(one.id, taxa['Danaus plexippus'])
  await say(two.id, taxa['Aglais io'])
  const answer = await suggestFor(service, await drawAnimal(COLOURS.blue, { seed: 2 }))
  assert.equal(answer.detections[0]!.suggestions[0]!.taxon.name, 'Aglais io')
})

test('people who disagree: the common ancestor teaches and it is a conflict', async () => {
  const detection = await newDetection('yellow')
  await say(detection.id, taxa['Danaus plexippus'], { headers: { 'Clavis-Person': 'ann' } })
  await say(detection.id, taxa['Aglais io'], { headers: { 'Clavis-Person': 'bob' } })
  const now = await detail(detection.id)
  assert.equal(now.conflict, true)
  assert.equal(now.taxon!.name, 'Nymphalidae')
  assert.deepEqual(
    now.identifications.map(({ person, taxon }) => [person, taxon.name]),
    [
      ['ann', 'Danaus plexippus'],
      ['bob', 'Aglais io'],
    ],
  )
  const { items } = await service.read<{ items: Detection[] }>(200, '/api/detections?state=conflict')
  assert.deepEqual(
    items.map((item) => item.id),
    [detection.id],
  )
})

test('a correction replaces the import, and taking it back restores that', async () => {
  const [item] = await service.bring([await drawAnimal(COLOURS.cyan, { seed: seed++ })], {
    taxonId: taxa['Aglais io']!,
  })
  const detection = await detectionOf(service, item)
  const { identification } = await say(detection.id, taxa['Danaus plexippus'])
  assert.notEqual(identification.replacesId, null)
  assert.equal((await detail(detection.id)).taxon!.name, 'Danaus plexippus')
  await take(identification.id)
  assert.equal((await detail(detection.id)).taxon!.name, 'Aglais io')
})

test('the same request with its key is done once, also when both come at once', async () => {
  const detection = await newDetection('magenta')
  const headers = { 'Idempotency-Key': 'confirm-1' }
  const [first, second] = await Promise.all([
    say(detection.id, taxa.Danaus, { headers }),
    say(detection.id, taxa.Danaus, { headers }),
  ])
  assert.deepEqual(first, second)
  assert.deepEqual(await say(detection.id, taxa.Danaus, { headers }), first)
  assert.equal((await detail(detection.id)).identifications.length, 1)
  const other = await service.ask('/api/identifications', {
    json: { detectionId: detection.id, taxonId: taxa.Aglais, basis: { kind: 'search' } },
    headers,
  })
  assert.equal(other.status, 422)
  const stranger = await service.ask('/api/identifications', {
    json: {
      detectionId: detection.id,
      taxonId: taxa.Danaus,
      basis: { kind: 'suggestion', treeVersion: '0.0', rank: 'species' },
    },
    headers: { ...headers, 'Clavis-Person': 'ann' },
  })
  assert.equal(stranger.status, 422, 'the same words by somebody else are another request')
})

test('a key whose request failed may be used again', async () => {
  const detection = await newDetection('red')
  const headers = { 'Idempotency-Key': 'confirm-2' }
  const failed = await service.ask('/api/identifications', {
    json: { detectionId: detection.id, taxonId: '999', basis: { kind: 'search' } },
    headers,
  })
  assert.equal(failed.status, 404)
  assert.equal((await say(detection.id, taxa.Danaus, { headers })).identification.taxon.name, 'Danaus')
})

test('the nearest exemplars of a detection, its own left out', async () => {
  const one = await newDetection('red')
  await say(one.id, taxa['Danaus plexippus'])
  const two = await newDetection('red')
  const { items, nextCursor } = await service.read<{ items: SimilarExemplar[]; nextCursor: null }>(
    200,
    `/api/similar?detectionId=${two.id}&k=3`,
  )
  assert.equal(nextCursor, null)
  assert.ok(items.length > 0 && items.length <= 3)
  assert.match(items[0]!.taxon.name, /^Danaus/)
  for (let i = 1; i < items.length; i++) assert.ok(items[i]!.similarity <= items[i - 1]!.similarity)
  const own = await service.read<{ items: SimilarExemplar[] }>(200, `/api/similar?detectionId=${one.id}&k=200`)
  assert.ok(!own.items.some((item) => item.detectionId === one.id))
  const within = await service.read<{ items: SimilarExemplar[] }>(
    200,
    `/api/similar?detectionId=${two.id}&k=200&within=${taxa.Aglais}`,
  )
  assert.ok(within.items.length > 0 && within.items.every((item) => item.taxon.id === taxa['Aglais io']))
})

test('naming an animal, and taking it back, tells everybody who looks at it', async () => {
  const detection = await newDetection('green')
  const told: ServiceEvent[] = []
  const unsubscribe = service.events.subscribe((event) => told.push(event))
  const changed = () =>
    told.splice(0).flatMap((event) => (event.name === 'changed' ? [event.data.detectionIds.join()] : []))
  const { identification } = await say(detection.id, taxa['Danaus plexippus'])
  assert.deepEqual(changed(), [detection.id])
  await take(identification.id)
  assert.deepEqual(changed(), [detection.id])
  await take(identification.id)
  assert.deepEqual(changed(), [], 'nothing changed')
  unsubscribe()
})
