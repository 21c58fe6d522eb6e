// Suggestions for photos that are sent and for animals that are stored.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Answer } from '../../../api/contract/suggestion.ts'
import { identify } from '../../../db/statements/identifications.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../../support/photos.ts'
import { detectionOf, form, makeTaxa, openTestService, suggestFor, type TestService } from '../../support/service.ts'

let service: TestService
before(async () => {
  service = await openTestService()
})
after(() => service.close())

test('an empty installation answers with an empty path', async () => {
  const photo = await drawAnimal(COLOURS.red)
  const answer = await suggestFor(service, photo)
  assert.equal(answer.treeVersion, '0.0')
  assert.deepEqual(answer.photo, {
    width: 160,
    height: 160,
    sha256: createHash('sha256').update(photo).digest('hex'),
  })
  assert.deepEqual(answer.models.detector, { name: 'test-detector', sha256: service.models.detector.sha256 })
  assert.equal(answer.detections.length, 1)
  const [animal] = answer.detections
  assert.equal(animal!.source, 'detector')
  assert.ok(animal!.confidence! > 0.5)
  assert.deepEqual([animal!.path, animal!.stop, animal!.novelty, animal!.suggestions], [[], null, null, []])
  const { items } = await service.read<{ items: unknown[] }>(200, '/api/media')
  assert.deepEqual(items, [], 'nothing is stored')
})

test('nothing found: the whole photo, marked so; people are kept and get no species', async () => {
  const nothing = (await suggestFor(service, await drawPhoto([]))).detections
  assert.deepEqual(
    nothing.map(({ source, bbox, confidence }) => ({ source, bbox, confidence })),
    [{ source: 'wholePhoto', bbox: [0, 0, 1, 1], confidence: null }],
  )
  const [person, ...others] = (await suggestFor(service, await drawPhoto([{ cell: [2, 2], colour: COLOURS.white }])))
    .detections
  assert.equal(others.length, 0)
  assert.equal(person!.kind, 'person')
  assert.deepEqual(person!.suggestions, [])
})

test('what one photo taught, the next answer knows: at every rank, with the photo beside it', async () => {
  const taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io'])
  const [first] = await service.bring([await drawAnimal(COLOURS.red, { seed: 1 })], {
    taxonId: taxa['Danaus plexippus']!,
  })
  const answer = await suggestFor(service, await drawAnimal(COLOURS.red, { seed: 2 }), '?similar=2&accuracy=0')
  assert.notEqual(answer.treeVersion, '0.0')
  const [animal] = answer.detections
  assert.equal(animal!.suggestions[0]!.taxon.name, 'Danaus plexippus')
  assert.deepEqual(
    animal!.suggestions[0]!.taxon.path.map((step) => step.rank),
    ['class', 'order', 'family', 'genus'],
  )
  assert.deepEqual(
    animal!.path.map((step) => step.taxon.rank),
    ['class', 'order', 'family', 'genus', 'species'],
  )
  for (let i = 1; i < animal!.path.length; i++)
    assert.ok(animal!.path[i]!.probability <= animal!.path[i - 1]!.probability)
  const taught = await detectionOf(service, first)
  assert.deepEqual(animal!.suggestions[0]!.similar[0]!.detectionId, taught.id)
  assert.ok(animal!.suggestions[0]!.similar[0]!.similarity > 0.9)
  assert.equal((await service.ask(animal!.suggestions[0]!.similar[0]!.cropUrl)).status, 200)
  assert.equal(animal!.suggestions[0]!.evidence.nearest, true)
})

test('multipart and a stored detection answer alike; its own example is left out', async () => {
  const photo = await drawAnimal(COLOURS.blue, { seed: 3 })
  const [item] = await service.bring([photo])
  const detection = await detectionOf(service, item)
  const stored = await service.read<Answer>(200, '/api/suggestions', { json: { detectionId: detection.id } })
  const sent = await service.read<Answer>(200, '/api/suggestions', { method: 'POST', body: form([photo]) })
  const { detectionId, ...animal } = stored.detections[0]!
  assert.equal(detectionId, detection.id)
  assert.deepEqual(
    animal.bbox.map((n) => n.toFixed(6)),
    sent.detections[0]!.bbox.map((n) => n.toFixed(6)),
  )
  assert.deepEqual(stored.photo, sent.photo)

  const aglais = (await service.read<{ items: { id: string }[] }>(200, '/api/taxa?q=aglais%20io')).items[0]!.id
  await service.read(201, '/api/identifications', {
    json: { detectionId: detection.id, taxonId: aglais, basis: { kind: 'search' } },
  })
  const own = await service.read<Answer>(200, '/api/suggestions?similar=5', { json: { detectionId: detection.id } })
  const shown = own.detections[0]!.suggestions.flatMap((one) => one.similar.map((similar) => similar.detectionId))
  assert.ok(!shown.includes(detection.id))
})

test('a photo is read alike whether its length was said or not', async () => {
  const photo = await drawAnimal(COLOURS.red, { seed: 4 })
  const post = (headers: Record<string, string>) =>
    service.read<Answer>(200, '/api/suggestions', {
      method: 'POST',
      headers: { 'Content-Type': 'image/jpeg', ...headers },
      body: new Uint8Array(photo),
    })
  const said = await post({ 'Content-Length': String(photo.length) })
  assert.equal(said.photo.sha256, createHash('sha256').update(photo).digest('hex'))
  assert.deepEqual(said, await post({}))
})

test('within renormalises inside a taxon; an unknown taxon is 404', async () => {
  const { items } = await service.read<{ items: { id: string; name: string }[] }>(200, '/api/taxa?q=Danaus')
  const danaus = items.find((taxon) => taxon.name === 'Danaus')!.id
  const answer = await suggestFor(service, await drawAnimal(COLOURS.red, { seed: 4 }), `?within=${danaus}`)
  const [animal] = answer.detections
  assert.ok(
    animal!.suggestions.every((one) => one.taxon.path.some((step) => step.id === danaus) || one.taxon.id === danaus),
  )
  const response = await service.ask('/api/suggestions?within=999999', { json: { detectionId: '1' } })
  assert.equal(response.status, 404)
})

test('each animal of a photo is answered', async () => {
  const photo = await drawPhoto([
    { cell: [0, 0], colour: COLOURS.red },
    { cell: [3, 3], colour: COLOURS.blue },
  ])
  const { detections } = await suggestFor(service, photo, '?limit=1&similar=0')
  assert.equal(detections.length, 2)
  for (const { suggestions } of detections) {
    assert.ok(suggestions.length >= 1)
    assert.deepEqual(
      suggestions.flatMap((one) => one.similar),
      [],
    )
  }
})

test('minTreeVersion: a process that is behind learns what it missed before it answers', async () => {
  const [item] = await service.bring([await drawAnimal(COLOURS.green, { seed: 300 })])
  const { id } = await detectionOf(service, item)
  const { items } = await service.read<{ items: { id: string }[] }>(200, '/api/taxa?q=Danaus+plexippus')
  await identify(service.db, {
    detectionId: Number(id),
    taxonId: Number(items[0]!.id),
    person: 'elsewhere',
    basis: { kind: 'search' },
  })
  const [version, learned] = service.learning.treeVersion().split('.').map(Number)
  const wanted = `${version}.${learned! + 1}`
  const answer = await suggestFor(service, await drawAnimal(COLOURS.green, { seed: 301 }), `?minTreeVersion=${wanted}`)
  assert.equal(answer.treeVersion, wanted)
})
