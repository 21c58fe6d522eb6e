// Labels that come with photos, by id, by name and by folder, and which detections they name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Named } from '../../../api/contract/exchange/reading.ts'
import type { DetectionDetail, Media, MediaItem } from '../../../api/contract/media.ts'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import { sha256Of } from '../../../indexer/analyse.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../../support/photos.ts'
import { detectionOf, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Aglais io'], { maxPhotoBytes: 100_000 })

const mediaOf = (item: MediaItem | undefined) => service.read<Media>(200, `/api/media/${item?.id}`)

test('a label by taxonId, by names, by folders', async () => {
  const byId = await service.bring([await drawAnimal(COLOURS.blue, { seed: 7 })], { taxonId: taxa['Aglais io']! })
  const detection = await detectionOf(service, byId[0])
  assert.equal(detection.taxon!.id, taxa['Aglais io'])
  const detail = await service.read<DetectionDetail>(200, `/api/detections/${detection.id}`)
  assert.deepEqual(
    detail.identifications.map(({ person, basis, proposal }) => ({ person, basis, proposal })),
    [{ person: 'import:local', basis: { kind: 'import' }, proposal: false }],
  )

  const named = await service.bring([await drawAnimal(COLOURS.blue, { seed: 8 })], {
    class: 'Insecta',
    genus: 'Vanessa',
    species: 'Vanessa atalanta',
    commonName: 'red admiral',
  })
  const vanessa = (await detectionOf(service, named[0])).taxon!
  assert.equal(vanessa.name, 'Vanessa atalanta')
  assert.equal(vanessa.commonName, 'red admiral')
  assert.deepEqual(
    vanessa.path.map((step) => step.name),
    ['Insecta', 'Vanessa'],
  )

  const facts = JSON.stringify([
    { path: 'x/1.jpg', folders: ['Danaus_plexippus'], deployment: 'cam01' },
    { path: 'x/2.jpg', folders: ['Red Admiral'] },
    { path: 'x/3.jpg', folders: ['Araschnia_levana'] },
  ])
  const photos = await Promise.all([9, 10, 11].map((seed) => drawAnimal(COLOURS.blue, { seed })))
  const items = await service.bring(photos, { facts })
  assert.equal((await detectionOf(service, items[0])).taxon!.id, taxa['Danaus plexippus'])
  assert.equal((await mediaOf(items[0])).deployment, 'cam01')
  assert.equal((await mediaOf(items[0])).filename, 'x/1.jpg')
  assert.equal((await detectionOf(service, items[1])).taxon!.id, vanessa.id)
  const made = (await detectionOf(service, items[2])).taxon!
  assert.deepEqual(
    [made.name, made.rank, made.path.map((step) => step.name)],
    ['Araschnia levana', 'species', ['Araschnia']],
  )
  const waiting = await service.read<{ items: TaxonDetail[] }>(200, '/api/taxa?needsPlacing=true')
  assert.deepEqual(
    waiting.items.map((taxon) => taxon.name),
    ['Araschnia'],
  )
  const moved = await service.read<TaxonDetail>(200, `/api/taxa/${waiting.items[0]!.id}`, {
    method: 'PATCH',
    json: { parentId: taxa.Nymphalidae },
  })
  assert.equal(moved.needsPlacing, false)
  assert.deepEqual(
    moved.path.map((step) => step.name),
    ['Insecta', 'Lepidoptera', 'Nymphalidae'],
  )
})

test('a genus of the backbone is placed by it, which is an edit that can be undone', async () => {
  const facts = JSON.stringify([{ folders: ['Leopardus_pardalis'] }, { genus: 'Leopardus', species: 'wiedii' }])
  const photos = await Promise.all([31, 32].map((seed) => drawAnimal(COLOURS.blue, { seed })))
  const items = await service.bring(photos, { facts })
  const path = ['Mammalia', 'Carnivora', 'Felidae', 'Leopardus']
  for (const item of items)
    assert.deepEqual(
      (await detectionOf(service, item)).taxon!.path.map((step) => step.name),
      path,
    )

  type Log = { items: { id: string; summary: string; person: string }[] }
  const genus = (await detectionOf(service, items[0])).taxon!.path.at(-1)!
  const log = await service.read<Log>(200, `/api/taxonomy/edits?taxon=${genus.id}`)
  assert.equal(log.items[0]!.summary, 'Placed by the bundled backbone: Mammalia › Carnivora › Felidae › Leopardus')
  await service.read(201, `/api/taxonomy/edits/${log.items[0]!.id}/undo`, { method: 'POST' })
  const undone = await service.read<TaxonDetail>(200, `/api/taxa/${genus.id}`)
  assert.deepEqual([undone.parentId, undone.needsPlacing], [null, true])
  const [again] = await service.bring([await drawAnimal(COLOURS.blue, { seed: 33 })], {
    facts: JSON.stringify([{ folders: ['Leopardus_pardalis'] }]),
  })
  assert.equal((await detectionOf(service, again)).taxon!.path.length, 1, 'what a person took back is not done again')

  const place = await service.read<{ path: unknown[]; commonName: string }>(
    200,
    '/api/backbone?rank=species&name=panthera%20leo',
  )
  assert.deepEqual([place.path.length, place.commonName], [4, 'lion'])
  const made = await service.read<TaxonDetail>(201, '/api/taxa', {
    method: 'POST',
    json: { name: 'Panthera', rank: 'genus', parentId: null, byBackbone: true },
  })
  assert.deepEqual(
    made.path.map((step) => step.name),
    ['Mammalia', 'Carnivora', 'Felidae'],
  )
})

test('a misspelt name is told with what it may mean, and sent with the one that a person chose', async () => {
  const ask = async (...labels: string[]) => {
    const json = { names: labels.map((label) => ({ label })) }
    const { items } = await service.read<{ items: Named[] }>(200, '/api/imports/names', { method: 'POST', json })
    return items.map(({ becomes, near }) => [becomes, near.map((one) => one.name)])
  }
  assert.deepEqual(
    await ask('Osselot', 'Danaus_plexipus', 'Danaus_plexippus', 'Vulpes vulpes', 'blank', 'Aglais sp.'),
    [
      ['new', ['Leopardus pardalis']],
      ['new', ['Danaus plexippus']],
      ['known', []],
      ['new', []],
      ['nothing', []],
      ['known', []],
    ],
  )
  const corrections = { Osselot: 'Leopardus pardalis' }
  const folders = { root: 'photos', folders: [['Osselot'], ['blank'], ['cam01']], corrections }
  const told = await service.read<{ items: unknown[] }>(200, '/api/imports/folders', { method: 'POST', json: folders })
  assert.deepEqual(told.items, [{ folders: ['Osselot'] }, { empty: true }, { deployment: 'cam01' }])
  const facts = JSON.stringify([{ folders: ['Osselot'], corrections }])
  const [item] = await service.bring([await drawAnimal(COLOURS.blue, { seed: 34 })], { facts })
  assert.equal((await detectionOf(service, item)).taxon!.name, 'Leopardus pardalis')
})

test('a label that comes later is taken, also by hash alone', async () => {
  const photo = await drawAnimal(COLOURS.yellow, { seed: 12 })
  const [item] = await service.bring([photo])
  assert.equal((await detectionOf(service, item)).taxon, null)
  const offer = { photos: [{ sha256: sha256Of(photo), facts: { folders: ['Aglais_io'] } }] }
  const { items } = await service.read<{ items: MediaItem[] }>(200, '/api/media/offers', { json: offer })
  assert.deepEqual(items, [{ id: item!.id, filename: 'photo-0.jpg', status: 'indexed' }])
  assert.equal((await detectionOf(service, item)).taxon!.id, taxa['Aglais io'])
})

test('boxes are the animals, each with the label', async () => {
  const boxes = [
    [0, 0, 0.5, 0.5],
    [0.5, 0.5, 0.5, 0.5],
  ]
  const facts = JSON.stringify([{ genus: 'Danaus', boxes }])
  const [item] = await service.bring([await drawAnimal(COLOURS.magenta, { seed: 13 })], { facts })
  const { detections } = await mediaOf(item)
  assert.deepEqual(
    detections.map(({ source, bbox, confidence, taxon }) => ({ source, bbox, confidence, taxon: taxon!.id })),
    [
      { source: 'imported', bbox: boxes[0], confidence: null, taxon: taxa.Danaus },
      { source: 'imported', bbox: boxes[1], confidence: null, taxon: taxa.Danaus },
    ],
  )
})

test('several animals without boxes: the surest teaches, the others are proposals', async () => {
  const photo = await drawPhoto(
    [
      { cell: [0, 0], colour: COLOURS.red },
      { cell: [3, 3], colour: COLOURS.red },
    ],
    { seed: 14 },
  )
  const [item] = await service.bring([photo], { taxonId: taxa['Aglais io']! })
  const { detections } = await mediaOf(item)
  assert.equal(detections.length, 2)
  assert.equal(detections.filter((detection) => detection.taxon !== null).length, 1)
  const proposed = await service.read<{ items: { id: string }[] }>(200, '/api/detections?state=proposed')
  assert.deepEqual(
    proposed.items.map((detection) => detection.id),
    detections.filter((d) => d.taxon === null).map((d) => d.id),
  )
})
