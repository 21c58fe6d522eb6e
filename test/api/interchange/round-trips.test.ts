// Each writer's files, read again by the reader of that format: what comes back is what the format can hold.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { SaxesParser } from 'saxes'
import { filesInMemory } from '../../../api/interchange/exchange/file-sets.ts'
import { recognise } from '../../../api/interchange/exchange/recognise.ts'
import type { ExchangeRecord, PhotoRecord } from '../../../api/interchange/exchange/records.ts'
import { WRITERS } from '../../../api/interchange/exchange/writers/formats.ts'
import { box, photo, said, source, written } from './written-photos.ts'

async function readAgain(format: string): Promise<ExchangeRecord[]> {
  const files = filesInMemory(await written(format))
  const [found, ...others] = await recognise(files)
  assert.ok(found, format)
  assert.equal(others.length, 0)
  const records: ExchangeRecord[] = []
  for await (const record of found.reader.read(files, found.paths, {})) records.push(record)
  return records
}

/** What a file says of a photo, in words that are easy to compare. */
function facts({ path, deployment: at, capturedAt, group, empty, boxes, statements, observed }: PhotoRecord) {
  const sayings = (all: PhotoRecord['statements']) =>
    all.map(({ taxon, verified, by, score }) =>
      `${taxon.label} ${verified ? 'by' : 'proposed by'} ${by} ${score ?? ''}`.trim(),
    )
  return {
    path,
    ...(at !== null && { deployment: at }),
    ...(capturedAt !== null && { at: capturedAt.replace(' ', 'T').slice(0, 19) }),
    ...(group !== null && { group }),
    ...(empty !== null && { empty: empty.verified }),
    boxes: boxes.map((one) => [
      one.kind,
      one.bbox.map((n) => n.toFixed(3)).join(' '),
      one.confidence?.toFixed(2) ?? null,
      ...sayings(one.statements),
      ...(one.observed ? [Object.values(one.observed).filter((value) => value !== null)] : []),
    ]),
    ...(statements.length > 0 && { whole: sayings(statements) }),
    ...(observed && { observed }),
  }
}

const photosOf = (records: ExchangeRecord[]) => records.filter((one) => one.type === 'photo').map(facts)

test('camtrap-dp: everything that people and machines said, who, when, where, counts, sex, life stage and individuals', async () => {
  const records = await readAgain('camtrap-dp')
  assert.deepEqual(photosOf(records), [
    {
      path: 'a/one Å.jpg',
      deployment: 'ridge 1',
      at: '2024-05-01T06:13:22',
      group: 'burst 7',
      boxes: [
        [
          'animal',
          '0.100 0.200 0.300 0.400',
          '0.90',
          'Leopardus pardalis by Ana',
          'Leopardus pardalis by Ben',
          [3, 'female', 'juvenile', 'F7', { Coat: 'red   spotted', Ticks: '4' }],
        ],
        ['animal', '0.500 0.500 0.250 0.250', '0.60', 'Brachyura proposed by SpeciesNet 0.7'],
        ['person', '0.000 0.000 0.100 0.100', '0.80'],
      ],
    },
    {
      path: 'a/two.jpg',
      deployment: 'ridge 1',
      at: '2024-05-01T06:20:00',
      group: 'burst 7',
      empty: true,
      boxes: [],
    },
    {
      path: 'b/three.jpg',
      deployment: 'ridge 2',
      at: '2024-05-02T23:59:59',
      boxes: [],
      whole: ['Brachyura by Ana'],
    },
  ])
  const deployments = records.filter((one) => one.type === 'deployment')
  assert.deepEqual(
    deployments.map(({ name, station, latitude, longitude, start, camera }) => [
      name,
      station,
      latitude,
      longitude,
      start,
      camera,
    ]),
    [
      ['ridge 1', 'ridge', 4.5, -52.25, '2024-04-30T00:00:00-03:00', 'camera 1'],
      ['ridge 2', 'ridge', 4.5, -52.25, '2024-04-30T00:00:00-03:00', 'camera 2'],
    ],
  )
  // The product's own events, which add nothing to what rows of photos say.
  const events = records.filter((one) => one.type === 'event')
  assert.deepEqual(
    events.map(({ id, deployment: at, count, statements }) => [id, at, count, statements[0]?.taxon.label]),
    [
      ['event-1', 'ridge 1', 3, 'Leopardus pardalis'],
      ['event-2', 'ridge 2', 1, 'Brachyura'],
    ],
  )
})

