// Lists of taxa in four formats: compared, applied, compared again, and exported.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { after, beforeEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { strFromU8, unzipSync } from 'fflate'
import type { Listed } from '../../../api/interchange/listing.ts'
import { exportTaxonomy } from '../../../api/interchange/taxonomy-export.ts'
import { readTaxonomyFile } from '../../../api/interchange/taxonomy-files.ts'
import { applyList, countsOf } from '../../../api/taxonomy/apply-list.ts'
import { compare } from '../../../api/taxonomy/differences.ts'
import { RANK_LEVELS, type Rank } from '../../../db/schema.ts'
import { applyEdit, undoEdit } from '../../../db/taxonomy/edits.ts'
import { searchTaxa } from '../../../db/taxonomy/search.ts'
import { readStates } from '../../../db/taxonomy/states.ts'
import { loadTaxa } from '../../../db/taxonomy/taxa.ts'
import { openTestDatabase } from '../../support/database.ts'
import { shared } from '../../support/shared.ts'
import { allKinds, listsOn } from './lists.ts'

const { db, close } = await openTestDatabase()
after(close)
beforeEach(() => db.execute(sql`truncate taxon, lesson, taxonomy_edit restart identity cascade`))

const { read, bring, spelled, stateOf } = listsOn(db)

const CSV = `class,order,family,genus,species,commonName,commonNames:de,synonyms,externalIds
Mammalia,Carnivora,Felidae,Leopardus,pardalis,ocelot,Ozelot; Pardelkatze,Felis pardalis,gbif:2434982
Mammalia,Carnivora,Felidae,Leopardus,wiedii,margay,,,gbif:2434980
Mammalia,Carnivora,Canidae,,,dogs,,,
`

describe('a CSV of rank columns', () => {
  test('is taken over with names and ids; again there is nothing to do', async () => {
    const { chosen, editId } = await bring(CSV)
    assert.deepEqual(countsOf(chosen), { new: 7, renamed: 0, moved: 0, merged: 0, named: 0 })
    const ocelot = (await stateOf('Leopardus pardalis'))!
    assert.deepEqual(ocelot.externalIds, ['gbif:2434982'])
    assert.deepEqual(
      ocelot.names.map(({ kind, language, name, preferred }) => [kind, language, name, preferred]),
      [
        ['common', null, 'ocelot', true],
        ['common', 'de', 'Ozelot', false],
        ['common', 'de', 'Pardelkatze', false],
        ['synonym', null, 'Felis pardalis', false],
      ],
    )
    for (const q of ['ocelot', 'Ozelot', 'pardelk', 'felis pardalis']) {
      const { items } = await searchTaxa(db, { q, limit: 5 })
      assert.equal(items[0]?.name, 'Leopardus pardalis', q)
    }
    assert.equal((await bring(CSV)).chosen.length, 0)
    await undoEdit(db, editId!, 'bob')
    assert.deepEqual(await loadTaxa(db), [])
  })

  test('a newer version shows what is renamed, moved and named, and only the chosen is done', async () => {
    await bring(CSV)
    const newer = CSV.replace('Leopardus,wiedii,margay', 'Oncifelis,wiedii,tree ocelot')
    const compared = await compare((await read(newer)).listed, await readStates(db, null))
    assert.deepEqual(
      compared.differences.map(({ kind, name, from, to }) => [kind, name, from, to]),
      [
        ['new', 'Oncifelis', null, 'Mammalia › Carnivora › Felidae'],
        ['moved', 'Oncifelis wiedii', 'Leopardus', 'Oncifelis'],
        ['renamed', 'Oncifelis wiedii', 'Leopardus wiedii', 'Oncifelis wiedii'],
        ['named', 'Oncifelis wiedii', null, 'tree ocelot'],
      ],
    )
    await bring(newer, { kinds: ['renamed', 'named'] })
    const margay = (await stateOf('Oncifelis wiedii'))!
    assert.equal((await stateOf('Leopardus'))?.id, margay.parentId)
    assert.deepEqual(
      margay.names.map(({ name, preferred }) => [name, preferred]),
      [
        ['margay', true],
        ['tree ocelot', false],
      ],
    )
    const { chosen } = await bring(newer, { kinds: ['moved'] })
    assert.deepEqual(
      chosen.map(({ kind }) => kind),
      ['new', 'moved'],
      'its new genus comes along',
    )
    assert.equal((await stateOf('Oncifelis'))?.id, (await stateOf('Oncifelis wiedii'))?.parentId)
  })

  test('finds what stands at the top or lacks ranks, and takes no homonym for it', async () => {
    await bring('class,genus,species\nMammalia,Leopardus,pardalis\n,Lynx,\nMagnoliopsida,Oenanthe,\n')
    const { chosen } = await bring(
      'class,order,genus\nMammalia,Carnivora,Lynx\nMammalia,Carnivora,Leopardus\nAves,,Oenanthe\n',
    )
    assert.deepEqual(
      chosen.map(({ kind, name }) => `${kind} ${name}`),
      ['new Aves', 'new Carnivora', 'new Oenanthe', 'moved Lynx', 'moved Leopardus'],
    )
    assert.deepEqual(await spelled(), [
      'class Aves',
      'class Aves > genus Oenanthe',
      'class Magnoliopsida',
      'class Magnoliopsida > genus Oenanthe',
      'class Mammalia',
      'class Mammalia > order Carnivora',
      'class Mammalia > order Carnivora > genus Leopardus',
      'class Mammalia > order Carnivora > genus Leopardus > species Leopardus pardalis',
      'class Mammalia > order Carnivora > genus Lynx',
    ])
  })
})

