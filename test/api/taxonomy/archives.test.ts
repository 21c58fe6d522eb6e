// Archives of taxa: Darwin Core and ColDP, compared and applied.

import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { strToU8, zipSync } from 'fflate'
import { TaxonomyFileError } from '../../../api/interchange/listing.ts'
import { searchTaxa } from '../../../db/taxonomy/search.ts'
import { readStates } from '../../../db/taxonomy/states.ts'
import { openTestDatabase } from '../../support/database.ts'
import { listsOn } from './lists.ts'

const { db, close } = await openTestDatabase()
after(close)
beforeEach(() => db.execute(sql`truncate taxon, lesson, taxonomy_edit restart identity cascade`))

const { read, bring, spelled, stateOf } = listsOn(db)

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
    // A taxon and a name with the same id are different things.
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
