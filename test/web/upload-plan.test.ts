// The plan of an upload: photos and other files told apart, one request for the folders, a CSV read, parcels filled.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExportTemplateList } from '../../api/contract/exchange/templates.ts'
import { filesInMemory } from '../../api/interchange/exchange/file-sets.ts'
import { planPhotos as planFiles } from '../../api/interchange/exchange/plan-photos.ts'
import { watched } from '../../api/interchange/exchange/reader.ts'
import { recognise } from '../../api/interchange/exchange/recognise.ts'
import { readOwnTables } from '../../api/photos/exchange/own-tables.ts'
import { parcels } from '../../web/upload/batches.ts'
import { type Found, ofFile } from '../../web/upload/found.ts'
import { leftOutTable } from '../../web/upload/left-out/left-out.ts'
import { findMisspelt, withCorrections } from '../../web/upload/names/misspelt.ts'
import { type AskFolders, planPhotos, type ReadFiles } from '../../web/upload/plan.ts'

const found = (path: string, content = 'x'): Found => ofFile(new File([content], path.split('/').at(-1) ?? ''), path)
/** As the service reads what a page sends, without its database. */
function readHere(templates?: ExportTemplateList): ReadFiles {
  return async (files, photos) => {
    const texts: Record<string, Uint8Array> = {}
    for (const { file, path } of files) texts[path.normalize('NFC')] = new Uint8Array(await file.arrayBuffer())
    const set = filesInMemory(texts)
    const recognised = await recognise(set)
    const taken = new Set(recognised.flatMap(({ paths }) => [...paths]))
    const plan = await planFiles(
      watched(set, (path) => taken.add(path)),
      recognised,
      photos,
      { boxes: true },
    )
    const about = [...plan.photos].flatMap(({ path, facts }) => (facts === null ? [] : [{ path, facts }]))
    const formats = plan.formats.map((format) => ({ ...format, files: [...format.files] }))
    const others = { ...set, paths: [...set.paths].filter((path) => !taken.has(path)) }
    const choices = { labelling: 'guess' as const, ignoreBoxes: false, splits: [], ...(templates && { templates }) }
    const own = await readOwnTables(others, photos, choices)
    about.push(...[...own.photos].map(([path, facts]) => ({ path, facts })))
    if (own.files.length > 0)
      formats.push({ name: 'csv', title: '', files: own.files, version: null, detector: null, threshold: null })
    const { counts } = plan
    const read = [...taken, ...own.files]
    return { formats, read, counts, photos: about, known: [], deployments: [], names: [], leftOut: own.leftOut }
  }
}
const nobody: AskFolders = () => assert.fail('No folder was to be asked about')

test('plain photos need no question; other files are left out by name', async () => {
  const plan = await planPhotos([found('a.jpg'), found('b.PNG'), found('notes.txt')], 'guess', nobody)
  assert.deepEqual(
    plan.photos.map((p) => p.facts),
    [{ path: 'a.jpg' }, { path: 'b.PNG' }],
  )
  assert.deepEqual(plan.leftOut, ['notes.txt'])
  assert.deepEqual([plan.folders, plan.labelled, plan.name], [0, 0, '2 photos'])
})

test('the folder around everything names the import; each folder inside is asked about once', async () => {
  const asked: unknown[] = []
  const ask: AskFolders = async (question) => {
    asked.push(question)
    return question.folders.map((folders) =>
      folders[0] === 'Danaus_plexippus' ? { folders } : { deployment: folders[0] },
    )
  }
  const photos = ['my/Danaus_plexippus/1.jpg', 'my/Danaus_plexippus/2.jpg', 'my/DCIM/3.jpg'].map((path) => found(path))
  const plan = await planPhotos(photos, 'guess', ask)
  assert.deepEqual(asked, [{ root: 'my', folders: [['Danaus_plexippus'], ['DCIM']], labelling: 'guess' }])
  assert.deepEqual(
    plan.photos.map((p) => p.facts),
    [
      { path: 'Danaus_plexippus/1.jpg', folders: ['Danaus_plexippus'] },
      { path: 'Danaus_plexippus/2.jpg', folders: ['Danaus_plexippus'] },
      { path: 'DCIM/3.jpg', deployment: 'DCIM' },
    ],
  )
  assert.deepEqual([plan.name, plan.folders, plan.labelled], ['my', 2, 1])
  assert.deepEqual(plan.labels, [{ name: 'Danaus plexippus', photos: 2 }])
})

