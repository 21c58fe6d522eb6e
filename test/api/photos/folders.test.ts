// What folders and CSV files say about the photos in them.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { PlanError, type PlanOptions } from '../../../api/commands/import/planned.ts'
import { factsOfFolders, folderWords, isBinomial } from '../../../api/photos/labels/folder-labels.ts'
import { stepsOfColumns, stepsOfFolders } from '../../../api/photos/labels/label-taxon.ts'
import { planListed as planImport } from '../../support/importing.ts'
import { openLaidFiles } from '../../support/laid-files.ts'

const { folder, lay } = await openLaidFiles()

const known = new Set(['monarch', 'Setophaga'])
const guess = (path: string) => {
  const [root, ...folders] = path.split('/')
  return factsOfFolders(root!, folders, 'guess', (words) => known.has(words))
}
const options: PlanOptions = {
  labelling: 'guess',
  ignoreBoxes: false,
  splits: [],
  factsOfFolders: async ({ root, folders, labelling }) =>
    folders.map((parts) => factsOfFolders(root, parts, labelling, (words) => known.has(words))),
}

test('folder names as words', () => {
  assert.equal(folderWords('Danaus_plexippus'), 'Danaus plexippus')
  assert.equal(folderWords('012.Black_footed_Albatross'), 'Black footed Albatross')
  assert.equal(folderWords('100MEDIA'), '100MEDIA')
})

test('what looks like genus and species', () => {
  for (const name of ['Danaus plexippus', 'Canis lupus familiaris', 'Polygonia c-album'])
    assert.ok(isBinomial(name), name)
  for (const name of [
    'Camera one',
    'Site north',
    'danaus plexippus',
    'Danaus',
    'Trail camera',
    'DCIM 100',
    'Test photos',
  ])
    assert.ok(!isBinomial(name), name)
})

test('folders tell labels, the ranks around them, and the deployment', () => {
  assert.deepEqual(guess('photos/Danaus_plexippus'), { folders: ['Danaus_plexippus'] })
  assert.deepEqual(guess('photos/cam01/Danaus_plexippus'), { deployment: 'cam01', folders: ['Danaus_plexippus'] })
  assert.deepEqual(guess('photos/Insecta/Lepidoptera/Nymphalidae/Danaus/Danaus_plexippus'), {
    folders: ['Insecta', 'Lepidoptera', 'Nymphalidae', 'Danaus', 'Danaus_plexippus'],
  })
  assert.deepEqual(guess('photos/cam02/2024/monarch'), { deployment: 'cam02', folders: ['monarch'] })
  assert.deepEqual(guess('photos/cam03/100MEDIA'), { deployment: 'cam03' })
  assert.deepEqual(guess('feeder'), { deployment: 'feeder' }, 'photos right in the imported folder')
  assert.deepEqual(guess('Danaus_plexippus'), { folders: ['Danaus_plexippus'] })
})

test('places of two words are no species, unless somebody taught such a one', () => {
  for (const place of [
    'Oak_ridge',
    'Stony brook',
    'Green lane',
    'Bear creek',
    'Sierra nevada',
    'Salt lick',
    'Fox den',
    'Santa rosa',
    'Casa blanca',
    'San marcos',
    'Terra nova',
    'Palo verde',
  ])
    assert.deepEqual(guess(`photos/${place}`), { deployment: place })
  for (const species of ['Passer domesticus', 'Aglais io', 'Oncorhynchus mykiss', 'Urile pelagicus', 'Anax imperator'])
    assert.deepEqual(guess(`photos/${species}`), { folders: [species] })
  assert.deepEqual(
    guess('photos/Quolk/Quolk sprat').folders,
    ['Quolk', 'Quolk sprat'],
    'a folder of its genus tells it',
  )
  assert.deepEqual(factsOfFolders('photos', ['Oak ridge'], 'guess', (words) => words === 'Oak ridge').folders, [
    'Oak ridge',
  ])
})

test('what is in doubt, and what says that there is no animal, is neither a species nor a place', () => {
  assert.deepEqual(guess('photos/cam01/Canis_sp'), { deployment: 'cam01', folders: ['Canis_sp'] })
  assert.deepEqual(guess('photos/cam01/Canis cf. latrans'), { deployment: 'cam01', folders: ['Canis cf. latrans'] })
  assert.deepEqual(guess('photos/cam01/unknown'), { deployment: 'cam01' })
  assert.deepEqual(guess('photos/cam01/Blank'), { deployment: 'cam01', empty: true })
  assert.deepEqual(guess('photos/unidentified animal'), {})
  for (const site of ['X', 'N', 'Nov']) assert.deepEqual(guess(`photos/${site}`), { deployment: site })
  assert.deepEqual(guess('photos/cam01/leopardus_pardalis').folders, ['leopardus_pardalis'])
  assert.deepEqual(guess('photos/bison'), { deployment: 'bison' }, 'a word in small letters may be a place')
  assert.deepEqual(stepsOfFolders([], 'Leopardus'), [{ rank: 'genus', name: 'Leopardus' }])
})

