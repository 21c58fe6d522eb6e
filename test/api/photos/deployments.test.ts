// Deployments by HTTP: edited, undone, imported from tables and exported; photos that find theirs by place and time,
// and clocks that are corrected for a whole deployment.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import sharp from 'sharp'
import type { ActionAnswer } from '../../../api/contract/action.ts'
import type { Import } from '../../../api/contract/exchange/import.ts'
import type { Media, MediaItem } from '../../../api/contract/media.ts'
import type {
  Deployment,
  DeploymentAnswer,
  DeploymentTable,
  RemovedDeployment,
} from '../../../api/contract/survey/deployment.ts'
import type { MissingFacts, ToldTimesAnswer } from '../../../api/contract/survey/missing.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { form, openTestService, type TestService } from '../../support/service.ts'

let service: TestService
let seed = 5000

before(async () => {
  service = await openTestService()
})
after(() => service.close())

const list = async () => (await service.read<{ items: Deployment[] }>(200, '/api/deployments')).items
const named = async (name: string) => (await list()).find((one) => one.name === name)!
const undo = (id: string | undefined) => service.read<ActionAnswer>(200, `/api/actions/${id}/undo`, { method: 'POST' })
const redo = (id: string | undefined) => service.read<ActionAnswer>(200, `/api/actions/${id}/redo`, { method: 'POST' })
const edit = (id: string, json: unknown) =>
  service.read<DeploymentAnswer>(200, `/api/deployments/${id}`, { method: 'PATCH', json })