test('a CSV dropped with its photos says what they show, by their paths beside it', async () => {
  const csv =
    'path,species,commonName,group,bboxes\nphotos/a.jpg,Danaus plexippus,monarch,g1,0.1 0.2 0.3 0.4;0 0 0.5 0.5\n'
  const plan = await planPhotos(
    [found('set/photos/a.jpg'), found('set/photos/b.jpg'), found('set/library.csv', csv)],
    'guess',
    nobody,
    readHere(),
  )
  assert.equal(plan.csv, 'library.csv')
  assert.deepEqual(plan.photos[0]?.facts, {
    boxes: [
      [0.1, 0.2, 0.3, 0.4],
      [0, 0, 0.5, 0.5],
    ],
    species: 'Danaus plexippus',
    commonName: 'monarch',
    group: 'g1',
    path: 'photos/a.jpg',
  })
  assert.deepEqual(plan.photos[1]?.facts, { path: 'photos/b.jpg' })
})

test('a CSV of a spreadsheet is read: other encodings and separators, paths of Windows, a bad row, boxes a hair outside', async () => {
  const text =
    'path;species;bboxes\r\nphotos\\b.jpg;"Aglais" io;\r\nphotos\\Forêt.jpg;Danaus plexippus;-0.005 0 0.5 1.004\r\n'
  for (const [encoding, bytes] of [
    ['windows-1252', Buffer.from(text, 'latin1')],
    ['utf-16', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-8, decomposed', Buffer.from(text.normalize('NFD'), 'utf8')],
  ] as const) {
    const csv = ofFile(new File([new Uint8Array(bytes)], 'l.csv'), 'set/l.csv')
    const plan = await planPhotos(
      [found('set/photos/Fore\u0302t.jpg'), found('set/photos/b.jpg'), csv],
      'guess',
      nobody,
      readHere(),
    )
    assert.deepEqual(plan.photos[0]?.facts.boxes, [[0, 0, 0.495, 1]], encoding)
    assert.equal(plan.photos[0]?.facts.species, 'Danaus plexippus', encoding)
    assert.match(plan.photos[1]?.facts.species ?? '', /Aglais/, encoding)
  }
})

test('a CSV names two species of one photo, and each box keeps its own', async () => {
  const csv = 'path,species,bboxes\na.jpg,Equus quagga,0.1 0.1 0.3 0.3\na.jpg,Panthera leo,0.6 0.6 0.3 0.3\n'
  const plan = await planPhotos([found('set/a.jpg'), found('set/l.csv', csv)], 'guess', nobody, readHere())
  assert.deepEqual(
    plan.photos[0]?.facts.findings?.found.map(({ bbox, statements }) => [bbox?.[0], statements[0]?.taxon.label]),
    [
      [0.1, 'Equus quagga'],
      [0.6, 'Panthera leo'],
    ],
  )
})

test('rows of a CSV that come to nothing are told', async () => {
  const csv = 'path,species,bboxes\na.jpg,Equus quagga,2 2 1 1\ngone.jpg,Equus quagga,\n,Equus quagga,\n'
  const plan = await planPhotos([found('set/a.jpg'), found('set/l.csv', csv)], 'guess', nobody, readHere())
  assert.deepEqual(
    plan.reading?.leftOut.map(({ what, why }) => `${what}: ${why}`),
    [
      'a.jpg: Its boxes are not "x y w h" as fractions of the photo.',
      'l.csv: A row names no photo.',
      'set/gone.jpg: The table names it, but there is no such photo among those chosen.',
    ],
  )
  assert.equal(leftOutTable([{ what: '=1.jpg', why: 'a "b"' }]), `what,why\n"'=1.jpg","a ""b"""\n`)
})

const xmp = (tags: string) =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:lr="http://ns.adobe.com/lightroom/1.0/"><lr:hierarchicalSubject><rdf:Bag>${tags}</rdf:Bag></lr:hierarchicalSubject></rdf:Description></rdf:RDF></x:xmpmeta>`

/** Reads as the service does; `sent` collects the paths that went to it. */
const readers =
  (sent: string[] = []): ReadFiles =>
  (files, photos) => {
    sent.push(...files.map(({ path }) => path))
    return readHere()(files, photos)
  }

test('a table of another program is not read as a plain table, and a plain table beside keywords is', async () => {
  const described = { profile: 'https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.1/camtrap-dp-profile.json' }
  const resources = ['deployments', 'media', 'observations'].map((name) => ({ name, path: `${name}.csv` }))
  const media = 'mediaID,deploymentID,timestamp,filePath,fileName\nm1,d1,2020-05-30T04:57:37+02:00,media/a.jpg,a.jpg\n'
  const seen = 'observationID,deploymentID,mediaID,observationLevel,observationType,scientificName\n'
  const plan = await planPhotos(
    [
      found('set/datapackage.json', JSON.stringify({ ...described, resources })),
      found('set/deployments.csv', 'deploymentID,latitude,longitude\nd1,51,4\n'),
      found('set/media.csv', media),
      found('set/observations.csv', `${seen}o1,d1,m1,media,animal,Ardea cinerea\n`),
      found('set/media/a.jpg'),
    ],
    'guess',
    async ({ folders }) => folders.map(() => ({})),
    readers(),
  )
  assert.equal(plan.csv, null)
  assert.deepEqual(
    plan.photos.map(({ facts }) => facts.findings?.found.flatMap((f) => f.statements.map((s) => s.taxon.label))),
    [['Ardea cinerea']],
  )
  assert.deepEqual([plan.name, plan.leftOut], ['set', []])
  const mixed = [
    found('set/a.jpg', `\xff\xd8${xmp('<rdf:li>Species|Ocelot</rdf:li>')}${'x'.repeat(400_000)}`),
    found('set/l.csv', 'path,species\na.jpg,Puma concolor\n'),
  ]
  const plain = await planPhotos(mixed, 'guess', nobody, readers())
  assert.deepEqual([plain.csv, plain.photos[0]?.facts.species], ['l.csv', 'Puma concolor'])
})

test('keywords in dropped photos and in sidecars dropped with theirs are labels', async () => {
  const sent: string[] = []
  const photo = (name: string, tags = '') =>
    found(`set/${name}`, `\xff\xd8${tags === '' ? '' : xmp(tags)}${'x'.repeat(400_000)}`)
  const dropped = [
    photo('own.jpg', '<rdf:li>Species|Ocelot</rdf:li><rdf:li>Place|Ridge</rdf:li>'),
    photo('beside.JPG'),
    photo('both.jpg', '<rdf:li>Species|Puma</rdf:li>'),
    photo('plain.jpg', '<rdf:li>Place|Species</rdf:li>'),
    found('set/beside.JPG.xmp', xmp('<rdf:li>Species|Jaguar</rdf:li>')),
    found('set/both.xmp', xmp('<rdf:li>Species|Margay</rdf:li>')),
  ]
  const plan = await planPhotos(dropped, 'guess', async ({ folders }) => folders.map(() => ({})), readers(sent))
  assert.deepEqual(
    plan.photos.map(({ facts }) => [
      facts.path,
      facts.findings?.found.flatMap(({ statements }) =>
        statements.map(({ taxon, verified }) => [taxon.label, verified]),
      ),
    ]),
    [
      ['own.jpg', [['Ocelot', true]]],
      ['beside.JPG', [['Jaguar', true]]],
      ['both.jpg', [['Margay', true]]],
      ['plain.jpg', undefined],
    ],
  )
  assert.deepEqual(plan.leftOut, [], 'sidecars are used')
  assert.ok(!sent.includes('set/plain.jpg'), 'only photos with keywords are read')
})

test('names that nothing has are asked about once, and what is corrected goes with every photo', async () => {
  const photos = ['my/Osselot/1.jpg', 'my/Osselot/2.jpg', 'my/CAM 01/3.jpg', 'my/Danaus/4.jpg'].map((path) =>
    found(path),
  )
  const ask: AskFolders = async ({ folders }) =>
    folders.map(([name = '']) => (name === 'Danaus' ? { folders: [name] } : { deployment: name }))
  const plan = await planPhotos(photos, 'guess', ask)
  const near = [{ name: 'Leopardus pardalis', commonName: 'ocelot', rank: 'species' }]
  const named = { becomes: 'new' as const, taxon: null, name: null }
  const asked: string[] = []
  const misspelt = await findMisspelt(plan, async (names) => {
    asked.push(...names.map(({ label }) => label))
    return names.map(({ label }) => ({ ...named, near: label === 'Osselot' ? near : [] }))
  })
  assert.deepEqual(asked, ['Osselot', 'Danaus'], 'a camera has a number')
  assert.deepEqual(misspelt, [{ written: 'Osselot', photos: 2, near, isLabel: false }])
  const corrections = { Osselot: 'Leopardus pardalis' }
  assert.deepEqual(withCorrections(plan, corrections).photos[3]?.facts, {
    path: 'Danaus/4.jpg',
    folders: ['Danaus'],
    corrections,
  })
})

test('photos in folders that systems keep are left out', async () => {
  const ask: AskFolders = async ({ folders }) => folders.map(([name]) => (name === '@eaDir' ? { leftOut: true } : {}))
  const plan = await planPhotos([found('nas/@eaDir/1.jpg'), found('nas/a/2.jpg')], 'guess', ask)
  assert.deepEqual([plan.photos.map((p) => p.facts.path), plan.leftOut], [['a/2.jpg'], ['nas/@eaDir/1.jpg']])
})

test('parcels hold at most 20 photos and 32 MiB, and a larger photo travels alone', () => {
  const sizes = (list: number[]) => [...parcels(list.map((size) => ({ file: { size } })))].map((p) => p.length)
  assert.deepEqual(sizes(Array.from({ length: 45 }, () => 1000)), [20, 20, 5])
  assert.deepEqual(sizes([20 * 2 ** 20, 12 * 2 ** 20, 1]), [2, 1])
  assert.deepEqual(sizes([1, 90 * 2 ** 20, 1]), [1, 1, 1])
  assert.deepEqual(sizes([]), [])
})

test('a lab’s own columns are read by their template, with what people observed and without apostrophes', async () => {
  const csv = "Photo,Taxon,Number,sex,Fur,mark,notes\na.jpg,Equus quagga,3,female,'+red,,'=dusk\n"
  const templates = {
    items: [{ name: 'Lab', columns: 'path=Photo,species=Taxon,count=Number,sex,Coat=Fur,mark,notes' }],
    fields: ['path', 'species', 'count', 'sex', 'individual', 'Coat', 'mark', 'notes'],
  }
  const files = [found('set/a.jpg'), found('set/l.csv', csv)]
  const plan = await planPhotos(files, 'guess', nobody, readHere(templates))
  const [finding] = plan.photos[0]!.facts.findings!.found
  assert.deepEqual(finding!.observed, {
    count: 3,
    sex: 'female',
    lifeStage: null,
    behaviour: null,
    individual: null,
    own: { Coat: '+red' },
  })
  assert.equal(finding!.statements[0]!.taxon.species, 'Equus quagga')
  assert.equal(plan.photos[0]!.facts.notes, '=dusk')
})
