// A Camtrap DP package through two installations: what the first one writes, an empty second one writes again. And what
// exports tell of the places of sensitive taxa, and of files of every format that come after their photos.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { sql } from 'drizzle-orm'
import ExifReader from 'exifreader'
import { unzipSync } from 'fflate'
import sharp from 'sharp'
import type { Action } from '../../../api/contract/action.ts'
import type { Media } from '../../../api/contract/media.ts'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import type { EditResult } from '../../../api/contract/taxonomy.ts'
import { filesInMemory } from '../../../api/interchange/exchange/file-sets.ts'
import { recognise } from '../../../api/interchange/exchange/recognise.ts'
import { bringPath, lay } from '../../support/importing.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { openTestService, type TestService } from '../../support/service.ts'
import { SMALL_FILES } from './small-files.ts'

const folder = await mkdtemp(join(tmpdir(), 'clavis-out-and-in-'))
after(() => rm(folder, { recursive: true, force: true }))
const first = await openTestService()
const second = await openTestService()
after(async () => {
  await first.close()
  await second.close()
})

const URL = 'https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2'
const taxon = (scientificName: string, taxonRank: string) => ({ scientificName, taxonRank })
/** The second photo says itself where it was taken. */
const withPlace = async (jpeg: Uint8Array) =>
  await sharp(jpeg)
    .withExif({
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '4/1 30/1 12/1', GPSLongitudeRef: 'W', GPSLongitude: '52/1 15/1 0/1' },
    })
    .toBuffer()

const PACKAGE = {
  'datapackage.json': JSON.stringify({
    profile: `${URL}/camtrap-dp-profile.json`,
    resources: ['deployments', 'media', 'observations'].map((name) => ({ name, path: `${name}.csv` })),
    taxonomic: [
      taxon('Leopardus pardalis', 'species'),
      taxon('Danaus plexippus', 'species'),
      taxon('Felidae', 'family'),
    ],
  }),
  'deployments.csv': `deploymentID,locationName,latitude,longitude,deploymentStart,deploymentEnd,cameraID
ridge 1,ridge,4.50333,-52.25111,2024-04-30T00:00:00Z,2024-05-03T00:00:00Z,c1
valley,valley,4.71234,-52.41234,2024-04-30T00:00:00Z,2024-05-03T00:00:00Z,c2
`,
  'media.csv': `mediaID,deploymentID,timestamp,filePath,fileMediatype
m1,ridge 1,2024-05-01T06:13:22Z,a/1.jpg,image/jpeg
m2,ridge 1,2024-05-01T06:20:00Z,a/2.jpg,image/jpeg
m3,valley,2024-05-02T23:59:59Z,b/3.jpg,image/jpeg
`,
  'observations.csv': `observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,scientificName,count,lifeStage,sex,behavior,individualID,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationProbability
o1,ridge 1,m1,e1,2024-05-01T06:13:22Z,2024-05-01T06:13:22Z,media,animal,Leopardus pardalis,2,juvenile,female,resting,F7,0.1,0.1,0.4,0.4,human,Ana,
o2,ridge 1,m1,e1,2024-05-01T06:13:22Z,2024-05-01T06:13:22Z,media,animal,Leopardus pardalis,1,,,,,0.1,0.1,0.4,0.4,human,Ben,
o3,ridge 1,m1,e1,2024-05-01T06:13:22Z,2024-05-01T06:13:22Z,media,animal,Felidae,1,,,,,0.5,0.5,0.4,0.4,machine,DeepFaune,0.71
o4,ridge 1,m2,e1,2024-05-01T06:20:00Z,2024-05-01T06:20:00Z,media,blank,,,,,,,,,,,human,Ana,
o5,valley,m3,e2,2024-05-02T23:59:59Z,2024-05-02T23:59:59Z,media,animal,Danaus plexippus,1,,,,,0.2,0.2,0.5,0.5,human,Ana,
`,
}

type Cells = Record<string, string>
async function exported(service: TestService, format: string): Promise<Record<string, Uint8Array>> {
  const response = await service.ask(`/api/export?format=${format}&photos=true`)
  assert.equal(response.status, 200)
  return unzipSync(new Uint8Array(await response.arrayBuffer()))
}
const rowsOf = (files: Record<string, Uint8Array>, name: string): Cells[] =>
  parse(Buffer.from(files[name] ?? new Uint8Array()), { columns: true, bom: true })

