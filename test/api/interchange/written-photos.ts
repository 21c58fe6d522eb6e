// Photos as an export knows them, and what a writer makes of them.

import assert from 'node:assert/strict'
import { unzipSync } from 'fflate'
import type { TaxonWords } from '../../../api/interchange/exchange/records.ts'
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
export const said = (taxon: TaxonWords, by: string, score: number | null = null): WrittenStatement => ({
  id: String(++ids),
  taxon,
  verified: score === null,
  by,
  score,
  at: '2024-06-01T10:00:00.000Z',
  speciesnetId: null,
})
export const box = (known: Partial<WrittenBox>): WrittenBox => ({
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
export const photo = (path: string, known: Partial<WrittenPhoto>): WrittenPhoto => ({
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

export const source = (photos = PHOTOS): ExportSource => ({
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

export async function written(format: string, from = source()): Promise<Record<string, Uint8Array>> {
  const writer = writerNamed(format)
  assert.ok(writer, format)
  const parts: Uint8Array[] = []
  for await (const part of writeExport(writer, from)) parts.push(part)
  const bytes = Buffer.concat(parts)
  return writer.kind === 'zip' ? unzipSync(bytes) : { [`export.${writer.kind}`]: bytes }
}
