// Insight by HTTP: what people confirm is measured against what was suggested before, and every bar opens its animals.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { z } from '@hono/zod-openapi'
import type { Detection } from '../../../api/contract/detection.ts'
import type {
  AccuracyInsight,
  ActivityInsight,
  ConfirmedInsight,
  DeploymentsInsight,
  HistogramInsight,
  LearningInsight,
  MapPoints,
  MapStanding,
  selectionSchema,
  TaxaInsight,
} from '../../../api/contract/insight.ts'
import { beginMap, failMap } from '../../../db/insight/maps.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, makeTaxa, openTestService, type TestService } from '../../support/service.ts'

type Selection = z.infer<typeof selectionSchema>

let service: TestService
let taxa: Record<string, string>
let ids: string[]
before(async () => {
  service = await openTestService()
  taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io'])
  const photos: Buffer[] = []
  for (const [i, colour] of (['red', 'red', 'red', 'blue', 'blue', 'blue'] as const).entries())
    photos.push(await drawAnimal(COLOURS[colour], { seed: 700 + i }))
  const items = await service.bring(photos, { deployment: 'River' })
  ids = []
  for (const item of items) ids.push((await detectionOf(service, item)).id)
  // Red is Danaus, blue is Aglais; the last blue one is said to be Danaus, which nobody would suggest.
  for (const [i, id] of ids.entries()) {
    const taxonId = taxa[i < 3 || i === 5 ? 'Danaus plexippus' : 'Aglais io']
    const json = { detectionId: id, taxonId, basis: { kind: 'search' } }
    await service.read(201, '/api/identifications', { json, headers: { 'Clavis-Person': i < 3 ? 'Ada' : 'Bo' } })
  }
})
after(() => service.close())

const ask = <T>(path: string) => service.read<T>(200, `/api/insight/${path}`)
const listed = async (selection: string) => {
  const { items } = await service.read<{ items: Detection[] }>(200, `/api/detections?selection=${selection}`)
  return items.map((one) => one.id).sort()
}

test('every chart answers under the same filter', async () => {
  const danaus = `?taxon=${taxa['Danaus plexippus']}&deployment=River`
  assert.equal((await ask<TaxaInsight>('taxa')).animals, 6)
  assert.equal((await ask<TaxaInsight>(`taxa${danaus}`)).animals, 4)
  assert.equal((await ask<HistogramInsight>(`confidence${danaus}`)).animals, 4)
  assert.equal((await ask<HistogramInsight>(`probability${danaus}`)).animals, 4)
  assert.equal((await ask<ActivityInsight>(`activity${danaus}`)).untimed, 4)
  assert.equal((await ask<DeploymentsInsight>(`deployments${danaus}`)).photos, 4)
  const confirmed = await ask<ConfirmedInsight>(`confirmed${danaus}`)
  assert.deepEqual([confirmed.animals, confirmed.byPeople], [4, 4])
  assert.deepEqual(
    (await ask<ConfirmedInsight>('confirmed')).people.map((one) => [one.person, one.animals]),
    [
      ['Ada', 3],
      ['Bo', 3],
    ],
  )
  assert.equal((await ask<TaxaInsight>('taxa?deployment=Elsewhere')).animals, 0)
  assert.equal((await ask<TaxaInsight>('taxa?person=Ada')).animals, 3)
})

test('suggestions are measured by what people said after them; the first animal had none', async () => {
  const { forecasts, ranks } = await ask<AccuracyInsight>('accuracy')
  assert.equal(forecasts, 5, 'before the first nothing was known')
  const species = ranks.find((one) => one.rank === 'species')
  assert.equal(species?.count, 5)
  const learning = await ask<LearningInsight>('learning')
  assert.equal(learning.forecasts, 5)
  assert.equal(learning.enough, false)
  const examples = (from: number) => learning.curve.find((step) => step.from === from)
  // Danaus with 1, 2 and 3 examples; Aglais with 0 and 1.
  assert.deepEqual([examples(0)?.count, examples(1)?.count, examples(2)?.count], [1, 2, 2])
  assert.equal(examples(0)?.right, 0, 'what nobody has taught cannot be suggested')
  const danaus = learning.taxa.find((one) => one.taxon.name === 'Danaus plexippus')
  assert.deepEqual([danaus?.count, danaus?.examples], [3, 4])
  const wrong = await service.read<Selection>(201, '/api/selections', {
    json: { name: 'Wrong', filter: {}, bucket: { forecast: { rank: 'species', right: false } } },
  })
  assert.equal(wrong.count, 5 - (species?.right ?? 0))
  assert.ok((await listed(wrong.id)).includes(ids[3]!), 'the first Aglais was taken for what was known')
})