test('the person may decide instead', () => {
  assert.deepEqual(
    factsOfFolders('photos', ['cam01', 'big spider'], 'labelled', () => false),
    {
      deployment: 'cam01',
      folders: ['big spider'],
    },
  )
  assert.deepEqual(
    factsOfFolders('photos', ['Danaus_plexippus'], 'unlabelled', () => false),
    {
      deployment: 'Danaus_plexippus',
    },
  )
})

test('nested folders are ranks, endings and what is above decide which', () => {
  assert.deepEqual(stepsOfFolders(['Insecta', 'Lepidoptera', 'Nymphalidae', 'Danaus'], 'Danaus plexippus'), [
    { rank: 'class', name: 'Insecta' },
    { rank: 'order', name: 'Lepidoptera' },
    { rank: 'family', name: 'Nymphalidae' },
    { rank: 'genus', name: 'Danaus' },
    { rank: 'species', name: 'Danaus plexippus' },
  ])
  assert.deepEqual(stepsOfFolders(['Nymphalidae'], 'Danaus plexippus'), [
    { rank: 'family', name: 'Nymphalidae' },
    { rank: 'genus', name: 'Danaus' },
    { rank: 'species', name: 'Danaus plexippus' },
  ])
  assert.deepEqual(stepsOfFolders([], 'Felidae'), [{ rank: 'family', name: 'Felidae' }])
  assert.deepEqual(
    stepsOfFolders([], 'Canis lupus familiaris').map((step) => step.rank),
    ['genus', 'species', 'subspecies'],
  )
})

test('columns as a path, with gaps, epithets and trinomials', () => {
  assert.deepEqual(stepsOfColumns({ class: 'Aves', genus: 'Setophaga', species: 'ruticilla' }), [
    { rank: 'class', name: 'Aves' },
    { rank: 'genus', name: 'Setophaga' },
    { rank: 'species', name: 'Setophaga ruticilla' },
  ])
  assert.deepEqual(stepsOfColumns({ species: 'Danaus plexippus' }), [
    { rank: 'genus', name: 'Danaus' },
    { rank: 'species', name: 'Danaus plexippus' },
  ])
  assert.deepEqual(stepsOfColumns({ genus: 'Canis', species: 'Canis lupus familiaris' }).at(-1), {
    rank: 'subspecies',
    name: 'Canis lupus familiaris',
  })
  assert.deepEqual(stepsOfColumns({ commonName: 'monarch' }), [])
  const told = (species: string) => stepsOfColumns({ species }).map(({ rank, name }) => `${rank} ${name}`)
  for (const word of ['deer', 'Fox', 'raccoon', 'zorro', 'Reh', 'Wildschwein'])
    assert.deepEqual(told(word), [`species ${word}`], 'a word is a name that waits for its place, never a genus')
  assert.deepEqual(told('wild boar'), ['genus Sus', 'species Sus scrofa'])
  assert.deepEqual(told('Dog'), ['genus Canis', 'species Canis familiaris'])
  assert.deepEqual(told('bird'), ['class Aves'])
  assert.deepEqual(told('Danaus'), ['genus Danaus'])
  assert.deepEqual(told('canis'), ['genus Canis'])
})

test('a folder becomes photos with facts; other files are named', async () => {
  const root = await lay({
    'cam01/a.jpg': '',
    'cam01/Danaus_plexippus/b.JPG': '',
    'loose.png': '',
    'notes.txt': '',
    'cam01/.hidden.jpg': '',
  })
  const plan = await planImport(root, { ...options, name: 'spring' })
  assert.equal(plan.name, 'spring')
  assert.deepEqual(
    plan.photos.map((photo) => photo.facts),
    [
      { path: 'cam01/Danaus_plexippus/b.JPG', deployment: 'cam01', folders: ['Danaus_plexippus'] },
      { path: 'cam01/a.jpg', deployment: 'cam01' },
      { path: 'loose.png', deployment: plan.photos[2]!.facts.deployment },
    ],
  )
  assert.deepEqual(plan.notes, ['Left out 1 .txt file: not photos.'])
})

