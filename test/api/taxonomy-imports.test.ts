// Lists of taxa in four formats, compared, taken over, compared again; and out again.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { after, beforeEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { DIFFERENCE_KINDS } from '../../api/contract/taxonomy-import.ts'
import { type Listed, TaxonomyFileError } from '../../api/interchange/listing.ts'
import { exportTaxonomy } from '../../api/interchange/taxonomy-export.ts'
import { readTaxonomyFile } from '../../api/interchange/taxonomy-files.ts'
import { applyList, countsOf } from '../../api/taxonomy/apply-list.ts'
import { compare } from '../../api/taxonomy/differences.ts'
import { RANK_LEVELS, type Rank } from '../../db/schema.ts'
import { applyEdit, undoEdit } from '../../db/taxonomy/edits.ts'
import { searchTaxa } from '../../db/taxonomy/search.ts'
import { readStates } from '../../db/taxonomy/states.ts'
import { loadTaxa } from '../../db/taxonomy/taxa.ts'
import { openTestDatabase } from '../support/database.ts'
import { shared } from '../support/shared.ts'

const { db, close } = await openTestDatabase()
after(close)
beforeEach(() => db.execute(sql`truncate taxon, lesson, taxonomy_edit restart identity cascade`))

const read = (content: string | Uint8Array, name = 'list.csv') =>
  readTaxonomyFile(typeof content === 'string' ? strToU8(content) : content, name, 'list')
const all = { kinds: DIFFERENCE_KINDS }
const bring = async (content: string | Uint8Array, choice: Parameters<typeof applyList>[2] = all) =>
  await applyList(db, await read(content), choice, { person: 'ada', filename: 'list.csv' })

/** 'class Aves > family Corvidae' with names and ids, sorted. */
async function spelled(): Promise<string[]> {
  const states = (await readStates(db, null)).filter(({ mergedIntoId }) => mergedIntoId === null)
  const byId = new Map(states.map((state) => [state.id, state]))
  const spell = (id: number): string => {
    const { parentId, rank, name } = byId.get(id)!
    return `${parentId === null ? '' : `${spell(parentId)} > `}${rank} ${name}`
  }
  return states.map((state) => spell(state.id)).sort()
}
const stateOf = async (name: string) => (await readStates(db, null)).find((state) => state.name === name)

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

const META = `<archive xmlns="http://rs.tdwg.org/dwc/text/">
<core encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" ignoreHeaderLines="1" rowType="http://rs.tdwg.org/dwc/terms/Taxon">
<files><location>Taxon.tsv</location></files><id index="0"/>
<field index="1" term="http://rs.tdwg.org/dwc/terms/parentNameUsageID"/><field index="2" term="http://rs.tdwg.org/dwc/terms/acceptedNameUsageID"/>
<field index="3" term="http://rs.tdwg.org/dwc/terms/scientificName"/><field index="4" term="http://rs.tdwg.org/dwc/terms/scientificNameAuthorship"/>
<field index="5" term="http://rs.tdwg.org/dwc/terms/taxonRank"/><field index="6" term="http://rs.tdwg.org/dwc/terms/taxonomicStatus"/>
</core>
<extension encoding="UTF-8" fieldsTerminatedBy="," linesTerminatedBy="\\n" fieldsEnclosedBy='"' ignoreHeaderLines="0" rowType="http://rs.gbif.org/terms/1.0/VernacularName">
<files><location>names.csv</location></files><coreid index="0"/>
<field index="1" term="http://rs.tdwg.org/dwc/terms/vernacularName"/><field index="2" term="http://purl.org/dc/terms/language"/>
</extension></archive>`
const archive = (rows: string[]) =>
  zipSync({
    'dwca/meta.xml': strToU8(META),
    'dwca/Taxon.tsv': strToU8(['id\\t…', ...rows.map((row) => row.replaceAll('|', '\t'))].join('\n')),
    'dwca/names.csv': strToU8('4,"ocelot, the",eng\n4,Ozelot,deu\n'),
  })
const CATS = [
  '1|||Felidae||family|accepted',
  '2|1||Felinae||subfamily|accepted',
  '3|2||Leopardus Gray, 1842|Gray, 1842|genus|accepted',
  '4|3||Leopardus pardalis (Linnaeus, 1758)|(Linnaeus, 1758)|species|accepted',
  '5|3||Leopardus guttulus|Hensel|species|accepted',
]

describe('a Darwin Core Archive', () => {
  test('gives names without authors, the next known rank above, and vernacular names by language', async () => {
    await bring(archive([...CATS, '6||4|Felis pardalis||species|synonym']))
    assert.deepEqual(await spelled(), [
      'family Felidae',
      'family Felidae > genus Leopardus',
      'family Felidae > genus Leopardus > species Leopardus guttulus',
      'family Felidae > genus Leopardus > species Leopardus pardalis',
    ])
    const ocelot = (await stateOf('Leopardus pardalis'))!
    assert.deepEqual(ocelot.externalIds, ['list:4'])
    assert.deepEqual(
      ocelot.names.map(({ language, name }) => [language, name]),
      [
        ['en', 'ocelot, the'],
        ['de', 'Ozelot'],
        [null, 'Felis pardalis'],
      ],
    )
  })

  test('what became a synonym is merged, what has another parent is moved', async () => {
    await bring(archive(CATS))
    const old = (await stateOf('Leopardus guttulus'))!
    const newer = [...CATS.slice(0, 4), '5||4|Leopardus guttulus||species|synonym', '7|1||Oncilla||genus|accepted']
    const { chosen } = await bring(archive(newer.map((row) => row.replace('4|3|', '4|7|'))))
    assert.deepEqual(
      chosen.map(({ kind, name, from, to }) => [kind, name, from, to]),
      [
        ['new', 'Oncilla', null, 'Felidae'],
        ['moved', 'Leopardus pardalis', 'Leopardus', 'Oncilla'],
        ['merged', 'Leopardus pardalis', 'Leopardus guttulus', 'Leopardus pardalis'],
        ['named', 'Leopardus pardalis', null, 'Leopardus guttulus'],
      ],
    )
    const ocelot = (await stateOf('Leopardus pardalis'))!
    assert.equal((await stateOf('Leopardus guttulus'))?.mergedIntoId, ocelot.id)
    assert.equal((await readStates(db, [old.id]))[0]?.mergedIntoId, ocelot.id)
    assert.deepEqual(ocelot.externalIds, ['list:4', 'list:5'])
  })

  test('what is no archive is refused in a sentence', async () => {
    await assert.rejects(read(zipSync({ 'a.txt': strToU8('x') })), /meta\.xml.*NameUsage/)
    await assert.rejects(read(new Uint8Array([0x50, 0x4b, 3, 4, 0])), TaxonomyFileError)
    await assert.rejects(read('name,colour\nx,red\n', 'paint.csv'), /paint\.csv is none of these/)
  })
})

