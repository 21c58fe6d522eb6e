// The results of a survey by HTTP: events, rates, histories and camera health of photos with known times.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { strFromU8, strToU8, unzipSync } from 'fflate'
import sharp from 'sharp'
import type { Deployment, DeploymentAnswer } from '../../../api/contract/survey/deployment.ts'
import type { ActivityResult, CameraHealth, Results } from '../../../api/contract/survey/results.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, makeTaxa, openTestService, type TestService } from '../../support/service.ts'

let service: TestService
let taxa: Record<string, string>

const PHOTOS: [deployment: string, taken: string | null, colour: 'red' | 'blue', named: boolean][] = [
  ['River', '2026:05:01 10:00:00', 'red', true],
  ['River', '2026:05:01 10:20:00', 'red', true],
  ['River', '2026:05:01 10:45:00', 'red', true],
  ['River', '2026:05:11 10:00:00', 'blue', true],
  ['Hill', '2026:05:02 06:00:00', 'red', true],
  ['Hill', '2026:05:06 06:00:00', 'blue', false],
  ['Hill', null, 'blue', true],
  ['Old clock', '2000:01:01 00:00:00', 'blue', false],
]

before(async () => {
  service = await openTestService()
  taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io'])
  for (const [i, [deployment, taken, colour, named]] of PHOTOS.entries()) {
    const drawn = await drawAnimal(COLOURS[colour], { seed: 900 + i })
    const exif = { IFD2: { DateTimeOriginal: taken ?? '' } }
    const photo = taken === null ? drawn : await sharp(drawn).withExif(exif).jpeg({ quality: 95 }).toBuffer()
    const [item] = await service.bring([photo], { deployment })
    if (!named) continue
    const { id } = await detectionOf(service, item!)
    const taxonId = taxa[colour === 'red' ? 'Danaus plexippus' : 'Aglais io']
    await service.read(201, '/api/identifications', { json: { detectionId: id, taxonId, basis: { kind: 'search' } } })
  }
})
after(() => service.close())

const results = (query = '') => service.read<Results>(200, `/api/results${query}`)
const danausOf = ({ taxa }: Results) => taxa.find(({ taxon }) => taxon.name === 'Danaus plexippus')!

test('events by both definitions, rates by effort, and what nobody has reviewed', async () => {
  const found = await results()
  const danaus = danausOf(found)
  // 10:00, 10:20 and 10:45 at the river follow each other within half an hour.
  assert.deepEqual([danaus.events, danaus.individuals, danaus.stations], [2, 2, 2])
  assert.equal(danausOf(await results('?independence=lastIndependentRecord')).events, 3)
  assert.equal(danausOf(await results('?gapMinutes=20')).events, 4)
  assert.deepEqual([found.events, found.undatedEvents, found.unreviewed], [4, 1, 2])
  // Ten days at the river, four on the hill, none with the old clock.
  assert.equal(found.days, 14)
  assert.ok(Math.abs(danaus.per100Days! - 200 / 14) < 1e-9)
  assert.equal(found.unratedEvents, 0)
  assert.ok(Math.abs(danaus.naiveOccupancy! - 2 / 3) < 1e-9)
  assert.equal(found.richness!.observed, 2)
  assert.equal(found.accumulation.length, 3)
})

test('the filter narrows records and effort alike', async () => {
  const river = await results('?deployment=River&from=2026-05-02')
  assert.deepEqual(
    river.stations.map(({ name }) => name),
    ['River'],
  )
  assert.ok(Math.abs(river.days - 9.4167) < 1e-3)
  assert.equal(river.events, 1)
})

test('detection history and effort have one shape, and name the stations', async () => {
  const query = `?taxon=${taxa['Danaus plexippus']}&occasionDays=4`
  const table = async (name: string) => {
    const response = await service.ask(`/api/results/${name}.csv${query}`)
    assert.equal(response.status, 200)
    return parse(await response.text()) as string[][]
  }
  const history = await table('history')
  assert.deepEqual(history, [
    ['station', 'o1', 'o2', 'o3'],
    ['River', '1', '0', '0'],
    ['Hill', '1', '0', ''],
    ['Old clock', '', '', ''],
  ])
  const effort = await table('effort')
  assert.deepEqual(
    effort.map((row) => row.length),
    history.map((row) => row.length),
  )
})