test('what is written can be read: CSV and Darwin Core Archive make an equal taxonomy', async () => {
  await bring(CSV)
  const before = await spelled()
  const states = await readStates(db, null)
  const named = new Map(states.map((state) => [state.name, [state.names, state.externalIds]]))
  for (const format of ['csv', 'dwca'] as const) {
    const { bytes } = await exportTaxonomy(db, format)
    const own = await compare((await read(bytes)).listed, states)
    assert.deepEqual(own.differences, [], 'nothing differs from where it was written')
    await db.execute(sql`truncate taxon cascade`)
    await bring(bytes)
    assert.deepEqual(await spelled(), before, format)
    for (const state of await readStates(db, null))
      assert.deepEqual([state.names, state.externalIds], named.get(state.name))
    await db.execute(sql`truncate taxon cascade`)
    await bring(CSV)
  }
  const files = unzipSync((await exportTaxonomy(db, 'dwca')).bytes)
  assert.match(strFromU8(files['meta.xml']!), /rowType="http:\/\/rs\.tdwg\.org\/dwc\/terms\/Taxon"/)
})

const labels = shared('data/taxonomy/speciesnet_labels_v4.0.0a.txt')
test('all label lines of SpeciesNet, ragged and repeated as they are', {
  skip: existsSync(labels) ? false : `${labels} is not here`,
}, async () => {
  const bytes = await readFile(labels)
  const file = await readTaxonomyFile(bytes, 'speciesnet_labels.txt', 'speciesnet')
  assert.equal(file.format, 'speciesnet')
  assert.deepEqual(file.problems, [])
  const { chosen } = await applyList(db, file, allKinds, { person: 'ada', filename: 'speciesnet_labels.txt' })
  assert.equal(chosen.length, file.listed.length)
  const { items } = await searchTaxa(db, { q: 'ocelot', limit: 3 })
  assert.equal(items[0]?.name, 'Leopardus pardalis')
  assert.equal(items[0]?.commonName, 'ocelot')
  const dingo = (await readStates(db, null)).find(({ name }) => name === 'Canis lupus dingo')
  assert.equal(dingo?.rank, 'subspecies')
  assert.match(dingo?.externalIds[0] ?? '', /^speciesnet:36b9abce/)
  const again = await compare(file.listed, await readStates(db, null))
  assert.deepEqual([again.differences, again.problems, again.unchanged], [[], [], file.listed.length])
})

test('thousands of taxa are one edit, which is undone as one', async () => {
  const listed: Listed[] = []
  const add = (key: string, parentKey: string | null, rank: Rank) =>
    listed.push({ key, parentKey, name: `T${key}`, rank, names: [], externalIds: [`x:${key}`], absorbs: [] })
  add('c', null, 'class')
  for (let f = 0; f < 20; f++) {
    add(`f${f}`, 'c', 'family')
    for (let s = 0; s < 260; s++) add(`f${f}s${s}`, `f${f}`, 'species')
  }
  const file = { format: 'csv' as const, listed, skipped: 0, problems: [] }
  const { editId } = await applyList(db, file, allKinds, { person: 'ada', filename: 'x' })
  const states = await readStates(db, null)
  assert.equal(states.length, listed.length)
  for (const { parentId, rank } of states) {
    const parent = states.find(({ id }) => id === parentId)
    assert.ok(parent ? RANK_LEVELS[parent.rank] > RANK_LEVELS[rank] : rank === 'class')
  }
  await applyEdit(db, { command: { kind: 'add', name: 'Other', rank: 'class', parentId: null }, person: 'bob' })
  await undoEdit(db, editId!, 'ada')
  assert.deepEqual(
    (await loadTaxa(db)).map(({ name }) => name),
    ['Other'],
  )
})