const importTable = (status: number, body: string, query = '') =>
  service.read<DeploymentTable>(status, `/api/deployments/import${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv' },
    body,
  })

async function photo(taken: string | null): Promise<Buffer> {
  const drawn = await drawAnimal(COLOURS.red, { seed: seed++ })
  if (taken === null) return drawn
  return await sharp(drawn)
    .withExif({ IFD2: { DateTimeOriginal: taken } })
    .jpeg({ quality: 95 })
    .toBuffer()
}

/** Uploads a photo and returns its id. */
async function bring(taken: string | null, deployment: string): Promise<string> {
  const [item] = await service.bring([await photo(taken)], { deployment })
  return item!.id!
}
const media = (id: string) => service.read<Media>(200, `/api/media/${id}`)

test('a deployment is added, edited, refused when stale, removed with its photos kept, and all is undone', async () => {
  const id = await bring('2026:05:01 10:00:00', 'Ridge')
  const ridge = await named('Ridge')
  assert.deepEqual([ridge.photos, ridge.firstPhoto, ridge.revision], [1, '2026-05-01T10:00:00', 1])

  const { deployment, action } = await edit(ridge.id, {
    latitude: -1.5,
    longitude: 36.8,
    start: '2026-04-30 09:00',
    problems: [{ from: '2026-05-02T00:00', to: '2026-05-03T00:00', what: 'battery' }],
    tags: ['ridge'],
    revision: 1,
  })
  assert.deepEqual([deployment.start, deployment.latitude, deployment.revision], ['2026-04-30T09:00:00', -1.5, 2])
  await service.read(409, `/api/deployments/${ridge.id}`, { method: 'PATCH', json: { notes: 'x', revision: 1 } })
  await service.read(422, `/api/deployments/${ridge.id}`, { method: 'PATCH', json: { end: '2026-01-01T00:00' } })
  await service.read(400, `/api/deployments/${ridge.id}`, { method: 'PATCH', json: { start: '2026-02-31T00:00' } })

  const removed = await service.read<RemovedDeployment>(200, `/api/deployments/${ridge.id}`, { method: 'DELETE' })
  assert.equal(removed.photos, 1)
  assert.equal((await media(id)).deployment, null)
  await undo(removed.action.id)
  assert.equal((await media(id)).deployment, 'Ridge')
  assert.deepEqual((await named('Ridge')).problems, deployment.problems)
  await undo(action!.id)
  assert.deepEqual([(await named('Ridge')).latitude, (await named('Ridge')).tags], [null, []])
  await redo(action!.id)
  assert.equal((await named('Ridge')).latitude, -1.5)
})

test('a deployment that is added takes the photos of its place and time, and undoing it gives them back', async () => {
  const may = await bring('2026:05:10 10:00:00', 'Creek')
  const june = await bring('2026:06:10 10:00:00', 'Creek')
  const added = await service.read<DeploymentAnswer>(201, '/api/deployments', {
    json: { name: 'Creek 2', station: 'Creek', start: '2026-06-01T00:00', end: '2026-06-30T00:00' },
  })
  assert.equal(added.movedPhotos, 1)
  assert.deepEqual([(await media(may)).deployment, (await media(june)).deployment], ['Creek', 'Creek 2'])
  // A photo that comes later finds its place by itself.
  assert.equal((await media(await bring('2026:06:11 10:00:00', 'Creek'))).deployment, 'Creek 2')
  assert.equal((await media(await bring('2026:07:11 10:00:00', 'Creek'))).deployment, 'Creek')
  await service.read(409, '/api/deployments', { json: { name: 'Creek 2' } })
  // A photo that arrived since would be lost with the deployment.
  await service.read(409, `/api/actions/${added.action!.id}/undo`, { method: 'POST' })
  assert.equal((await named('Creek 2')).photos, 2)
})

test('two cameras at one station keep their own photos', async () => {
  const id = await bring('2026:05:10 10:00:00', 'Pond left')
  await bring('2026:05:10 10:00:00', 'Pond right')
  const [left, right] = [await named('Pond left'), await named('Pond right')]
  await edit(left.id, { station: 'Pond' })
  const { movedPhotos } = await edit(right.id, { station: 'Pond', start: '2026-05-01T00:00', end: '2026-06-01T00:00' })
  assert.equal(movedPhotos, 0)
  assert.equal((await media(id)).deployment, 'Pond left')
})

test('a wrong clock is mended for the whole deployment, later photos included, and the raw time is kept', async () => {
  const id = await bring('2020:01:01 00:10:00', 'Old clock')
  const { id: deploymentId } = await named('Old clock')
  const year = 365 * 86_400
  const { action } = await edit(deploymentId, { clockOffsetSeconds: year })
  assert.equal((await media(id)).capturedAt, '2020-12-31T00:10:00')
  assert.match(action!.summary, /forward by 365 d 00:00:00/)
  const later = await bring('2020:01:02 00:10:00', 'Old clock')
  assert.equal((await media(later)).capturedAt, '2021-01-01T00:10:00')
  const raw = await service.database.db.execute<{ raw: string }>(
    `select captured_raw as raw from media where id = ${id}`,
  )
  assert.equal(raw.rows[0]!.raw, '2020:01:01 00:10:00')
  await undo(action!.id)
  assert.deepEqual(
    [(await media(id)).capturedAt, (await media(later)).capturedAt],
    ['2020-01-01T00:10:00', '2020-01-02T00:10:00'],
  )
})

test('a known photo takes the deployment and the burst that it lacked, and keeps one that it has', async () => {
  const bytes = [await photo('2026:05:20 10:00:00'), await photo('2026:05:20 10:00:30')]
  const loose = await service.bring(bytes)
  assert.equal((await media(loose[0]!.id!)).deployment, null)
  await service.bring(bytes, { deployment: 'Fox Den' })
  const [one, two] = await Promise.all(loose.map(({ id }) => media(id!)))
  assert.deepEqual([one!.deployment, two!.deployment], ['Fox Den', 'Fox Den'])
  assert.ok(one!.sequenceId !== null && one!.sequenceId === two!.sequenceId)
  const [kept] = await service.bring([bytes[0]!], { deployment: 'Elsewhere' })
  assert.equal(kept!.keptDeployment, 'Fox Den')
  assert.equal(await named('Elsewhere'), undefined)
})

test('the own table is tried, imported, and exported again', async () => {
  const table = [
    'name;station;latitude;longitude;start;end;camera;clockOffset;problems;tags;notes',
    `Hill 1;Hill;51,5;-4,25;2026-05-01 08:00;2026-06-01 08:00;C1;-01:00:00;2026-05-03T00:00/2026-05-04T00:00 fell over;a|b;'=1+1`,
    'Hill 2;Hill;91;0;;;;;;;',
    'Hill 1;;;;;;;;;;',
  ].join('\n')
  const tried = await importTable(200, table, '?dryRun=true')
  assert.deepEqual([tried.added, tried.faults.map(({ line }) => line)], [['Hill 1'], [3, 4]])
  assert.equal(await named('Hill 1'), undefined)
  const done = await importTable(201, table)
  assert.match(done.action!.summary, /Imported a deployment/)
  const hill = await named('Hill 1')
  assert.deepEqual(
    [hill.station, hill.latitude, hill.longitude, hill.clockOffsetSeconds, hill.tags, hill.notes],
    ['Hill', 51.5, -4.25, -3600, ['a', 'b'], '=1+1'],
  )
  assert.deepEqual(hill.problems, [{ from: '2026-05-03T00:00:00', to: '2026-05-04T00:00:00', what: 'fell over' }])

  const exported = await (await service.ask('/api/deployments/export.csv')).text()
  const rows = parse(exported, { columns: true }) as Record<string, string>[]
  assert.equal(rows.find(({ name }) => name === 'Hill 1')!.notes, "'=1+1")
  const again = await importTable(201, exported)
  assert.deepEqual([again.added, again.changed, again.action], [[], [], null])
  // A table with fewer columns changes only those.
  await importTable(201, 'name,camera\nHill 1,C9\n')
  assert.deepEqual([(await named('Hill 1')).camera, (await named('Hill 1')).station], ['C9', 'Hill'])
  await service.read(422, '/api/deployments/import', {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv' },
    body: 'a,b\n1,2\n',
  })
})

