// What other programs wrote, brought into a running service, and written again.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { unzipSync } from 'fflate'
import sharp from 'sharp'
import type { Detection } from '../../../api/contract/detection.ts'
import type { Reading } from '../../../api/contract/exchange/reading.ts'
import type { DetectionDetail, Media } from '../../../api/contract/media.ts'
import { filesInMemory } from '../../../api/interchange/exchange/file-sets.ts'
import { recognise } from '../../../api/interchange/exchange/recognise.ts'
import type { PhotoRecord } from '../../../api/interchange/exchange/records.ts'
import { bringPath, lay as layAt } from '../../support/importing.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { openServiceWith } from '../../support/service.ts'

const { service } = await openServiceWith(['Danaus plexippus'], { maxPhotoBytes: 200_000 })
const folder = await mkdtemp(join(tmpdir(), 'clavis-exchange-'))
after(() => rm(folder, { recursive: true, force: true }))

const lay = async (name: string, files: Record<string, string | Uint8Array>) => await layAt(join(folder, name), files)
const bring = async (path: string) => await bringPath(service, path)

async function detectionsOf(path: string): Promise<(Detection & { said: DetectionDetail['identifications'] })[]> {
  const { items } = await service.read<{ items: Media[] }>(200, '/api/media?limit=200')
  const media = items.find((one) => one.filename === path)
  assert.ok(media, path)
  const details = await Promise.all(
    media.detections.map((one) => service.read<DetectionDetail>(200, `/api/detections/${one.id}`)),
  )
  return details.map(({ media: _, identifications, ...one }) => ({
    ...one,
    said: identifications.filter((i) => i.withdrawnAt === null),
  }))
}

const megadetector = (images: unknown[]) =>
  JSON.stringify({
    info: { format_version: '1.6', detector: 'md_v5a', classifier: 'SpeciesNet' },
    detection_categories: { 1: 'animal', 2: 'person', 3: 'vehicle' },
    classification_categories: { 0: 'ocelot', 1: 'monarch' },
    classification_category_descriptions: {
      0: 'x;mammalia;carnivora;felidae;leopardus;pardalis;ocelot',
      1: 'y;insecta;lepidoptera;nymphalidae;danaus;plexippus;monarch',
    },
    images,
  })

const image = (file: string, verified: boolean) => ({
  file,
  detections: [
    { category: '1', conf: 0.9, bbox: [0.1, 0.1, 0.4, 0.4], classifications: [['0', 0.8]], verified },
    { category: '1', conf: 0.5, bbox: [0.5, 0.5, 0.4, 0.4], classifications: [['1', 0.6]] },
    { category: '2', conf: 0.7, bbox: [0, 0, 0.1, 0.1] },
    { category: '1', conf: 0.05, bbox: [0.2, 0.2, 0.1, 0.1] },
  ],
})

test('boxes of another detector, what people verified, and proposals of machines', async () => {
  const photo = await drawAnimal(COLOURS.blue, { seed: 101 })
  const root = await lay('md', {
    'a/1.jpg': photo,
    'results.json': megadetector([image('C:\\traps\\a\\1.jpg', true), image('C:\\traps\\a\\gone.jpg', false)]),
  })
  const { plan } = await bring(root)
  assert.deepEqual(plan?.counts, { here: 1, known: 0, missing: 1 })
  assert.match(
    [...(plan?.leftOut ?? [])].map(({ what, why }) => `${what}: ${why}`).join('\n'),
    /gone\.jpg: There is no such photo/,
  )
  const found = await detectionsOf('a/1.jpg')
  assert.deepEqual(
    found.map(({ kind, source, detector, confidence }) => [kind, source, detector, confidence?.toFixed(1)]),
    [
      ['animal', 'imported', 'md_v5a', '0.9'],
      ['animal', 'imported', 'md_v5a', '0.5'],
      ['person', 'imported', 'md_v5a', '0.7'],
    ],
  )
  assert.equal(found[0]?.taxon?.name, 'Leopardus pardalis')
  assert.deepEqual(
    found[0]?.said.map(({ person, proposal }) => [person, proposal]),
    [['import:md', false]],
  )
  assert.equal(found[1]?.taxon, null)
  assert.deepEqual(
    found[1]?.said.map(({ taxon, proposal, basis }) => [taxon.name, proposal, basis.model, basis.score]),
    [['Danaus plexippus', true, 'SpeciesNet', 0.6]],
  )
  // The same again brings nothing new.
  await bring(root)
  // The tree may have learned meanwhile, so its summaries are not compared.
  const lasting = (all: typeof found) => all.map(({ id, bbox, taxon, said }) => ({ id, bbox, taxon, said }))
  assert.deepEqual(lasting(await detectionsOf('a/1.jpg')), lasting(found))
})

