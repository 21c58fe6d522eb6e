// The bundled backbone, and names that a person corrects before an import.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../../api/commands/import/misspelt.ts'
import { aboveInBackbone, backboneTaxa } from '../../../api/interchange/backbone/backbone.ts'
import { correctedWords, withCorrections } from '../../../api/photos/corrections.ts'
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
