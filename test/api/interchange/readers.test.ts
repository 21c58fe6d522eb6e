// Readers of other programs' formats against small files made by hand, and against thousands of ways to damage those.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { taxonWordsSchema } from '../../../api/contract/exchange/findings.ts'
import { photoFactsSchema } from '../../../api/contract/exchange/import.ts'
import { pathsSchema } from '../../../api/contract/exchange/reading.ts'
import { newDeploymentSchema } from '../../../api/contract/survey/deployment.ts'
import { ExchangeError } from '../../../api/interchange/exchange/exchange-error.ts'
import { filesInMemory } from '../../../api/interchange/exchange/file-sets.ts'
import { newDeployment } from '../../../api/interchange/exchange/new-deployment.ts'
import { planPhotos } from '../../../api/interchange/exchange/plan-photos.ts'
import { READERS, recognise } from '../../../api/interchange/exchange/recognise.ts'
import type { ExchangeRecord } from '../../../api/interchange/exchange/records.ts'
import { harmlessCell, restoreCell, tableRows } from '../../../api/interchange/exchange/table-rows.ts'
import { readOwnTables } from '../../../api/photos/exchange/own-tables.ts'
import { SMALL_FILES } from './small-files.ts'

async function readAll(
  files: Record<string, string | Uint8Array>,
): Promise<{ readers: string[]; records: ExchangeRecord[] }> {
  const set = filesInMemory(files)
  const found = await recognise(set)
  const records: ExchangeRecord[] = []
  for (const { reader, paths } of found) for await (const record of reader.read(set, paths, {})) records.push(record)
  return { readers: found.map(({ reader }) => reader.name), records }
}

test('every reader has a small file', () => {
  assert.deepEqual(SMALL_FILES.map((one) => one.reader).sort(), READERS.map((one) => one.name).sort())
})

for (const { reader, files, photos, boxes, verified } of SMALL_FILES)
  test(`${reader}: a small file is recognised by its content, and read whole`, async () => {
    const { readers, records } = await readAll(files)
    assert.deepEqual(readers, [reader])
    const found = records.filter((one) => one.type === 'photo')
    assert.equal(found.length, photos)
    assert.equal(found.flatMap((one) => one.boxes).length, boxes)
    const said = found.flatMap((one) => [...one.statements, ...one.boxes.flatMap((box) => box.statements)])
    assert.equal(said.filter((one) => one.verified).length, verified)
  })

/** Ways to damage a text: cut, doubled, other signs, other numbers. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  with: fc.oneof(
    fc.constantFrom(
      '',
      '"',
      '{',
      '[',
      ']',
      '}',
      ',',
      '<',
      '>',
      '&',
      '\n',
      '\0',
      '\uD800',
      '-1e999',
      'null',
      '9'.repeat(400),
      '../../x',
      'é',
      '\uFEFF',
      '\\u0000',
      '\\ud800',
      'x'.repeat(6000),
    ),
    fc.string({ maxLength: 12 }),
  ),
})
const damaged = (text: string, ways: { at: number; length: number; with: string }[]) =>
  ways.reduce((now, way) => {
    const start = Math.floor(way.at * now.length)
    return now.slice(0, start) + way.with + now.slice(start + way.length)
  }, text)

/** Everything that an import would send is what the service takes, so that it does not end in the middle. */
async function checkPlan(files: Record<string, string>, photos: string[]): Promise<void> {
  const set = filesInMemory(files)
  const recognised = await recognise(set)
  const found = await planPhotos(set, recognised, photos, { boxes: true })
  for (const { path, facts } of found.photos) photoFactsSchema.parse({ ...facts, path })
  for (const { path, withoutEnding, facts } of found.missing) {
    pathsSchema.parse({ paths: [{ path, withoutEnding }] })
    photoFactsSchema.parse({ ...facts, path })
  }
  for (const deployment of found.deployments) newDeploymentSchema.parse(newDeployment(deployment))
  for (const { words } of found.names) taxonWordsSchema.parse(words)
  found.close()
}