test('results that come after their photos, beside no photo at all', async () => {
  const photo = await drawAnimal(COLOURS.red, { seed: 102 })
  await bring(await lay('first', { 'cam/late.jpg': photo }))
  const { plan } = await bring(
    join(await lay('later', { 'md.json': megadetector([image('cam/late.jpg', false)]) }), 'md.json'),
  )
  assert.deepEqual(plan?.counts, { here: 0, known: 1, missing: 0 })
  const found = await detectionsOf('cam/late.jpg')
  assert.deepEqual(
    found.map(({ source, said }) => [source, said.length]),
    [
      ['imported', 1],
      ['imported', 1],
      ['imported', 0],
    ],
  )
  assert.ok(found.every(({ taxon }) => taxon === null))
})

test('a row of a table keeps its own box and its own label', async () => {
  const photo = await drawAnimal(COLOURS.red, { seed: 103 })
  const root = await lay('rows', {
    'two.jpg': photo,
    'l.csv':
      'path,class,species,bboxes\ntwo.jpg,Mammalia,Equus quagga,0.1 0.1 0.3 0.3\ntwo.jpg,Mammalia,Panthera leo,0.6 0.6 0.3 0.3\ntwo.jpg,Mammalia,Giraffa,\n',
  })
  await bring(join(root, 'l.csv'))
  const found = await detectionsOf('two.jpg')
  assert.deepEqual(
    found.map(({ taxon }) => taxon?.name),
    ['Equus quagga', 'Panthera leo'],
  )
})

test('a photo that lies in two folders of labels is named', async () => {
  const photo = await drawAnimal(COLOURS.red, { seed: 104 })
  const root = await lay('dup', { 'Aglais_io/d.jpg': photo, 'Danaus_plexippus/d.jpg': photo })
  const { result } = await bring(root)
  assert.match(
    [...result.leftOut].map(({ what, why }) => `${what}: ${why}`).join('\n'),
    /Danaus_plexippus\/d\.jpg: It is the same photo as Aglais_io\/d\.jpg/,
  )
})

test('two people of one file are two, and several taxa of one photo are only proposed', async () => {
  const [one, two] = await Promise.all([105, 106].map((seed) => drawAnimal(COLOURS.blue, { seed })))
  const box = (label: string) => [
    { id: 'r', type: 'rectanglelabels', value: { x: 10, y: 10, width: 50, height: 50, rectanglelabels: [label] } },
  ]
  const root = await lay('people', {
    'p/one.jpg': one!,
    'p/two.jpg': two!,
    'tasks.json': JSON.stringify([
      {
        id: 1,
        data: { image: '/data/local-files/?d=p/one.jpg' },
        annotations: [
          { completed_by: 1, result: box('Aglais io') },
          { completed_by: 2, result: box('Danaus plexippus') },
        ],
      },
    ]),
    't.csv':
      'RootFolder,File,RelativePath,DateTime,DeleteFlag,Species\nr,two.jpg,p,2020-01-01 00:00:00,false,Aglais io\nr,two.jpg,p,2020-01-01 00:00:00,false,Danaus plexippus\n',
  })
  await bring(root)
  const boxes = await detectionsOf('p/one.jpg')
  assert.deepEqual(boxes.flatMap(({ said }) => said.map(({ person }) => person)).sort(), [
    'import:people: user 1',
    'import:people: user 2',
  ])
  const whole = await detectionsOf('p/two.jpg')
  assert.equal(new Set(whole.flatMap(({ said }) => said.map(({ taxon }) => taxon.name))).size, 2)
  assert.deepEqual([...new Set(whole.map(({ taxon }) => taxon))], [null])
})

test('the page asks what files hold before it sends anything', async () => {
  const body = new FormData()
  body.set('paths', JSON.stringify(['drop/x/1.jpg']))
  body.append('file', new Blob([megadetector([image('x/1.jpg', true), image('cam/late.jpg', true)])]), 'drop/md.json')
  const reading = await service.read<Reading>(200, '/api/imports/read', { method: 'POST', body })
  assert.deepEqual(
    reading.formats.map(({ name, version }) => [name, version]),
    [['megadetector', '1.6']],
  )
  assert.deepEqual(
    reading.photos.map(({ path }) => path),
    ['drop/x/1.jpg'],
  )
  assert.equal(reading.known.length, 1)
  assert.deepEqual(reading.names.map(({ label, becomes }) => [label, becomes]).sort(), [
    ['monarch', 'known'],
    ['ocelot', 'known'],
  ])
  const broken = new FormData()
  broken.append('file', new Blob(['{"detection_categories": {']), 'md.json')
  const refused = await service.ask('/api/imports/read', { method: 'POST', body: broken })
  assert.equal(refused.status, 422)
})

