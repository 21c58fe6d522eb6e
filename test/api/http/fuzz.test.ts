// Three hundred strange requests, of the twenty thousand that `npm run bench -- hostile` sends: none fails.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attackFields } from '../../support/hostile/every-field.ts'
import { fuzz } from '../../support/hostile/fuzz.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Danaus chrysippus'])

test('strange requests are refused, and none fails', async () => {
  const photos = await Promise.all([COLOURS.red, COLOURS.blue].map((colour) => drawAnimal(colour)))
  await service.bring(photos, { taxonId: taxa['Danaus plexippus']!, deployment: 'Hill' })
  for (const path of [
    '/api/insight/accuracy?person=a%00b',
    '/api/false-triggers?deployment=%00',
    '/api/export.csv?station=a%00b',
  ])
    assert.equal((await service.ask(path)).status, 400, path)
  // A fault before the first byte is told, instead of an answer that breaks off.
  assert.equal((await service.ask('/api/results/report.zip?taxon=999')).status, 404)
  const { statuses, failures } = await fuzz(service, { requests: 300, seed: 7, largeEvery: 50 })
  assert.deepEqual(failures, [])
  for (const status of [200, 400, 404]) assert.ok((statuses.get(status) ?? 0) > 5, `${status}`)
})

test('text that breaks programs is refused or kept in every field, a sample of them', async () => {
  const { fields, failures } = await attackFields(service, { seed: 5, every: 23 })
  assert.deepEqual(failures, [])
  assert.ok(fields > 400, `${fields}`)
  const answer = await service.ask('/api/species-lists', { json: { name: 'half \ud83d' } })
  assert.equal(answer.status, 400)
})