test('an activity curve says whether there are enough events, and a wrong clock is found', async () => {
  const curve = await service.read<{ events: number; enough: boolean; density: number[] }>(200, '/api/results/activity')
  assert.deepEqual([curve.events > 0, curve.enough, curve.density.length], [true, false, 128])
  assert.ok(Math.abs(curve.density.reduce((sum, value) => sum + value, 0) * (24 / 128) - 1) < 1e-6)
  const { stations } = await service.read<CameraHealth>(200, '/api/results/cameras')
  assert.deepEqual(
    stations.map(({ name, findings }) => [name, findings.map(({ fault }) => fault)]),
    [
      ['Hill', ['undated']],
      ['Old clock', ['before2010']],
    ],
  )
})

test('recorded dates, stations of several deployments and what is not reviewed are in the results', async () => {
  const { items } = await service.read<{ items: Deployment[] }>(200, '/api/deployments')
  const river = items.find(({ name }) => name === 'River')!
  const dates = { start: '2026-04-30T10:00', end: '2026-05-20T10:00', station: 'Valley', latitude: 51, longitude: 5 }
  const edited = await service.read<DeploymentAnswer>(200, `/api/deployments/${river.id}`, {
    method: 'PATCH',
    json: { ...dates, problems: [{ from: '2026-05-12T10:00', to: '2026-05-13T10:00', what: 'battery' }] },
  })
  const found = await results()
  const valley = found.stations.find(({ name }) => name === 'Valley')!
  assert.deepEqual([valley.days, valley.effortFrom, valley.latitude, valley.events], [19, 'recorded', 51, 2])
  assert.equal(found.stations.find(({ name }) => name === 'Hill')!.effortFrom, 'photos')
  assert.equal(
    found.stations.reduce((sum, { unreviewed }) => sum + unreviewed, 0),
    found.unreviewed,
  )

  const behind = await service.read<{ detectionIds: string[]; more: boolean }>(
    200,
    `/api/results/animals?station=${valley.id}&taxon=${taxa['Danaus plexippus']}`,
  )
  assert.deepEqual([behind.detectionIds.length, behind.more], [3, false])

  const both = `taxon=${taxa['Danaus plexippus']}&with=${taxa['Aglais io']}`
  const curves = await service.read<ActivityResult>(200, `/api/results/activity?${both}`)
  assert.deepEqual([curves.events, curves.other!.events, curves.overlap], [2, 1, null])
  assert.equal(
    curves.hours.reduce((sum, events) => sum + events, 0),
    2,
  )
  await service.read(422, `/api/results/activity?${both}&time=sun`)
  await service.ask('/api/time-zone', { method: 'PUT', json: { timeZone: 'Europe/Brussels' } })
  const sun = await service.read<ActivityResult>(200, `/api/results/activity?${both}&time=sun`)
  assert.deepEqual([sun.events, sun.withoutSun], [1, 1])

  assert.deepEqual(
    (await results('?site=Valley')).stations.map(({ name }) => name),
    ['Valley'],
  )
  const inValley = await service.read<{ items: unknown[] }>(200, '/api/detections?site=Valley&state=identified')
  assert.equal(inValley.items.length, 4)
  const choices = await service.read<{ sites: string[] }>(200, '/api/filters')
  assert.deepEqual(choices.sites, ['Hill', 'Old clock', 'Valley'])

  await service.read(200, `/api/actions/${edited.action!.id}/undo`, { method: 'POST' })
  assert.equal((await results()).days, 14)
})

test('everything as files: a page, tables, figures, and a history of each taxon with one effort', async () => {
  const response = await service.ask('/api/results/report.zip?occasionDays=4')
  assert.equal(response.status, 200)
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()))
  const text = (name: string) => strFromU8(files[name]!)
  assert.deepEqual(Object.keys(files).sort(), [
    'accumulation.csv',
    'activity.csv',
    'camera-health.csv',
    'detection-histories/Aglais-io.csv',
    'detection-histories/Danaus-plexippus.csv',
    'effort.csv',
    'events.csv',
    'figures/events-per-100-nights.png',
    'figures/events-per-100-nights.svg',
    'figures/species-accumulation.png',
    'figures/species-accumulation.svg',
    'report.html',
    'species-by-station.csv',
    'species.csv',
    'stations.csv',
  ])
  assert.deepEqual((parse(text('detection-histories/Danaus-plexippus.csv')) as string[][])[1], ['River', '1', '0', '0'])
  assert.deepEqual((parse(text('events.csv')) as string[][]).slice(0, 2), [
    ['station', 'taxon', 'start', 'end', 'individuals', 'photos'],
    ['River', 'Danaus plexippus', '2026-05-01T10:00:00', '2026-05-01T10:45:00', '1', '3'],
  ])
  assert.match(text('report.html'), /2 animals under this filter have not been reviewed/)
  assert.deepEqual([...files['figures/species-accumulation.png']!.slice(1, 4)], [...strToU8('PNG')])
})