/** Without ids, times of identifications and what the own tree guesses, which are each installation's own. */
function lasting(files: Record<string, Uint8Array>, name: string): string[] {
  const rows = rowsOf(files, name)
    .filter((row) => !row.classifiedBy?.startsWith('Clavis'))
    .map((row) => Object.entries(row).filter(([key]) => !/^(observationID|mediaID|classificationTimestamp)$/.test(key)))
  return rows.map((row) => JSON.stringify(row)).sort()
}

test('a package that was written is written equal by an empty installation that read it', async () => {
  const [one, two, three] = await Promise.all([201, 202, 203].map((seed) => drawAnimal(COLOURS.blue, { seed })))
  const photos = { 'a/1.jpg': one!, 'a/2.jpg': await withPlace(two!), 'b/3.jpg': three! }
  const { result } = await bringPath(first, await lay(join(folder, 'in'), { ...PACKAGE, ...photos }))
  assert.deepEqual([...result.leftOut], [])
  const out = await exported(first, 'camtrap-dp')
  await bringPath(second, await lay(join(folder, 'in again'), out))
  const again = await exported(second, 'camtrap-dp')
  for (const name of ['deployments.csv', 'media.csv', 'observations.csv'])
    assert.deepEqual(lasting(again, name), lasting(out, name), name)
  const observations = rowsOf(again, 'observations.csv')
  assert.equal(observations.filter((row) => row.observationLevel === 'event').length, 2)
  const said = observations.find((row) => row.individualID === 'F7' && row.observationLevel === 'media')
  assert.deepEqual([said?.count, said?.sex, said?.lifeStage, said?.behavior], ['2', 'female', 'juvenile', 'resting'])
  assert.ok(observations.some((row) => row.scientificName === 'Felidae' && row.classificationMethod === 'machine'))
})

const edit = async (command: object) =>
  await first.read<EditResult>(201, '/api/taxonomy/edits', { method: 'POST', json: { command } })
const idOf = async (name: string) =>
  (await first.read<{ items: TaxonDetail[] }>(200, `/api/taxa?q=${encodeURIComponent(name)}`)).items[0]!.id
const places = (files: Record<string, Uint8Array>) =>
  rowsOf(files, 'deployments.csv').map((row) => [row.deploymentID, row.latitude, row.longitude])

test('a box in which a person saw no animal is an animal in no format, and is listed', async () => {
  const { items } = await first.read<{ items: Media[] }>(200, '/api/media')
  const refuted = items
    .find(({ filename }) => filename === 'a/1.jpg')!
    .detections.find(({ bbox }) => bbox[0].toFixed(1) === '0.5')!
  const json = { detectionIds: [refuted.id], mark: 'notAnimal' }
  const { action } = await first.read<{ action: Action }>(201, '/api/marks', { method: 'POST', json })
  const written = async (format: string) => await (await first.ask(`/api/export?format=${format}`)).json()
  const megadetector = (await written('megadetector')) as { images: { file: string; detections: unknown[] }[] }
  assert.equal(megadetector.images.find(({ file }) => file === 'a/1.jpg')?.detections.length, 1)
  const coco = (await written('coco')) as { annotations: { bbox: number[] }[] }
  assert.equal(coco.annotations.length, 3)
  const files = await exported(first, 'camtrap-dp')
  const leftOut = new TextDecoder().decode(files['left-out.csv'])
  assert.match(leftOut, /a\/1\.jpg,1 of its boxes: a person said that there is no animal/)
  await first.read(200, `/api/actions/${action.id}/undo`, { method: 'POST', json: {} })
})

