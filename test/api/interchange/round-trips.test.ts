// Each writer's files, read again by the reader of that format: what comes back is what the format can hold.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unzipSync } from 'fflate'
import { filesInMemory } from '../../../api/interchange/exchange/file-sets.ts'
import { recognise } from '../../../api/interchange/exchange/recognise.ts'
import type { ExchangeRecord, PhotoRecord, TaxonWords } from '../../../api/interchange/exchange/records.ts'
import { writeExport, writerNamed } from '../../../api/interchange/exchange/writers/formats.ts'
import type {
  ExportSource,
  WrittenBox,
  WrittenPhoto,
  WrittenStatement,
} from '../../../api/interchange/exchange/writers/writer.ts'
import { NEW_DEPLOYMENT } from '../../../db/photos/deployments.ts'
import { NOTHING_OBSERVED } from '../../../db/photos/observations.ts'

const OCELOT: TaxonWords = {
  label: 'Leopardus pardalis',
  scientificName: 'Leopardus pardalis',
  rank: 'species',
  class: 'Mammalia',
  order: 'Carnivora',
  family: 'Felidae',
  genus: 'Leopardus',
  species: 'Leopardus pardalis',
  commonName: 'ocelot',
}
const CRAB: TaxonWords = { label: 'Brachyura', scientificName: 'Brachyura', rank: 'order', order: 'Brachyura' }

let ids = 0
const said = (taxon: TaxonWords, by: string, score: number | null = null): WrittenStatement => ({
  id: String(++ids),
  taxon,
  verified: score === null,
  by,
  score,
  at: '2024-06-01T10:00:00.000Z',
  speciesnetId: null,
})
const box = (known: Partial<WrittenBox>): WrittenBox => ({
  id: String(++ids),
  isWhole: false,
  bbox: [0.1, 0.2, 0.3, 0.4],
  kind: 'animal',
  confidence: 0.9,
  detector: 'MDV5A',
  statements: [],
  proposals: [],
  taught: known.statements?.[0]?.verified ? known.statements[0].taxon : null,
  observed: null,
  own: [],
  mark: null,
  ...known,
})
const photo = (path: string, known: Partial<WrittenPhoto>): WrittenPhoto => ({
  id: String(++ids),
  path,
  sha256: String(ids).padStart(64, '0'),
  mimeType: 'image/jpeg',
  width: 1000,
  height: 500,
  capturedAt: '2024-05-01T06:13:22',
  deployment: 'ridge 1',
  sequence: 'burst 7',
  latitude: 4.5,
  longitude: -52.25,
  hasSecret: false,
  isEmpty: false,
  favourite: false,
  notes: '',
  boxes: [],
  ...known,
})

const PHOTOS: WrittenPhoto[] = [
  photo('a/one Å.jpg', {
    boxes: [
      box({
        statements: [said(OCELOT, 'Ana'), said(OCELOT, 'Ben')],
        observed: { ...NOTHING_OBSERVED, count: 3, sex: 'female', lifeStage: 'juvenile', individual: 'F7' },
        own: [
          ['Coat', 'red | spotted'],
          ['Ticks', 4],
        ],
      }),
      box({ bbox: [0.5, 0.5, 0.25, 0.25], confidence: 0.6, proposals: [said(CRAB, 'SpeciesNet', 0.7)] }),
      box({ bbox: [0, 0, 0.1, 0.1], kind: 'person', confidence: 0.8 }),
    ],
  }),
  photo('a/two.jpg', { capturedAt: '2024-05-01T06:20:00', isEmpty: true }),
  photo('b/three.jpg', {
    deployment: 'ridge 2',
    sequence: null,
    latitude: null,
    longitude: null,
    capturedAt: '2024-05-02T23:59:59',
    boxes: [
      box({ bbox: [0, 0, 1, 1], isWhole: true, confidence: null, detector: null, statements: [said(CRAB, 'Ana')] }),
    ],
  }),
]

const deployment = (id: number, name: string) => ({
  ...NEW_DEPLOYMENT,
  id,
  name,
  revision: 1,
  station: 'ridge',
  latitude: 4.5,
  longitude: -52.25,
  startAt: '2024-04-30 00:00:00',
  endAt: '2024-05-03 00:00:00',
  camera: `camera ${id}`,
  first: '2024-05-01 06:13:22',
  last: '2024-05-02 23:59:59',
  grid: null,
})

const source = (photos = PHOTOS): ExportSource => ({
  async *photos() {
    yield* photos
  },
  deployments: [deployment(1, 'ridge 1'), deployment(2, 'ridge 2')],
  omitted: [],
  detector: { name: 'MDV5A', threshold: 0.2 },
  treeVersion: '3.1',
  timeZone: 'America/Cayenne',
  createdAt: new Date('2024-07-01T00:00:00Z'),
  photoBytes: null,
})

async function written(format: string, from = source()): Promise<Record<string, Uint8Array>> {
  const writer = writerNamed(format)
  assert.ok(writer, format)
  const parts: Uint8Array[] = []
  for await (const part of writeExport(writer, from)) parts.push(part)
  const bytes = Buffer.concat(parts)
  return writer.kind === 'zip' ? unzipSync(bytes) : { [`export.${writer.kind}`]: bytes }
}

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