test('Camtrap DP’s deployments are read, their times in the zone that was chosen', async () => {
  const table =
    'deploymentID,locationID,locationName,latitude,longitude,deploymentStart,deploymentEnd,cameraID,deploymentTags\n' +
    'd1,l1,Beek,51.1,5.6,2026-03-29T00:30:00Z,2026-07-01T11:41:41+02:00,320,position:above\n'
  const zone = (timeZone: string | null) => service.ask('/api/time-zone', { method: 'PUT', json: { timeZone } })
  await service.read(400, '/api/time-zone', { method: 'PUT', json: { timeZone: 'Middle/Earth' } })
  assert.equal((await zone('Europe/Brussels')).status, 200)
  assert.equal((await importTable(201, table)).format, 'camtrap-dp')
  const beek = await named('d1')
  assert.deepEqual(
    [beek.station, beek.start, beek.end, beek.camera],
    ['Beek', '2026-03-29T01:30:00', '2026-07-01T11:41:41', '320'],
  )
  const { items } = await service.read<{ items: { id: string; summary: string }[] }>(200, '/api/actions?limit=2')
  await undo(items.find(({ summary }) => summary.includes('zone'))!.id)
  assert.deepEqual(await service.read(200, '/api/time-zone'), { timeZone: null })
})

const missing = async (query = '') =>
  (await service.read<{ items: MissingFacts[] }>(200, `/api/deployments/missing${query}`)).items
const tell = (status: number, json: unknown) =>
  service.read<ToldTimesAnswer>(status, '/api/deployments/times', { method: 'POST', json })

const timesOf = async (ids: string[]) => (await Promise.all(ids.map(media))).map(({ capturedAt }) => capturedAt)