for (const { reader, files } of SMALL_FILES)
  test(`${reader}: a damaged file gives records or a sentence, never a crash`, async () => {
    const names = Object.keys(files)
    const whole = (await readAll(files)).records.flatMap((one) => (one.type === 'photo' ? [one.path] : []))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(names.length - 1),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        async (which, ways) => {
          const name = names[which]!
          try {
            const bad = { ...files, [name]: damaged(files[name] ?? '', ways) }
            for (const record of (await readAll(bad)).records) if (record.type === 'photo') checkPhoto(record)
            await checkPlan(bad, whole.slice(1))
          } catch (error) {
            if (!(error instanceof ExchangeError)) throw error
            assert.match(error.message, /[.)]$/)
          }
        },
      ),
      { seed: 15, numRuns: 150 },
    )
  })

test('a damaged table of this service gives facts that the service takes, or says why not', async () => {
  const table = 'path;species;bboxes;count;notes\na.jpg;Canis lupus;0.1 0.1 0.2 0.2;2;"x\ny"\nb.jpg;Vulpes vulpes;;;\n'
  const choices = { labelling: 'guess' as const, ignoreBoxes: false, splits: [] }
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (ways) => {
      const read = await readOwnTables(filesInMemory({ 't.csv': damaged(table, ways) }), ['a.jpg', 'b.jpg'], choices)
      for (const facts of read.photos.values()) photoFactsSchema.parse(facts)
      for (const { words } of read.names) taxonWordsSchema.parse(words)
    }),
    { seed: 15, numRuns: 150 },
  )
})

/** Whatever a file says, a box lies in its photo and a score is a share. */
function checkPhoto(record: ExchangeRecord & { type: 'photo' }): void {
  for (const { bbox, confidence } of record.boxes) {
    const [x, y, width, height] = bbox
    assert.ok(
      x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1.000001 && y + height <= 1.000001,
      String(bbox),
    )
    assert.ok(confidence === null || (confidence >= 0 && confidence <= 1))
  }
}

test('a cell that a spreadsheet would compute is made harmless, and comes back as it was', () => {
  assert.equal(harmlessCell('=1+1'), "'=1+1")
  assert.equal(harmlessCell('@SUM(A1)'), "'@SUM(A1)")
  assert.equal(harmlessCell('-12.5'), '-12.5')
  fc.assert(fc.property(fc.string(), (text) => restoreCell(harmlessCell(text)) === text || text.startsWith("'")))
})

test('a word after a closing quote costs no other row', async () => {
  const table = 'path;species\nb.jpg;"Aglais" io\na.jpg;"Danaus; x" \nc.jpg; Vulpes \n'
  const rows: unknown[] = []
  for await (const row of tableRows(filesInMemory({ t: table }).open('t'))) rows.push({ ...row })
  assert.deepEqual(rows, [
    { path: 'b.jpg', species: '"Aglais" io' },
    { path: 'a.jpg', species: 'Danaus; x' },
    { path: 'c.jpg', species: 'Vulpes' },
  ])
})

test('tables of other programs are read however spreadsheets and people wrote their headers', async () => {
  const gbif = {
    'g.csv': 'occurrenceID,basisOfRecord,scientificName,decimalLatitude,associatedMedia\no1,X,Canis lupus,1.5,g1.jpg\n',
  }
  const tables = [...SMALL_FILES, { reader: 'dwca', files: gbif }].filter(
    ({ files }) => !('meta.xml' in files) && Object.keys(files).some((name) => name.endsWith('.csv')),
  )
  assert.equal(tables.length, 6)
  const words = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1 $2')
  const headers: ((name: string) => string)[] = [
    (name) => name.toUpperCase(),
    (name) => words(name).replaceAll('_', ' '),
    (name) => ` "${words(name).toLowerCase().replace(/[_ ]/g, '-')}" `,
    (name) => `${name.replaceAll('_', '').toLowerCase()}\u00a0`,
  ]
  const above = ['', '# from the field laptop; Ana, 2024\n\n', 'Camera traps 2024;;;\nObserver;Ana\n', '\ufeff//x\r\n']
  const comma = (text: string) => (/^-?\d+\.\d+$/.test(text) ? text.replace('.', ',') : text)
  for (const { reader, files } of tables) {
    const expected = (await readAll(files)).records
    for (const [i, header] of headers.entries()) {
      const written = Object.entries(files).map(([name, text]) => {
        if (!name.endsWith('.csv')) return [name, text]
        const [first = '', ...rows] = text.trimEnd().split('\n')
        const lines = [first.split(',').map(header), ...rows.map((row) => row.split(',').map(comma))]
        return [name, above[i] + lines.map((cells) => cells.join(';')).join('\r\n')]
      })
      const read = await readAll(Object.fromEntries(written))
      assert.deepEqual(read, { readers: [reader], records: expected }, `${reader}, header ${i}`)
    }
  }
})

