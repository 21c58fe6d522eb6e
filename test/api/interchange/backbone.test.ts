// The bundled backbone, and names that a person corrects before an import.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../../api/commands/import/misspelt.ts'
import { aboveInBackbone, backboneTaxa } from '../../../api/interchange/backbone/backbone.ts'
import { correctedWords, withCorrections } from '../../../api/photos/labels/corrections.ts'
import { factsOfFolders } from '../../../api/photos/labels/folder-labels.ts'
import { stepsOfColumns, stepsOfFolders } from '../../../api/photos/labels/label-taxon.ts'
import type { Rank } from '../../../db/schema.ts'

test('the backbone knows one place for each name', () => {
  const names = (rank: Rank, name: string) => aboveInBackbone(rank, name)?.map((step) => step.name) ?? null
  assert.deepEqual(names('genus', 'leopardus'), ['Mammalia', 'Carnivora', 'Felidae'])
  assert.deepEqual(names('species', 'Leopardus nova'), ['Mammalia', 'Carnivora', 'Felidae', 'Leopardus'])
  assert.deepEqual(names('genus', 'Canis'), ['Mammalia', 'Carnivora', 'Canidae'])
  assert.deepEqual(names('family', 'Bovidae'), ['Mammalia', 'Artiodactyla'])
  assert.deepEqual(
    [names('class', 'Aves'), names('genus', 'Danaus'), names('species', 'Danaus plexippus')],
    [null, null, null],
  )
  const keys = backboneTaxa().map(({ rank, name }) => `${rank} ${name}`)
  assert.equal(new Set(keys).size, keys.length)
  assert.ok(backboneTaxa().filter(({ rank }) => rank === 'genus').length > 1000)
})

test('an English name is what it is called in the backbone, and never a genus and an epithet', () => {
  const read = (label: string) => stepsOfFolders([], label).map(({ rank, name }) => `${rank} ${name}`)
  assert.deepEqual(read('Red fox'), ['genus Vulpes', 'species Vulpes vulpes'])
  assert.deepEqual(read('OCELOT'), ['genus Leopardus', 'species Leopardus pardalis'])
  const names = (species: string, genus?: string) => stepsOfColumns({ species, genus }).map(({ name }) => name)
  assert.deepEqual(names('Red Fox'), ['Vulpes', 'Vulpes vulpes'])
  assert.deepEqual(names('Painted Fox'), ['Painted Fox'])
  for (const lone of ['Zorro', 'Zarigüeya', 'Wildschwein', 'Conejo', 'Sanglier', 'Raposa'])
    assert.deepEqual(stepsOfColumns({ species: lone }), [{ rank: 'species', name: lone }])
  assert.deepEqual(names('Lepus europaeus - timidus'), ['Lepus'])
  assert.deepEqual(names('Corvus corone (probable)').at(-1), 'Corvus')
  assert.deepEqual(names('Сervus elaphus').at(-1), 'Cervus elaphus')
  assert.deepEqual(names('Corvus corone: adult').at(-1), 'Corvus corone')
  assert.deepEqual(names('Capreolus capreolus juv').at(-1), 'Capreolus capreolus')
  assert.deepEqual(names('Carrion crow (Corvus corone)'), ['Corvus', 'Corvus corone'])
  assert.deepEqual(stepsOfColumns({ species: 'Vulpes' }), [{ rank: 'genus', name: 'Vulpes' }])
  assert.deepEqual(stepsOfColumns({ species: 'Danaus' }), [{ rank: 'genus', name: 'Danaus' }])
  assert.deepEqual(names('fox', 'Vulpes'), ['Vulpes', 'Vulpes fox'])
  assert.deepEqual(read('Painted fox'), ['species Painted fox'])
  assert.deepEqual(read('Mountain bear'), ['species Mountain bear'])
  assert.deepEqual(read('Bison bison'), ['genus Bison', 'species Bison bison'])
  assert.deepEqual(read('Gorilla gorilla'), ['genus Gorilla', 'species Gorilla gorilla'])
  assert.deepEqual(read('Danaus plexippus'), ['genus Danaus', 'species Danaus plexippus'])
  assert.deepEqual(
    ['Red fox', 'ocelot', 'North ridge', 'camera 3'].map(
      (folder) => factsOfFolders('root', [folder], 'guess', () => false).folders ?? null,
    ),
    [['Red fox'], ['ocelot'], null, null],
  )
})

test('a corrected label is the name that is meant, wherever it stands', () => {
  const corrections = { Osselot: 'Leopardus pardalis' }
  assert.deepEqual(withCorrections({ folders: ['cats', 'Osselot'], deployment: 'cam01', corrections }), {
    deployment: 'cam01',
    folders: ['Leopardus pardalis'],
  })
  assert.deepEqual(withCorrections({ class: 'Mammalia', commonName: 'osselot', corrections }), {
    folders: ['Leopardus pardalis'],
  })
  assert.deepEqual(withCorrections({ species: 'Danaus plexippus', corrections }), { species: 'Danaus plexippus' })
  const meant = { label: 'Leopardus pardalis', scientificName: 'Leopardus pardalis' }
  assert.deepEqual(correctedWords({ label: 'OSSELOT', genus: 'Osselot' }, corrections), meant)
  assert.deepEqual(
    nearest([{ written: 'Osselot', near: [{ name: 'Leopardus pardalis', commonName: 'ocelot', rank: 'species' }] }]),
    corrections,
  )
})
