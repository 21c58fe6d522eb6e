// What people see besides the taxon: said, shown, filtered, exported, undone, and counted in the results.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { ActionAnswer } from '../../../api/contract/action.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { ObservationAnswer } from '../../../api/contract/survey/observation.ts'
import type { Results } from '../../../api/contract/survey/results.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus'])
const items = await service.bring(
  await Promise.all([1, 2].map((seed) => drawAnimal(COLOURS.red, { seed: 7000 + seed }))),
  { deployment: 'Meadow' },
)
const [one, two] = await Promise.all(items.map((item) => detectionOf(service, item)))
const observe = (json: object) => service.read<ObservationAnswer>(201, '/api/observations', { json })
const shown = async (id: string) => (await service.read<Detection>(200, `/api/detections/${id}`)).observation
const found = async (query: string) =>
  (await service.read<{ items: Detection[] }>(200, `/api/detections?${query}`)).items.map(({ id }) => id)
const undo = (id: string | undefined) => service.read<ActionAnswer>(200, `/api/actions/${id}/undo`, { method: 'POST' })

test('an observation is said field by field, shown, filtered and exported', async () => {
  assert.equal(await shown(one!.id), null)
  await observe({ detectionIds: [one!.id], count: 5 })
  await observe({ detectionIds: [one!.id], sex: 'female', behaviour: 'foraging' })
  const said = { count: 5, sex: 'female', lifeStage: null, behaviour: 'foraging', individual: null }
  assert.deepEqual(await shown(one!.id), said)
  for (const query of ['sex=female', 'counted=true', 'behaviour=Foraging'])
    assert.deepEqual(await found(query), [one!.id])
  assert.deepEqual(await found('counted=false'), [two!.id])
  const rows = parse(await (await service.ask('/api/export.csv')).text(), { columns: true }) as Record<string, string>[]
  const row = rows.find(({ detectionId }) => detectionId === one!.id)!
  assert.deepEqual([row.count, row.sex, row.lifeStage, row.behaviour], ['5', 'female', '', 'foraging'])
})

test('the number that a person counted is the event’s, and undoing it gives the boxes back', async () => {
  const identify = { detectionId: one!.id, taxonId: taxa['Danaus plexippus'], basis: { kind: 'search' } }
  await service.read(201, '/api/identifications', { json: identify })
  const individuals = async () => (await service.read<Results>(200, '/api/results')).taxa[0]!.individuals
  assert.equal(await individuals(), 5)
  const { action } = await observe({ detectionIds: [one!.id], count: null })
  assert.equal(await individuals(), 1)
  await undo(action!.id)
  assert.equal(await individuals(), 5)
})

test('many at once are one step; undoing it leaves what was said before', async () => {
  const { action, detectionIds, missing } = await observe({
    detectionIds: [one!.id, two!.id, '999'],
    lifeStage: 'adult',
  })
  // Whichever photo was indexed first has the smaller id.
  assert.deepEqual(new Set(detectionIds), new Set([one!.id, two!.id]))
  assert.deepEqual([missing, action!.subjects], [['999'], 2])
  assert.equal((await observe({ detectionIds: [two!.id], lifeStage: 'adult' })).action, null)
  await undo(action!.id)
  assert.equal(await shown(two!.id), null)
  assert.deepEqual((await shown(one!.id))!.sex, 'female')
  await service.read(400, '/api/observations', { json: { detectionIds: [one!.id], count: -1 } })
})
