// Species lists over HTTP: read from a checklist, in force at once, undone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action } from '../../../api/contract/action.ts'
import type { Answer } from '../../../api/contract/suggestion.ts'
import type { Places } from '../../../api/contract/survey/place.ts'
import type { Checklist, ListAnswer, SpeciesList } from '../../../api/contract/survey/species-list.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Vulpes vulpes'])
const bring = async (
  seed: number,
  fields: Record<string, string> = {},
  colour: Parameters<typeof drawAnimal>[0] = COLOURS.red,
) => {
  const [item] = await service.bring([await drawAnimal(colour, { seed })], fields)
  return await detectionOf(service, item)
}
const say = (detectionId: string, name: string) =>
  service.read(201, '/api/identifications', {
    json: { detectionId, taxonId: taxa[name], basis: { kind: 'search' } },
  })
const ask = async (detectionId: string, query = '') => {
  const { detections } = await service.read<Answer>(200, `/api/suggestions?${query}`, { json: { detectionId } })
  return detections[0]!
}

test('a list read from a checklist keeps suggestions to it where it holds, and is undone', async () => {
  await say((await bring(1)).id, 'Danaus plexippus')
  await say((await bring(2, {}, COLOURS.blue)).id, 'Vulpes vulpes')
  const hill = await bring(3, { deployment: 'Hill' })
  const pond = await bring(4, { deployment: 'Pond' })
  assert.equal((await ask(hill.id)).suggestions[0]?.taxon.name, 'Danaus plexippus')
  assert.equal((await ask(hill.id)).list, null)

  const read = await service.read<Checklist>(200, '/api/species-lists/read', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'Scientific name;Seen\nVulpes vulpes (Linnaeus, 1758);yes\nSus scrofa;no\n',
  })
  assert.deepEqual([read.taxa.map(({ name }) => name), read.unknown], [['Vulpes vulpes'], ['Sus scrofa']])

  const deployments = await service.read<{ items: { id: string; name: string }[] }>(200, '/api/deployments')
  const hillId = deployments.items.find(({ name }) => name === 'Hill')!.id
  const { list, action } = await service.read<ListAnswer>(201, '/api/species-lists', {
    json: { name: 'Mammals', taxonIds: read.taxa.map(({ id }) => id), deploymentIds: [hillId] },
  })
  assert.ok(list && action)
  const kept = await ask(hill.id)
  assert.deepEqual(
    kept.suggestions.map(({ taxon }) => taxon.name),
    ['Vulpes vulpes'],
  )
  assert.deepEqual(
    [kept.list?.name, kept.list?.without.taxon.name, kept.list?.without.listed],
    ['Mammals', 'Danaus plexippus', false],
  )
  assert.equal((await ask(pond.id)).list, null)
  assert.equal((await ask(pond.id, `list=${list.id}`)).list?.name, 'Mammals')
  assert.equal((await ask(hill.id, 'list=none')).list, null)

  const everywhere = await service.read<ListAnswer>(200, `/api/species-lists/${list.id}`, {
    method: 'PATCH',
    json: { deploymentIds: [], revision: list.revision },
  })
  assert.equal(everywhere.list?.revision, list.revision + 1)
  assert.equal((await ask(pond.id)).list?.name, 'Mammals')
  await service.read<{ action: Action }>(200, `/api/actions/${everywhere.action!.id}/undo`, { method: 'POST' })
  assert.equal((await ask(pond.id)).list, null)
  await service.read(200, `/api/species-lists/${list.id}`, { method: 'DELETE' })
  assert.equal((await ask(hill.id)).list, null)
  assert.deepEqual((await service.read<{ items: SpeciesList[] }>(200, '/api/species-lists')).items, [])
})

test('what was met at a station counts there, says what it changed, can be switched off, and is undone', async () => {
  const feeder = { deployment: 'Feeder' }
  const foxes = await Promise.all([11, 12, 13].map((seed) => bring(seed, feeder, COLOURS.blue)))
  const asked = await bring(14, feeder, COLOURS.blue)
  const before = await ask(asked.id)
  for (const { id } of foxes) await say(id, 'Vulpes vulpes')
  const said = await ask(asked.id)
  assert.deepEqual([said.place?.station, said.place?.events], ['Feeder', 3])
  assert.deepEqual([said.place?.without.taxon.name, said.place?.without.events], ['Vulpes vulpes', 3])
  const own = await ask(foxes[0]!.id)
  assert.equal(own.place?.events, 2, 'its own burst does not count')
  assert.equal((await ask(asked.id, 'place=none')).place, null)
  const stationOf = ({ stations }: Places) => stations.find(({ station }) => station === 'Feeder')
  const places = await service.read<Places>(200, '/api/places')
  assert.deepEqual([places.heeded, stationOf(places)], [true, { station: 'Feeder', events: 3, taxa: 1 }])

  const { revision, id } = (
    await service.read<{ items: { id: string; name: string; revision: number }[] }>(200, '/api/deployments')
  ).items.find(({ name }) => name === 'Feeder')!
  await service.read(200, `/api/deployments/${id}`, { method: 'PATCH', json: { station: 'Oak', revision } })
  assert.equal((await ask(asked.id)).place?.station, 'Oak')

  const off = await service.read<Places>(200, '/api/places', { method: 'PUT', json: { heeded: false } })
  assert.equal(off.heeded, false)
  assert.equal((await ask(asked.id)).place, null)
  const { items } = await service.read<{ items: Action[] }>(200, '/api/actions')
  await service.read(200, `/api/actions/${items[0]!.id}/undo`, { method: 'POST' })
  assert.equal((await ask(asked.id)).place?.station, 'Oak')
  for (const detection of foxes) {
    const { identifications } = await service.read<{ identifications: { id: string; withdrawnAt: string | null }[] }>(
      200,
      `/api/detections/${detection.id}`,
    )
    for (const one of identifications)
      if (!one.withdrawnAt) await service.read(200, `/api/identifications/${one.id}`, { method: 'DELETE' })
  }
  assert.deepEqual((await ask(asked.id)).suggestions, before.suggestions)
})

test('what cannot be a list is refused in a sentence', async () => {
  const refused: [path: string, status: number, json: unknown, detail: RegExp][] = [
    ['/api/species-lists', 404, { name: 'Gone', taxonIds: ['99999'] }, /taxon 99999/],
    ['/api/species-lists', 400, { name: '', taxonIds: [] }, /./],
  ]
  for (const [path, status, json, detail] of refused) {
    const response = await service.ask(path, { json })
    assert.equal(response.status, status)
    assert.match((await response.json()).detail, detail)
  }
  const gone = await service.ask('/api/species-lists/99999', { method: 'PATCH', json: { name: 'New' } })
  assert.equal(gone.status, 404)
})