async function exported(format: string): Promise<PhotoRecord[]> {
  const response = await service.ask(`/api/export?format=${format}`)
  assert.equal(response.status, 200)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const files = bytes[0] === 0x50 ? unzipSync(bytes) : { [bytes[0] === 0x3c ? 'export.xml' : 'export.json']: bytes }
  const set = filesInMemory(files)
  const [found] = await recognise(set)
  assert.ok(found, format)
  const photos: PhotoRecord[] = []
  for await (const record of found.reader.read(set, found.paths, {})) if (record.type === 'photo') photos.push(record)
  return photos
}

for (const format of ['megadetector', 'coco', 'coco-camera-traps', 'yolo', 'cvat', 'label-studio', 'fiftyone'])
  test(`${format}: written and read again, boxes and names are the same`, async () => {
    const photos = await exported(format)
    const photo = photos.find(({ path }) => /(^|\/)a\/1(\.jpg)?$/.test(path))
    const named = photo?.boxes.flatMap(({ bbox, statements }) =>
      statements.filter((one) => one.verified).map((one) => [bbox.map((n) => n.toFixed(2)), one.taxon.label]),
    )
    assert.deepEqual(named, [[['0.10', '0.10', '0.40', '0.40'], 'Leopardus pardalis']])
  })

test('Darwin Core, XMP and camtrapR tables are written and read again', async () => {
  const occurrences = await exported('dwca')
  assert.ok(
    occurrences.some(({ statements }) =>
      statements.some((one) => one.verified && one.taxon.label === 'Leopardus pardalis'),
    ),
  )
  const tags = await exported('xmp')
  const first = tags.find(({ path }) => path === 'a/1.jpg')
  assert.deepEqual(
    first?.statements.map(({ taxon }) => taxon.label),
    ['Leopardus pardalis'],
  )
  assert.equal((await service.ask('/api/export?format=camtrapr')).status, 200)
})

test('Camtrap DP: what has no time or place is listed, and what has both is written', async () => {
  const response = await service.ask('/api/export?format=camtrap-dp')
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()))
  assert.match(new TextDecoder().decode(files['left-out.csv']), /It has no time\./)
  assert.ok(files['datapackage.json'])
})

test('an export follows the filter, and refuses an unknown format', async () => {
  const response = await service.ask('/api/export?format=megadetector&state=identified&kind=animal')
  const json = (await response.json()) as { images: { detections: unknown[] }[] } // as the format has it
  assert.ok(json.images.every(({ detections }) => detections.length > 0))
  assert.equal((await service.ask('/api/export?format=nothing')).status, 400)
})

test('the table follows the filter too', async () => {
  const all = await (await service.ask('/api/export.csv')).text()
  const named = await (await service.ask('/api/export.csv?state=identified')).text()
  const rows = (text: string) => text.trim().split('\n').length - 1
  assert.ok(rows(named) > 0 && rows(named) < rows(all), `${rows(named)} of ${rows(all)}`)
})

test('boxes of a picture of another shape are left out and said, and their labels are kept', async () => {
  const [turned, same] = await Promise.all([110, 111].map((seed) => drawAnimal(COLOURS.blue, { seed })))
  const annotation = (id: number) => ({
    id,
    image_id: id,
    category_id: 1,
    bbox: [10, 10, 20, 20],
    area: 400,
    iscrowd: 0,
  })
  const { width = 0, height = 0 } = await sharp(turned).metadata()
  const root = await lay('shapes', {
    's/turned.jpg': turned!,
    's/same.jpg': same!,
    'coco.json': JSON.stringify({
      images: [
        { id: 1, file_name: 's/turned.jpg', width: 300, height: 400 },
        { id: 2, file_name: 's/same.jpg', width: width * 2, height: height * 2 },
      ],
      annotations: [annotation(1), annotation(2)],
      categories: [{ id: 1, name: 'Danaus plexippus' }],
    }),
  })
  const { result } = await bring(root)
  assert.match(
    [...result.leftOut].map(({ what, why }) => `${what}: ${why}`).join('\n'),
    /turned\.jpg: Its box was measured in a picture of 300 × 400/,
  )
  const boxes = await Promise.all(['s/turned.jpg', 's/same.jpg'].map(detectionsOf))
  assert.deepEqual(
    boxes.map((all) => all.map(({ taxon, source }) => [taxon?.name, source === 'imported' || source === 'person'])),
    [[['Danaus plexippus', false]], [['Danaus plexippus', true]]],
  )
})