test('keywords of IPTC and dc:subject are read where they are written with their branch', async () => {
  const keyword = (text: string) => Buffer.concat([Buffer.from([0x1c, 2, 25, 0, text.length]), Buffer.from(text)])
  const sized = (bytes: Buffer) =>
    Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes, Buffer.alloc(bytes.length % 2)])
  const data = Buffer.concat([keyword('ridge'), keyword('Species|Ocelot')])
  const block = Buffer.concat([Buffer.from('Photoshop 3.0\0'), Buffer.from('8BIM\x04\x04\0\0', 'latin1'), sized(data)])
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xed, 0, block.length + 2])
  const iptc = Buffer.concat([head, block, Buffer.from([0xff, 0xda, 0, 2, 0xff, 0xd9])])
  const xmp =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>ridge</rdf:li><rdf:li>Species/Puma</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>'
  const { readers, records } = await readAll({ 'a.jpg': iptc, 'b.jpg.xmp': xmp })
  assert.deepEqual(readers, ['keywords'])
  const said = records.flatMap((one) =>
    one.type === 'photo' ? one.statements.map(({ taxon }) => [one.path, taxon.label]) : [],
  )
  assert.deepEqual(said.sort(), [
    ['a.jpg', 'Ocelot'],
    ['b.jpg', 'Puma'],
  ])
})

test('a box without area is said to be lost, and what it names is kept', async () => {
  const flat = [0.2, 0.2, 0, 0.4]
  const files: Record<string, unknown> = {
    speciesnet: {
      predictions: [
        {
          filepath: 'a.jpg',
          detections: [
            { label: 'animal', conf: 0.9, bbox: flat },
            { label: 'animal', conf: 0.8, bbox: [1.2, 0, 0.1, 0.1] },
          ],
          prediction: 'x;mammalia;carnivora;canidae;vulpes;vulpes;red fox',
          prediction_score: 0.9,
        },
      ],
    },
    megadetector: {
      info: { format_version: '1.6', detector: 'd' },
      detection_categories: { 1: 'animal' },
      classification_categories: { 7: 'fox' },
      images: [
        { file: 'a.jpg', detections: [{ category: '1', conf: 0.9, bbox: flat, classifications: [['7', 0.9]] }] },
      ],
    },
    fiftyone: { classes: ['fox'], labels: { 'a.jpg': [{ label: 'fox', bounding_box: flat }] } },
    'label-studio': [
      {
        id: 1,
        data: { image: 'a.jpg' },
        annotations: [
          {
            result: [
              {
                id: 'r',
                type: 'rectanglelabels',
                from_name: 'l',
                to_name: 'i',
                original_width: 100,
                original_height: 100,
                value: { x: 20, y: 20, width: 0, height: 40, rotation: 0, rectanglelabels: ['fox'] },
              },
            ],
          },
        ],
      },
    ],
  }
  for (const [name, json] of Object.entries(files)) {
    const set = filesInMemory({ 'set.json': JSON.stringify(json) })
    const recognised = await recognise(set)
    assert.deepEqual(
      recognised.map(({ reader }) => reader.name),
      [name],
    )
    const plan = await planPhotos(set, recognised, ['a.jpg'], { boxes: true })
    const why = [...plan.leftOut].map(({ what, why }) => `${what}: ${why}`).join('\n')
    assert.match(why, /a\.jpg: (A box has|2 boxes have) no area inside the photo/, name)
    assert.equal(plan.names.length, 1, name)
    plan.close()
  }
})