const OF_BOXES = {
  megadetector: ['Leopardus pardalis by null', 'Brachyura proposed by null 0.7'],
  coco: ['Leopardus pardalis by null', 'Brachyura proposed by null 0.7'],
  'coco-camera-traps': ['Leopardus pardalis by null', 'Brachyura proposed by null 0.7'],
  yolo: ['Leopardus pardalis by null'],
  cvat: ['Leopardus pardalis by null', 'Brachyura proposed by null'],
  'label-studio': ['Leopardus pardalis by Ana', 'Leopardus pardalis by Ben', 'Brachyura proposed by SpeciesNet 0.7'],
  fiftyone: ['Leopardus pardalis by null', 'Brachyura proposed by null 0.7'],
}

for (const [format, names] of Object.entries(OF_BOXES))
  test(`${format}: boxes with their names, people's and machines' apart`, async () => {
    const photos = photosOf(await readAgain(format))
    const one = photos.find(({ path }) => path.endsWith('one Å.jpg') || path.endsWith('one Å'))
    assert.ok(one)
    assert.deepEqual(
      one.boxes.slice(0, names.length > 1 ? 2 : 1).map((found) => [found[0], found[1]]),
      [
        ['animal', '0.100 0.200 0.300 0.400'],
        ['animal', '0.500 0.500 0.250 0.250'],
      ].slice(0, names.length > 1 ? 2 : 1),
    )
    assert.deepEqual(
      one.boxes.flatMap((found) => found.slice(3)),
      names,
    )
    const kinds = one.boxes.map(([kind]) => kind)
    assert.ok(kinds.includes('person'), String(kinds))
  })

const OF_PHOTOS = {
  dwca: { named: 2, proposed: 1 },
  'wildlife-insights': { named: 2, proposed: 1 },
  camtrapr: { named: 2, proposed: 1 },
  xmp: { named: 2, proposed: 0 },
}

for (const [format, { named, proposed }] of Object.entries(OF_PHOTOS))
  test(`${format}: names of whole photos`, async () => {
    const photos = photosOf(await readAgain(format))
    const all = photos.flatMap(({ path, whole }) => (whole ?? []).map((text) => `${path.split('/').at(-1)} ${text}`))
    assert.equal(all.filter((text) => / by /.test(text) && !/proposed/.test(text)).length, named, all.join('\n'))
    assert.equal(all.filter((text) => /proposed/.test(text)).length, proposed, all.join('\n'))
    assert.ok(all.some((text) => /^one Å.jpg Leopardus pardalis by/.test(text)))
  })

const HOSTILE = `=cmd|' /C calc'!A0 <script>alert(1)</script> <img src=x onerror=alert(2)> "'&]]>--> {{7*7}}`

test('hostile names stay text in every format', async () => {
  const taxon = { label: HOSTILE, scientificName: HOSTILE, species: HOSTILE, genus: HOSTILE, commonName: HOSTILE }
  const boxes = [box({ statements: [said(taxon, HOSTILE)], detector: HOSTILE, own: [[HOSTILE, HOSTILE]] })]
  const hostile = [photo(`${HOSTILE.replaceAll('/', '')}.jpg`, { boxes, notes: HOSTILE, sequence: HOSTILE })]
  for (const { name } of WRITERS) {
    const files = await written(name, source(hostile))
    assert.ok(Object.keys(files).length > 0, name)
    for (const [path, bytes] of Object.entries(files)) {
      const text = new TextDecoder().decode(bytes)
      const of = `${name}: ${path}`
      if (/\.(xml|xmp)$/.test(path)) {
        assert.doesNotThrow(() => new SaxesParser().write(text).close(), of)
        assert.doesNotMatch(text, /<(script|img)/, of)
      } else if (/json$/.test(path)) assert.doesNotThrow(() => JSON.parse(text), of)
      else if (/csv$/.test(path))
        for (const cell of (parse(text, { bom: true, relax_column_count: true }) as string[][]).flat())
          assert.ok(!/^[=+@\t\r]|^-(?![\d.]+$)/.test(cell), `${of}: ${cell}`)
    }
  }
})

test('a box that a person drew has a confidence that MegaDetector’s validator takes for a float', async () => {
  const drawn = source([photo('a.jpg', { boxes: [box({ confidence: null })] })])
  const [bytes] = Object.values(await written('megadetector', drawn))
  assert.match(new TextDecoder().decode(bytes), /"conf":1\.0,/)
})