test('a selection is kept under an id and narrows lists', async () => {
  const chosen = [ids[0]!, ids[4]!].sort()
  const made = await service.read<Selection>(201, '/api/selections', { json: { detectionIds: chosen } })
  assert.deepEqual(await service.read(200, `/api/selections/${made.id}`), made)
  assert.equal(made.count, 2)
  assert.deepEqual(await listed(made.id), chosen)
  const sure = await service.read<Selection>(201, '/api/selections', {
    json: { filter: { person: 'Ada' }, bucket: { confidence: { from: 0, to: 1 } } },
  })
  assert.deepEqual(await listed(sure.id), ids.slice(0, 3).sort())
  const both = await service.ask('/api/selections', { json: { detectionIds: chosen, filter: {} } })
  assert.equal(both.status, 400)
  assert.equal((await service.ask('/api/selections/99999')).status, 404)
})

test('a filter that makes no sense is refused in a sentence', async () => {
  const refused = async (query: string) => {
    const response = await service.ask(`/api/insight/taxa?${query}`)
    return [response.status, ((await response.json()) as { detail: string }).detail] as const
  }
  assert.match((await refused('from=2024-13-01'))[1], /Expected a day such as 2024-05-31/)
  assert.equal((await refused('from=2024-02-30'))[0], 400)
  assert.match((await refused('from=2024-05-02&to=2024-05-01'))[1], /not before 2024-05-02/)
  assert.equal((await refused('taxon=987654'))[0], 404)
})

test('the map is computed apart, once at a time, and its points say what colours them', {
  timeout: 120_000,
}, async () => {
  const standing = () => service.read<MapStanding>(200, '/api/insight/map')
  assert.equal((await standing()).state, 'none')
  assert.equal((await service.ask('/api/insight/map/points')).status, 404)
  const other = await beginMap(service.db, { modelSha256: service.models.embedder.sha256, treeVersion: '0.0' })
  assert.ok(other)
  assert.equal((await standing()).state, 'computing')
  assert.equal((await service.ask('/api/insight/map', { method: 'POST' })).status, 409)
  await failMap(service.db, other.id, 'It ended')
  assert.equal((await standing()).message, 'It ended')
  await service.read<MapStanding>(202, '/api/insight/map', { method: 'POST' })
  let now = await standing()
  while (now.state === 'computing') {
    await sleep(50)
    now = await standing()
  }
  assert.equal(now.state, 'ready', now.message ?? '')
  assert.equal(now.ready?.animals, 6)
  const points = await service.read<MapPoints>(200, '/api/insight/map/points')
  const packed = await service.ask('/api/insight/map/points', { headers: { 'Accept-Encoding': 'gzip' } })
  assert.equal(packed.headers.get('content-encoding'), 'gzip')
  assert.deepEqual(JSON.parse(gunzipSync(await packed.arrayBuffer()).toString()), points)
  // Photos are indexed in any order, so detections have their numbers in any order.
  const inOrder = <T>(list: readonly T[]) => ids.map((id) => list[points.detectionIds.indexOf(Number(id))])
  assert.deepEqual(new Set(points.detectionIds), new Set(ids.map(Number)))
  assert.deepEqual(
    inOrder(points.taxon.map((at) => points.taxa[at]?.name)),
    [0, 1, 2, 3, 4, 5].map((i) => (i === 3 || i === 4 ? 'Aglais io' : 'Danaus plexippus')),
  )
  assert.deepEqual(points.identified, [1, 1, 1, 1, 1, 1])
  assert.deepEqual(inOrder(points.person.map((at) => points.people[at])), ['Ada', 'Ada', 'Ada', 'Bo', 'Bo', 'Bo'])
  assert.ok([...points.x, ...points.y].every((value) => value >= 0 && value <= 65_535))
  const ada = await service.read<MapPoints>(200, '/api/insight/map/points?person=Ada')
  assert.deepEqual(new Set(ada.detectionIds), new Set(ids.slice(0, 3).map(Number)))
})
