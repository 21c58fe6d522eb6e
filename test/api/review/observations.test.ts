// What people see besides the taxon: said, shown, filtered, exported, undone, and counted in the results.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { strFromU8, unzipSync } from 'fflate'
import type { ActionAnswer } from '../../../api/contract/action.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { ObservationAnswer } from '../../../api/contract/survey/observation.ts'
import type { OwnFields, OwnFieldsAnswer } from '../../../api/contract/survey/own-field.ts'
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

test('own fields are defined, said, refused where they do not fit, filtered, exported and undone', async () => {
  const define = (items: object[], revision: number, status = 200) =>
    service.read<OwnFieldsAnswer>(status, '/api/observations/fields', { method: 'PUT', json: { items, revision } })
  const coat = { name: 'Coat', kind: 'choice', choices: ['red', 'grey'] }
  const defined = await define([coat, { name: 'Ticks', kind: 'number' }, { name: 'Remark', kind: 'text' }], 0)
  assert.deepEqual(
    defined.items.map(({ id, name }) => [id, name]),
    [
      ['1', 'Coat'],
      ['2', 'Ticks'],
      ['3', 'Remark'],
    ],
  )
  await define([], 0, 409)
  await define([{ name: 'sex', kind: 'text' }], 1, 422)
  await define([{ ...defined.items[0], kind: 'number' }], 1, 422)
  const own = { 1: 'red', 2: 3, 3: 'Lame' }
  const { action } = await observe({ detectionIds: [two!.id], own })
  assert.match(action!.summary, /Coat red, Ticks 3, Remark Lame/)
  assert.deepEqual((await shown(two!.id))?.own, own)
  for (const wrong of [{ 1: 'blue' }, { 2: 'three' }, { 9: 'red' }])
    await service.read(422, '/api/observations', { json: { detectionIds: [two!.id], own: wrong } })
  await observe({ detectionIds: [two!.id], own: { 3: null }, count: 2 })
  assert.deepEqual((await shown(two!.id))?.own, { 1: 'red', 2: 3 })
  const having = (lines: string) => found(`own=${encodeURIComponent(lines)}`)
  for (const lines of ['1:RED', '2:3', '2:2..', '2:..3', '1:red\n2:1..5'])
    assert.deepEqual(await having(lines), [two!.id])
  for (const lines of ['1:grey', '2:4..', '1:red\n2:9']) assert.deepEqual(await having(lines), [])
  await service.read(404, '/api/detections?own=9:red')
  const table = async (columns: string) => await (await service.ask(`/api/export.csv?columns=${columns}`)).text()
  assert.match(await table('detectionId,Coat=Colour,Ticks'), new RegExp(`Colour,Ticks\n(.*\n)*${two!.id},red,3`))
  // A field that is removed is no column; its values come back with undo.
  const removed = await define(defined.items.slice(1), 1)
  assert.doesNotMatch(await (await service.ask('/api/export.csv')).text(), /Coat/)
  await undo(removed.action!.id)
  const { items } = await service.read<OwnFields>(200, '/api/observations/fields')
  assert.deepEqual(items, defined.items)
  assert.match(await table('Coat'), /red/)
  // Ids are never used again.
  const again = await define([...items, { name: 'Age', kind: 'number' }], 3)
  assert.equal(again.items.at(-1)!.id, '4')
  const omitted = unzipSync(new Uint8Array(await (await service.ask('/api/export?format=camtrapr')).arrayBuffer()))
  assert.match(strFromU8(omitted['left-out.csv'] ?? new Uint8Array()), /Coat, Ticks, Remark/)
})

test('filters and the search find a text in whichever form, case and white space it is typed', async () => {
  const json = { detectionIds: [one!.id], individual: 'Große Öse', behaviour: 'cache‑raiding' }
  await observe(json)
  const meadow = (await service.read<{ items: { id: string; revision: number }[] }>(200, '/api/deployments')).items[0]!
  const station = { station: 'Forêt Ísafjörður', revision: meadow.revision }
  await service.read(200, `/api/deployments/${meadow.id}`, { method: 'PATCH', json: station })
  const asked: Record<string, string[]> = {
    individual: ['große öse', 'GROSSE ÖSE', 'Große Öse'.normalize('NFD'), '\ufeffGroße\u00a0 Öse'],
    behaviour: ['cache-raiding', 'CACHE‐RAIDING', 'ｃache-raiding'],
    deployment: ['meadow', 'ＭEADOW', ' Meadow\u00a0'],
    site: ['forêt ísafjörður'.normalize('NFD'), 'FORÊT ÍSAFJÖRÐUR'],
  }
  for (const [name, texts] of Object.entries(asked))
    for (const text of texts)
      assert.ok((await found(`${name}=${encodeURIComponent(text)}`)).includes(one!.id), `${name}=${text}`)
  assert.deepEqual(await found(`site=${encodeURIComponent('Forêt')}`), [])
  const search = async (q: string) =>
    (await service.read<{ items: { name: string }[] }>(200, `/api/taxa?q=${encodeURIComponent(q)}`)).items[0]?.name
  for (const q of ['ＤANAUS  plexippus', 'danaus\u00a0plexippus (Linnaeus, 1758)', 'Danaus plexippus ssp. megalippe'])
    assert.equal(await search(q), 'Danaus plexippus', q)
  assert.equal((await service.ask(`/api/detections?individual=${encodeURIComponent('a\0')}`)).status, 400)
})
