// The results of a survey by HTTP: events, rates, histories and camera health of photos with known times.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import sharp from 'sharp'
import type { CameraHealth, Results } from '../../../api/contract/survey/results.ts'
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