test('coordinates of sensitive taxa are rounded in every export, with the list of them, until the rule is undone', async () => {
  const exact = [
    ['ridge 1', '4.50333', '-52.25111'],
    ['valley', '4.71234', '-52.41234'],
  ]
  assert.deepEqual(places(await exported(first, 'camtrap-dp')), exact)
  // The rule of a family counts for its species.
  const family = await first.read<TaxonDetail>(200, `/api/taxa/${await idOf('Leopardus')}`)
  const { edit: made } = await edit({ kind: 'setPlaceRule', id: family.id, placeRule: '0.1' })
  const files = await exported(first, 'camtrap-dp')
  assert.deepEqual(places(files), [['ridge 1', '4.5', '-52.3'], exact[1]])
  assert.match(
    new TextDecoder().decode(files['left-out.csv']),
    /deployment ridge 1,Its coordinates are rounded to 0\.1°/,
  )
  const file = ExifReader.load(Buffer.from(files['a/2.jpg']!))
  assert.equal(file.GPSLatitude, undefined)
  const table = parse(await (await first.ask('/api/export.csv')).text(), { columns: true }) as Cells[]
  assert.ok(table.filter((row) => row.filename === 'a/2.jpg').every((row) => row.latitude === '4.5'))
  await first.read(201, `/api/taxonomy/edits/${made?.id}/undo`, { method: 'POST', json: {} })
  assert.deepEqual(places(await exported(first, 'camtrap-dp')), exact)
})

test('where places are hidden, formats that need them leave the photos out, and others the coordinates', async () => {
  const id = await idOf('Leopardus pardalis')
  await edit({ kind: 'setPlaceRule', id, placeRule: 'hidden' })
  const files = await exported(first, 'camtrap-dp')
  assert.deepEqual(
    rowsOf(files, 'media.csv').map((row) => row.fileName),
    ['a/2.jpg', 'b/3.jpg'],
  )
  assert.match(new TextDecoder().decode(files['left-out.csv']), /a\/1\.jpg,"It shows a taxon whose places are hidden/)
  const archive = await exported(first, 'dwca')
  assert.deepEqual(
    rowsOf(archive, 'occurrence.csv').map((row) => [row.locationID, row.decimalLatitude]),
    [
      ['ridge 1', ''],
      ['ridge 1', ''],
      ['valley', '4.71234'],
    ],
  )
  const stations = rowsOf(await exported(first, 'camtrapr'), 'stationTable.csv')
  assert.deepEqual(
    stations.map((row) => [row.Station, row.latitude]),
    [
      ['ridge 1', ''],
      ['valley', '4.71234'],
    ],
  )
  await edit({ kind: 'setPlaceRule', id, placeRule: null })
})

/** What is said of the photos of each folder. */
async function saidOf(service: TestService): Promise<Map<string, string[]>> {
  const { rows } = await service.db.execute<Record<string, unknown> & { folder: string }>(
    sql`select split_part(m.filename, '/', 1) as folder, m.filename, d.x, d.y, d.kind, d.source, d.mark, i.taxon_id, i.person,
          i.proposal, i.withdrawn_at is null as stands
        from media m left join detection d on d.media_id = m.id left join identification i on i.detection_id = d.id`,
  )
  const said = new Map<string, string[]>()
  for (const row of rows) said.set(row.folder, [...(said.get(row.folder) ?? []), JSON.stringify(row)].sort())
  return said
}

test('of every format: a file that comes after its photos says something of them, and once only', async () => {
  const files = Object.fromEntries(
    SMALL_FILES.flatMap(({ reader, files: own }) =>
      Object.entries(own).map(([path, text]) => [`${reader}/${path}`, text]),
    ),
  )
  const set = filesInMemory(files)
  let seed = 300
  const root = join(folder, 'photos of all formats')
  for (const { reader, paths } of await recognise(set))
    for await (const record of reader.read(set, paths, {})) {
      if (record.type !== 'photo') continue
      const path = record.path.replace(/^C:\//, '').replace(`${reader.name}/`, '')
      const name = `${reader.name}/${path}${record.withoutEnding ? '.jpg' : ''}`
      await lay(root, { [name]: await drawAnimal(COLOURS.green, { seed: seed++ }) })
    }
  await bringPath(first, root)
  const before = await saidOf(first)
  const late = await lay(join(folder, 'late'), files)
  const { plan } = await bringPath(first, late)
  assert.deepEqual(plan?.counts, { here: 0, known: seed - 300, missing: 0 })
  const after = await saidOf(first)
  for (const { reader } of SMALL_FILES) assert.notDeepEqual(after.get(reader), before.get(reader), reader)
  await bringPath(first, late)
  assert.deepEqual(await saidOf(first), after)
})