test('a CSV: facts by column, several boxes, splits, missing files, columns that mean nothing', async () => {
  const root = await lay({
    'p/a.jpg': '',
    'p/b.jpg': '',
    'p/c.jpg': '',
    'library.csv': [
      'path,class,genus,species,commonName,group,deployment,split,bboxes,source',
      'p/a.jpg,Insecta,Danaus,Danaus plexippus,monarch,g1,cam01,train,0.1 0.2 0.3 0.4;0.5 0.5 0.25 0.25,web',
      'p/b.jpg,Insecta,Danaus,Danaus plexippus,monarch,,,test,,web',
      'p/c.jpg,,,,,,,train,nonsense,web',
      'p/gone.jpg,,,,,,,train,,web',
    ].join('\n'),
  })
  const csv = join(root, 'library.csv')
  const plan = await planImport(csv, options)
  assert.equal(plan.name, 'library')
  assert.deepEqual(plan.missing, ['p/gone.jpg'])
  assert.deepEqual(plan.photos[0], {
    file: join(root, 'p/a.jpg'),
    facts: {
      path: 'p/a.jpg',
      class: 'Insecta',
      genus: 'Danaus',
      species: 'Danaus plexippus',
      commonName: 'monarch',
      group: 'g1',
      deployment: 'cam01',
      boxes: [
        [0.1, 0.2, 0.3, 0.4],
        [0.5, 0.5, 0.25, 0.25],
      ],
    },
  })
  assert.deepEqual(plan.photos[2]!.facts, { path: 'p/c.jpg' })
  assert.match(plan.notes.join('\n'), /Ignored the column source\./)
  assert.match(plan.notes.join('\n'), /first in the row of p\/c\.jpg/)

  const train = await planImport(csv, { ...options, splits: ['train'], ignoreBoxes: true, labelling: 'unlabelled' })
  assert.deepEqual(
    train.photos.map((photo) => photo.facts),
    [{ path: 'p/a.jpg', group: 'g1', deployment: 'cam01' }, { path: 'p/c.jpg' }],
  )
})

test('a CSV names files of its own folder only, unless told', async () => {
  const root = await lay({
    'secret.jpg': '',
    'tables/p/a.jpg': '',
    'tables/library.csv':
      'path,genus\np/a.jpg,Danaus\n../secret.jpg,Danaus\np/../../secret.jpg,Danaus\n/etc/hostname,Danaus\n',
  })
  const csv = join(root, 'tables', 'library.csv')
  const plan = await planImport(csv, options)
  assert.deepEqual(
    plan.photos.map(({ file }) => file),
    [join(root, 'tables/p/a.jpg')],
  )
  assert.deepEqual(plan.missing, ['../secret.jpg', 'p/../../secret.jpg', '/etc/hostname'])
  assert.match(plan.notes.join('\n'), /outside of the folder of the table. With --outside/)
  const told = await planImport(csv, { ...options, outside: true })
  assert.deepEqual(told.photos.length, 3)
})

test('rows of one photo are one photo with several boxes; people in exported tables are no animals', async () => {
  const root = await lay({
    'a.jpg': '',
    'table.csv': [
      'path,species,bboxes,kind',
      'a.jpg,,0.6 0.6 0.1 0.1,person',
      'a.jpg,,0.7 0.7 0.1 0.1,animal',
      'a.jpg,Danaus plexippus,0.1 0.1 0.2 0.2,animal',
      'a.jpg,Danaus plexippus,0.4 0.4 0.2 0.2,animal',
      'a.jpg,Aglais io,0.8 0.8 0.1 0.1,animal',
    ].join('\n'),
  })
  const plan = await planImport(join(root, 'table.csv'), options)
  const { path, findings } = plan.photos[0]!.facts
  assert.equal(path, 'a.jpg')
  assert.deepEqual(
    findings?.found.map(({ bbox, kind, statements }) => [bbox, kind, statements.map((said) => said.taxon.species)]),
    [
      [[0.7, 0.7, 0.1, 0.1], 'animal', []],
      [[0.1, 0.1, 0.2, 0.2], 'animal', ['Danaus plexippus']],
      [[0.4, 0.4, 0.2, 0.2], 'animal', ['Danaus plexippus']],
      [[0.8, 0.8, 0.1, 0.1], 'animal', ['Aglais io']],
    ],
  )
  assert.equal(findings?.searched, true)
})

test('what cannot be planned is said in a sentence', async () => {
  await assert.rejects(
    planImport(join(folder, 'nowhere'), options),
    new PlanError(`Expected a folder, a CSV or a photo, but there is nothing at ${join(folder, 'nowhere')}.`),
  )
  const root = await lay({ 'wrong.csv': 'file,species\na.jpg,x\n', 'one.jpg': '' })
  await assert.rejects(
    planImport(join(root, 'wrong.csv'), options),
    /Expected a column path in .* but found file, species\./,
  )
  const one = await planImport(join(root, 'one.jpg'), options)
  assert.deepEqual(
    one.photos.map((photo) => photo.facts),
    [{ path: 'one.jpg' }],
  )
})