describe('ColDP', () => {
  const table = (rows: string[]) => strToU8(rows.map((row) => row.replaceAll('|', '\t')).join('\n'))
  const vernacular = table(['col:taxonID|col:name|col:language', 'S|jaguatirica|por'])

  test('usages, synonyms and vernacular names', async () => {
    const zip = zipSync({
      'NameUsage.tsv': table([
        'col:ID|col:parentID|col:status|col:rank|col:scientificName|col:alternativeID',
        'F||accepted|family|Felidae|gbif:9703',
        'G|F|accepted|genus|Leopardus|',
        'S|G|provisionally accepted|species|Leopardus pardalis|',
        'T|S|synonym|species|Felis pardalis|',
      ]),
      'VernacularName.tsv': vernacular,
    })
    await bring(zip)
    assert.equal((await spelled()).length, 3)
    assert.deepEqual((await stateOf('Felidae'))?.externalIds, ['gbif:9703', 'list:F'])
    const { items } = await searchTaxa(db, { q: 'jaguatirica', limit: 2 })
    assert.equal(items[0]?.name, 'Leopardus pardalis')
    assert.equal((await searchTaxa(db, { q: 'felis pard', limit: 2 })).items[0]?.name, 'Leopardus pardalis')
  })

  const NAMES = [
    'ID|rank|scientificName|uninomial|genus|specificEpithet|infraspecificEpithet',
    '1|family|Felidae||||',
    '2|genus||Leopardus|||',
    '3|species|||Leopardus|pardalis|',
    '4|species|Felis pardalis||||',
    '5|species|Leopardus guttulus||||',
    '6|subspecies|||Leopardus|pardalis|mitis',
    '7|species|Felis minima||||',
  ]
  const TAXA = [
    'ID|parentID|nameID|class|alternativeID',
    '1||1|Mammalia|gbif:9703',
    'G|1|2||',
    'S|G|3||',
    'T|G|5||',
    'U|S|6||',
  ]
  const apart = (taxa: string[], synonyms: string[]) =>
    zipSync({
      'data/Name.tsv': table(NAMES),
      'data/Taxon.tsv': table(taxa),
      'data/Synonym.tsv': table(['taxonID|nameID|status', ...synonyms]),
      'data/VernacularName.tsv': vernacular,
    })

  test('names and taxa in tables of their own', async () => {
    await bring(apart(TAXA, ['S|4|synonym', 'S|7|ambiguous synonym', 'T|7|ambiguous synonym']))
    assert.deepEqual(await spelled(), [
      'class Mammalia',
      'class Mammalia > family Felidae',
      'class Mammalia > family Felidae > genus Leopardus',
      'class Mammalia > family Felidae > genus Leopardus > species Leopardus guttulus',
      'class Mammalia > family Felidae > genus Leopardus > species Leopardus pardalis',
      'class Mammalia > family Felidae > genus Leopardus > species Leopardus pardalis > subspecies Leopardus pardalis mitis',
    ])
    // A taxon and a name of the same number are not the same.
    assert.deepEqual((await stateOf('Felidae'))?.externalIds, ['gbif:9703', 'list:1', 'list:name:1'])
    const namesOf = async (name: string) =>
      (await stateOf(name))?.names.map((one) => [one.kind, one.language, one.name])
    assert.deepEqual(await namesOf('Leopardus pardalis'), [
      ['common', 'pt', 'jaguatirica'],
      ['synonym', null, 'Felis pardalis'],
      ['synonym', null, 'Felis minima'],
    ])
    assert.deepEqual(await namesOf('Leopardus guttulus'), [['synonym', null, 'Felis minima']])
  })

  test('a taxon whose name became a synonym is merged, by the id of the name', async () => {
    await bring(apart(TAXA, []))
    const { chosen } = await bring(
      apart(
        TAXA.filter((row) => !row.startsWith('T|')),
        ['S|5|synonym'],
      ),
    )
    assert.deepEqual(
      chosen.map(({ kind, name, from, to }) => [kind, name, from, to]),
      [
        ['merged', 'Leopardus pardalis', 'Leopardus guttulus', 'Leopardus pardalis'],
        ['named', 'Leopardus pardalis', null, 'Leopardus guttulus'],
      ],
    )
  })

  test('names without taxa are refused in a sentence', async () => {
    await assert.rejects(read(zipSync({ 'Name.tsv': table(NAMES) })), /NameUsage, or Name and Taxon/)
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
  const { chosen } = await applyList(db, file, all, { person: 'ada', filename: 'speciesnet_labels.txt' })
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
  const { editId } = await applyList(db, file, all, { person: 'ada', filename: 'x' })
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