test('photos without a time get one that a person tells, in the order of their names, and undo takes it back', async () => {
  const names = ['IMG_10.JPG', 'IMG_8.JPG', 'IMG_9.JPG']
  const { id: importId } = await service.read<Import>(201, '/api/imports', { json: { name: 'No clock' } })
  const { items } = await service.read<{ items: MediaItem[] }>(202, '/api/media', {
    method: 'POST',
    body: form(await Promise.all(names.map(async (name): Promise<[string, Buffer]> => [name, await photo(null)])), {
      deployment: 'Den',
      importId,
    }),
  })
  await service.settled()
  const [ten, eight, nine] = items.map(({ id }) => id!) as [string, string, string]
  const den = await named('Den')
  const [lacks] = await missing(`?import=${importId}`)
  assert.deepEqual(lacks, {
    deployment: { id: den.id, name: 'Den', revision: 1 },
    undated: 3,
    first: { mediaId: eight, filename: 'IMG_8.JPG' },
    last: { mediaId: ten, filename: 'IMG_10.JPG' },
    place: null,
  })
  await tell(422, { deploymentId: den.id, mediaId: '1', at: '2026-05-01T08:00', secondsApart: 30 })
  await tell(400, { deploymentId: den.id, at: '2026-02-30T08:00', secondsApart: 30 })
  // The middle photo shows its time; the others follow from it.
  const told = await tell(201, { deploymentId: den.id, mediaId: nine, at: '2026-05-01T08:00', secondsApart: 90.5 })
  assert.deepEqual([told.photos, told.first, told.last], [3, '2026-05-01T07:58:30', '2026-05-01T08:01:31'])
  assert.deepEqual(await timesOf([eight, nine, ten]), [
    '2026-05-01T07:58:30',
    '2026-05-01T08:00:00',
    '2026-05-01T08:01:31',
  ])
  assert.deepEqual(await missing(`?import=${importId}`), [])
  await tell(422, { deploymentId: den.id, at: '2026-05-01T08:00', secondsApart: 30 })

  // Nobody's clock was wrong, so correcting the clock of the deployment moves only what the camera wrote.
  const clocked = await bring('2026:05:01 09:00:00', 'Den')
  const corrected = await edit(den.id, { clockOffsetSeconds: 3600 })
  assert.deepEqual(await timesOf([nine, clocked]), ['2026-05-01T08:00:00', '2026-05-01T10:00:00'])
  await undo(corrected.action!.id)

  await undo(told.action.id)
  assert.deepEqual(await timesOf([eight, nine, ten]), [null, null, null])
  await redo(told.action.id)
  assert.deepEqual((await timesOf([ten]))[0], '2026-05-01T08:01:31')
})

test('times that are told make sequences, and put photos into the deployment of that time', async () => {
  const ids = [await bring(null, 'Gate'), await bring(null, 'Gate')]
  await service.read(201, '/api/deployments', {
    json: { name: 'Gate 2', station: 'Gate', start: '2026-06-01T00:00', end: '2026-06-30T00:00' },
  })
  const told = await tell(201, { deploymentId: (await named('Gate')).id, at: '2026-06-02T08:00', secondsApart: 10 })
  assert.equal(told.movedPhotos, 2)
  const [one, two] = await Promise.all(ids.map(media))
  assert.equal(one!.deployment, 'Gate 2')
  assert.ok(one!.sequenceId !== null && one!.sequenceId === two!.sequenceId)
  await undo(told.action.id)
  const back = await media(ids[0]!)
  assert.deepEqual([back.deployment, back.capturedAt, back.sequenceId], ['Gate', null, null])
})

test('coordinates in photos are offered to a deployment that has none', async () => {
  const at = async (minutes: number) =>
    await sharp(await photo(null))
      .withExif({
        IFD3: {
          GPSLatitudeRef: 'N',
          GPSLatitude: `52/1 ${minutes}/1 0/1`,
          GPSLongitudeRef: 'E',
          GPSLongitude: '5/1 54/1 0/1',
        },
      })
      .jpeg()
      .toBuffer()
  await service.bring([await at(6), await at(6), await at(7)], { deployment: 'Heath' })
  const heath = async () => (await missing()).find(({ deployment }) => deployment?.name === 'Heath')!
  const { place, deployment } = await heath()
  assert.deepEqual(place, { photos: 3, latitude: 52.1, longitude: 5.9, spreadMetres: 1853 })
  const { latitude, longitude } = place!
  const { action } = await edit(deployment!.id, { latitude, longitude, revision: deployment!.revision })
  assert.equal((await heath()).place, null)
  await undo(action!.id)
  assert.equal((await heath()).place?.photos, 3)
})

test('a known photo takes the time of a name under which it is brought again', async () => {
  const bytes = await photo(null)
  const [first] = await service.bring([bytes], { deployment: 'Late' })
  await service.read(202, '/api/media', {
    method: 'POST',
    body: form([['20260701080000.JPG', bytes]], { deployment: 'Late' }),
  })
  assert.equal((await media(first!.id!)).capturedAt, '2026-07-01T08:00:00')
})
